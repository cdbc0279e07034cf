/** Folders that come under watch late, or not whole. */
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createManualClock, createSeededRandom } from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { addCollection } from './collections.ts';
import { listEvents } from './log.ts';
import { type Session, withSession } from './session.ts';
import { initRepository } from './setup.ts';
import { runSync } from './sync.ts';
import { WatchedFolders } from './watch-folders.ts';

const LIMITS = { timeout: 20_000 };

interface Bench {
  readonly session: Session;
  readonly folder: string;
  readonly notices: readonly string[];
}

/** A home with the collection `Notes`; `before` is done to its folder before the home is opened. */
async function inHome(
  before: (folder: string) => void,
  work: (bench: Bench) => Promise<void>,
): Promise<void> {
  const root = temporaryFolder('watch-folders');
  const folder = join(root, 'Notes');
  const notices: string[] = [];
  const app = {
    home: join(root, 'home'),
    clock: createManualClock(Date.UTC(2027, 0, 11)),
    random: createSeededRandom(1),
    progress: () => undefined,
    notice: (words: string) => void notices.push(words),
  };
  await initRepository(app, { bucket: join(root, 'bucket'), deviceName: 'laptop' }, undefined);
  mkdirSync(folder);
  await withSession(app, 'test', async (session) => {
    await addCollection(session, 'vault', folder, undefined);
    await runSync(session, undefined);
  });
  before(folder);
  await withSession(app, 'test', (session) => work({ session, folder, notices }));
}

/** What may be in the way at the start: a drive that is not mounted, or rules that nobody can read. */
const OBSTACLES = [
  {
    what: 'which is not there at first',
    spoil: (folder: string) => renameSync(folder, `${folder}-away`),
    mend: (folder: string) => renameSync(`${folder}-away`, folder),
  },
  {
    what: 'in whose place another is at first',
    spoil(folder: string) {
      renameSync(folder, `${folder}-away`);
      mkdirSync(`${folder}-empty`);
      // By a link, for as with a mount nothing happens to the folder that was watched.
      symlinkSync(`${folder}-empty`, folder, 'junction');
    },
    mend(folder: string) {
      unlinkSync(folder);
      renameSync(`${folder}-away`, folder);
    },
  },
  {
    what: 'whose rules cannot be read at first',
    spoil: (folder: string) => mkdirSync(join(folder, '.satchelignore')),
    mend: (folder: string) => rmdirSync(join(folder, '.satchelignore')),
  },
];

for (const { what, spoil, mend } of OBSTACLES) {
  test(`a folder ${what} is watched after the next round`, LIMITS, async (context) => {
    await inHome(spoil, async ({ session, folder }) => {
      const ending = new AbortController();
      context.after(() => ending.abort());
      let tell = (): void => undefined;
      const folders = new WatchedFolders(session, () => tell(), ending.signal);
      await folders.settled();
      folders.afterRound(await runSync(session, undefined));
      mend(folder);
      folders.afterRound(await runSync(session, undefined));
      await folders.settled();
      const told = new Promise<void>((resolve) => {
        tell = resolve;
      });
      writeFileSync(join(folder, 'a.md'), 'saved\n');
      await told;
    });
  });
}

test('a limit of the system is told once, as a notice and in the log', async () => {
  await inHome(
    () => undefined,
    async ({ session, notices }) => {
      const limited = 'made up: no more watches';
      const watch = () => Promise.resolve({ watched: 0, limited });
      const open = new Map([...session.open].map(([id, one]) => [id, { ...one, watch }]));
      const folders = new WatchedFolders(
        { ...session, open },
        () => undefined,
        new AbortController().signal,
      );
      await folders.settled();
      for (let round = 0; round < 3; round += 1) {
        folders.afterRound(await runSync(session, undefined));
        await folders.settled();
      }
      assert.deepEqual(notices, [`Notes: ${limited}.`]);
      const events = listEvents(session, 0, 100).filter(({ message }) => message === `${limited}.`);
      assert.equal(events.length, 1);
    },
  );
});
