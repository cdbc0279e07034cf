/** A home with the vault `Notes` on a real folder, and a bucket that is one too. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { addCollection } from '../../src/app/collections.ts';
import type { AppContext } from '../../src/app/context.ts';
import { type Session, withSession } from '../../src/app/session.ts';
import { initRepository } from '../../src/app/setup.ts';
import { createManualClock, createSeededRandom, type ManualClock } from './ports.ts';
import { temporaryFolder } from './temporary.ts';

export interface VaultHome {
  /** Has everything in it, and room for other devices. */
  readonly root: string;
  readonly app: AppContext;
  /** Stands at the beginning of 2027. */
  readonly clock: ManualClock;
  readonly bucket: string;
  /** The folder of the vault, empty so far. */
  readonly folder: string;
  /** Runs work in a session that holds the home. */
  work<T>(task: (session: Session) => Promise<T>): Promise<T>;
}

/** The device `laptop`, which has never synced, with a repository that is not encrypted. */
export async function openVaultHome(): Promise<VaultHome> {
  const root = temporaryFolder('vault-home');
  const clock = createManualClock(Date.UTC(2027, 0, 1));
  const app: AppContext = {
    home: join(root, 'home'),
    clock,
    random: createSeededRandom(1),
    progress: () => undefined,
    notice: () => undefined,
  };
  const folder = join(root, 'Notes');
  const bucket = join(root, 'bucket');
  const work = <T>(task: (session: Session) => Promise<T>) => withSession(app, 'test', task);
  mkdirSync(folder);
  await initRepository(app, { bucket, deviceName: 'laptop' }, undefined);
  await work((session) => addCollection(session, 'vault', folder, 'Notes'));
  return { root, app, clock, bucket, folder, work };
}
