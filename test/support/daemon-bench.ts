/** A daemon at work with a home of its own and a collection `Notes`, for tests of what its routes do. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { addCollection } from '../../src/app/collections.ts';
import type { AppContext } from '../../src/app/context.ts';
import type { ServicePlan } from '../../src/app/service/plan.ts';
import { withSession } from '../../src/app/session.ts';
import { initRepository, joinRepository, type SetUpOptions } from '../../src/app/setup.ts';
import { syncHome } from '../../src/app/sync-home.ts';
import { startDaemon } from '../../src/daemon/daemon.ts';
import type { Asker, Daemon } from '../../src/daemon/ports.ts';
import { systemClock, systemRandom } from './ports.ts';
import { temporaryFolder } from './temporary.ts';

/** The passphrase of an encrypted one. */
export const PASSPHRASE = 'the old passphrase';

/** A page that asks for something. */
export const ASKER: Asker = { signal: new AbortController().signal, header: () => undefined };

export interface DaemonBench {
  readonly daemon: Daemon;
  readonly home: string;
  readonly notes: string;
  readonly bucket: string;
  /** A second device, `desktop`, which has synced once. */
  addDevice(passphrase?: string): Promise<void>;
}

export function contextFor(home: string): AppContext {
  const clock = systemClock;
  return { home, clock, random: systemRandom, progress: () => undefined, notice: () => undefined };
}

const QUIET = { round: () => undefined, failed: () => undefined, pruned: () => undefined };

interface BenchOptions {
  readonly isEncrypted?: boolean;
  /** A folder by default. */
  readonly bucket?: string;
  readonly credentials?: SetUpOptions['credentials'];
  /** What the folder holds when it is added, by name; nothing by default. */
  readonly files?: Readonly<Record<string, string>>;
  /** The service that would start the daemon; it has none by default. */
  readonly service?: ServicePlan;
}

/** What the environment of the tests must not supply. */
const SUPPLIED = ['SATCHEL_KEYCHAIN', 'AWS_ACCESS_KEY_ID', 'AWS_PROFILE'];

export async function openDaemonBench(
  context: TestContext,
  options: BenchOptions = {},
): Promise<DaemonBench> {
  const before = SUPPLIED.map((name) => [name, process.env[name]] as const);
  for (const name of SUPPLIED) delete process.env[name];
  process.env.SATCHEL_KEYCHAIN = 'off';
  context.after(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  const root = temporaryFolder('daemon-bench');
  const { isEncrypted = false, bucket = join(root, 'bucket'), credentials, service } = options;
  const { files = {} } = options;
  const [home, notes] = [join(root, 'home'), join(root, 'Notes')];
  const ask = isEncrypted ? async () => PASSPHRASE : undefined;
  mkdirSync(notes);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(notes, name), text);
  await initRepository(contextFor(home), { bucket, deviceName: 'laptop', credentials }, ask);
  await withSession(contextFor(home), 'test', (session) =>
    addCollection(session, 'vault', notes, undefined),
  );
  await syncHome(contextFor(home), 'test', undefined);
  const { daemon, close } = await startDaemon({
    homes: [home],
    port: 0,
    contextFor,
    reporterFor: () => QUIET,
    pageFolder: undefined,
    show: async () => undefined,
    ...(service === undefined ? {} : { service: async () => service }),
  });
  context.after(close);
  return {
    daemon,
    home,
    notes,
    bucket,
    async addDevice(passphrase = '') {
      const other = contextFor(join(root, 'desktop'));
      await joinRepository(other, { bucket, deviceName: 'desktop' }, async () => passphrase);
      await syncHome(other, 'test', undefined);
    },
  };
}
