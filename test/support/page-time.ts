/** A home whose files have a past, with the daemon running and the page before it. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { addCollection } from '../../src/app/collections.ts';
import type { AppContext } from '../../src/app/context.ts';
import { withSession } from '../../src/app/session.ts';
import { initRepository } from '../../src/app/setup.ts';
import { syncHome } from '../../src/app/sync-home.ts';
import type { RunningDaemon } from '../../src/daemon/daemon.ts';
import { startPage } from './page-homes.ts';
import { createManualClock, systemClock, systemRandom } from './ports.ts';
import { temporaryFolder } from './temporary.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export const PLAN = {
  first: '# Garden\n\nseeds\nbulbs\ntrees\n',
  second: '# Garden\n\nseeds\nthree bulbs\ntrees\n',
  third: '# The garden\n\nseeds\nthree bulbs\ntrees\n\nDig in March.\n',
} as const;

/** More files than are given at once. */
export const MANY = 1_200;

export interface TimeWorld {
  /** The folder of the collection `Notes`. */
  readonly notes: string;
  /** When everything was there that was saved first, milliseconds since the Unix epoch. */
  readonly firstMs: number;
  readonly daemon: RunningDaemon;
}

/** A picture of one pixel of this colour. */
function picture(red: number): Buffer {
  const header = Buffer.from('424d3a0000000000000036000000280000000100000001000000010018', 'hex');
  return Buffer.concat([header, Buffer.alloc(25), Buffer.from([0, 0, red, 0])]);
}

/** @param page the folder of the built page. */
export async function openTimeWorld(page: string): Promise<TimeWorld> {
  const root = temporaryFolder('page-time');
  const [home, notes, recipes] = [join(root, 'home'), join(root, 'Notes'), join(root, 'Recipes')];
  const nowMs = systemClock.now();
  const context = (agoMs: number): AppContext => ({
    home,
    clock: agoMs === 0 ? systemClock : createManualClock(nowMs - agoMs),
    random: systemRandom,
    progress: () => undefined,
    notice: () => undefined,
  });
  const put = (path: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(join(notes, path)), { recursive: true });
    writeFileSync(join(notes, path), content);
  };
  const save = async (daysAgo: number): Promise<void> => {
    await syncHome(context(daysAgo * DAY_MS), 'test', undefined);
  };
  mkdirSync(notes);
  mkdirSync(recipes);
  const longAgo = context(31 * DAY_MS);
  await initRepository(longAgo, { bucket: join(root, 'bucket'), deviceName: 'laptop' }, undefined);
  for (const folder of [notes, recipes]) {
    await withSession(longAgo, 'test', (session) =>
      addCollection(session, 'vault', folder, undefined),
    );
  }
  put('Work/plan.md', PLAN.first);
  put('Work/old.md', 'an old one\n');
  put('Work/sketch.bmp', picture(80));
  put('Home/garden.md', 'the garden\n');
  await save(30);
  put('Work/plan.md', PLAN.second);
  put('Work/sketch.bmp', picture(250));
  rmSync(join(notes, 'Work/old.md'));
  await save(12);
  for (let n = 0; n < MANY; n += 1) put(`Archive/page-${String(n).padStart(4, '0')}.md`, `${n}\n`);
  await save(11);
  put('Home/a b.md', 'with a blank\n');
  put('Home/a%20b.md', 'with a percent sign\n');
  put('Work/new.md', 'a new one\n');
  put('Work/data.bin', new Uint8Array([0, 1, 2]));
  await save(3);
  put('Work/plan.md', PLAN.third);
  await save(1);
  const daemon = await startPage(home, page);
  return { notes, firstMs: nowMs - 29 * DAY_MS, daemon };
}
