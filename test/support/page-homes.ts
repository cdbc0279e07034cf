/** Daemons with the page before them, on homes that may not be set up yet. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { addCollection } from '../../src/app/collections.ts';
import { withSession } from '../../src/app/session.ts';
import { initRepository } from '../../src/app/setup.ts';
import { type RunningDaemon, startDaemon } from '../../src/daemon/daemon.ts';
import { contextFor } from './daemon-bench.ts';
import { systemClock } from './ports.ts';

const QUIET = { round: () => undefined, failed: () => undefined, pruned: () => undefined };

/** What a person's own environment would tell of buckets, and where their folders are. */
const ENVIRONMENT = [
  'HOME',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_PROFILE',
  'SATCHEL_WEBDAV_PASSWORD',
  'SATCHEL_KEYCHAIN',
] as const;

/** Lets this process be that of a person who has `home` and nothing else, until the test ends. */
export function beSomebody(context: Pick<TestContext, 'after'>, home: string): void {
  const before = ENVIRONMENT.map((name) => [name, process.env[name]] as const);
  for (const name of ENVIRONMENT) delete process.env[name];
  mkdirSync(home, { recursive: true });
  Object.assign(process.env, { HOME: home, SATCHEL_KEYCHAIN: 'off' });
  context.after(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}

/** @param page the folder of the built page. */
export function startPage(
  home: string,
  page: string | undefined,
  port = 0,
): Promise<RunningDaemon> {
  return startDaemon({
    homes: [home],
    port,
    contextFor,
    reporterFor: () => QUIET,
    pageFolder: page,
    show: async () => undefined,
  });
}

/** The same until the test ends. */
export async function startPageOf(
  context: Pick<TestContext, 'after'>,
  home: string,
  page: string | undefined,
  port = 0,
): Promise<RunningDaemon> {
  const running = await startPage(home, page, port);
  context.after(() => running.close());
  return running;
}

/**
 * Makes the home of the device `laptop`, with the collection `Notes` on a folder that is there.
 * @param ask for its passphrase; undefined leaves the repository without encryption.
 */
export async function makeHome(
  home: string,
  place: { readonly notes: string; readonly bucket: string },
  ask?: () => Promise<string>,
): Promise<void> {
  const context = contextFor(home);
  await initRepository(context, { bucket: place.bucket, deviceName: 'laptop' }, ask);
  await withSession(context, 'test', (session) =>
    addCollection(session, 'vault', place.notes, undefined),
  );
}

/** Waits for a file to come, as a person who looks into the folder does. */
export async function textOnce(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  for (let tries = 0; tries < 600; tries += 1) {
    if (existsSync(path)) return readFileSync(path, 'utf8');
    await systemClock.sleep(50);
  }
  throw new Error(`${path} did not come`);
}
