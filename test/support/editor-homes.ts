/** Homes with a vault, opened for work as the daemon does, around one bucket in a folder. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { SyncResult } from '../../src/api/status.ts';
import { addCollection, attachCollection } from '../../src/app/collections.ts';
import type { AppContext } from '../../src/app/context.ts';
import { openForWork, type Session } from '../../src/app/session.ts';
import { initRepository, joinRepository } from '../../src/app/setup.ts';
import { runSync } from '../../src/app/sync.ts';
import { createManualClock, type ManualClock, systemRandom } from './ports.ts';
import { temporaryFolder } from './temporary.ts';

export interface EditorHome {
  readonly session: Session;
  readonly home: string;
  /** The folder of the vault `Notes`. */
  readonly folder: string;
  sync(): Promise<SyncResult>;
}

/** One home after the other, all with the vault `Notes`. */
export async function openEditorHomes(
  t: TestContext,
  names: readonly string[],
): Promise<readonly EditorHome[]> {
  const place = temporaryFolder('editors');
  const clock = createManualClock(Date.UTC(2030, 0, 1));
  const homes: EditorHome[] = [];
  for (const deviceName of names) {
    const opened = await openHome(place, clock, deviceName, homes.length === 0);
    t.after(() => opened.session.close());
    homes.push(opened);
  }
  return homes;
}

async function openHome(
  place: string,
  clock: ManualClock,
  deviceName: string,
  isFirst: boolean,
): Promise<EditorHome> {
  const context: AppContext = {
    home: join(place, deviceName),
    clock,
    random: systemRandom,
    progress: () => {},
    notice: () => {},
  };
  const folder = join(place, `${deviceName}-notes`);
  mkdirSync(folder);
  const options = { bucket: join(place, 'bucket'), deviceName };
  if (isFirst) await initRepository(context, options, undefined);
  else await joinRepository(context, options, () => Promise.reject(new Error('no passphrase')));
  const setUp = await openForWork(context, 'test');
  try {
    if (isFirst) await addCollection(setUp, 'vault', folder, 'Notes');
    else {
      await runSync(setUp, undefined);
      await attachCollection(setUp, 'Notes', folder, undefined);
    }
  } finally {
    await setUp.close();
  }
  const session = await openForWork(context, 'test');
  const sync = async (): Promise<SyncResult> => {
    clock.advance(5_000);
    return await runSync(session, undefined);
  };
  await sync();
  return { session, home: context.home, folder, sync };
}
