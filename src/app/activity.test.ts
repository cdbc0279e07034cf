import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { createManualClock, createSeededRandom } from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import type { DatedCommit } from '../replica/activity.ts';
import { type Activity, burstsOf, listActivity } from './activity.ts';
import { addCollection, attachCollection } from './collections.ts';
import type { AppContext } from './context.ts';
import { openForReading, withSession } from './session.ts';
import { initRepository, joinRepository } from './setup.ts';
import { runSync } from './sync.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2027, 0, 1);

/** Two devices that carry one vault, on real folders and a bucket that is one. */
async function twoDevices() {
  const root = temporaryFolder('activity');
  const clock = createManualClock(START_MS);
  const device = (name: string, seed: number) => {
    const app: AppContext = {
      home: join(root, name, 'home'),
      clock,
      random: createSeededRandom(seed),
      progress: () => undefined,
      notice: () => undefined,
    };
    const folder = join(root, name, 'Notes');
    mkdirSync(folder, { recursive: true });
    return {
      app,
      folder,
      save: (path: string, text: string) => writeFileSync(join(folder, path), text),
      remove: (path: string) => rmSync(join(folder, path)),
      sync: () => withSession(app, 'test', (session) => runSync(session, undefined)),
    };
  };
  const [laptop, desktop] = [device('laptop', 1), device('desktop', 2)];
  const bucket = join(root, 'bucket');
  await initRepository(laptop.app, { bucket, deviceName: 'laptop' }, undefined);
  await withSession(laptop.app, 'test', (session) =>
    addCollection(session, 'vault', laptop.folder, 'Notes'),
  );
  await laptop.sync();
  await joinRepository(desktop.app, { bucket, deviceName: 'desktop' }, async () => '');
  await withSession(desktop.app, 'test', (session) =>
    attachCollection(session, 'Notes', desktop.folder, undefined),
  );
  return { clock, laptop, desktop };
}

async function activityOf(
  app: AppContext,
  query: { limit?: number; before?: string } = {},
): Promise<Activity> {
  const session = await openForReading(app);
  try {
    const beforeMs = query.before === undefined ? undefined : Date.parse(query.before);
    return listActivity(session, { collection: undefined, beforeMs, limit: query.limit ?? 50 });
  } finally {
    await session.close();
  }
}

suite('what the devices did', () => {
  test('both devices tell the same, newest first, with what was saved and deleted', async () => {
    const { clock, laptop, desktop } = await twoDevices();
    laptop.save('a.md', 'one');
    laptop.save('b.md', 'two');
    await laptop.sync();
    await desktop.sync();
    clock.advance(60 * MINUTE_MS);
    desktop.save('c.md', 'three');
    desktop.remove('a.md');
    await desktop.sync();
    await laptop.sync();

    const { entries, next } = await activityOf(laptop.app);
    assert.deepEqual(
      entries.map(({ device, collection, written, deleted, paths }) => ({
        device,
        collection,
        written,
        deleted,
        paths: [...paths].sort(),
      })),
      [
        { device: 'desktop', collection: 'Notes', written: 1, deleted: 1, paths: ['a.md', 'c.md'] },
        { device: 'laptop', collection: 'Notes', written: 2, deleted: 0, paths: ['a.md', 'b.md'] },
      ],
    );
    assert.equal(next, null);
    assert.deepEqual((await activityOf(desktop.app)).entries, entries);
  });

  test('a file that was saved and soon deleted counts as deleted', async () => {
    const { clock, laptop } = await twoDevices();
    laptop.save('a.md', 'one');
    laptop.save('b.md', 'two');
    await laptop.sync();
    clock.advance(5 * MINUTE_MS);
    laptop.remove('a.md');
    await laptop.sync();
    const { entries } = await activityOf(laptop.app);
    assert.deepEqual(
      entries.map(({ written, deleted }) => ({ written, deleted })),
      [{ written: 1, deleted: 1 }],
    );
  });

  test('a file that is saved again and again counts once, and older entries follow', async () => {
    const { clock, laptop } = await twoDevices();
    for (const text of ['one', 'two', 'three']) {
      laptop.save('a.md', text);
      await laptop.sync();
      clock.advance(5 * MINUTE_MS);
    }
    clock.advance(60 * MINUTE_MS);
    laptop.save('b.md', 'later');
    await laptop.sync();

    const newest = await activityOf(laptop.app, { limit: 1 });
    assert.deepEqual(
      newest.entries.map(({ paths }) => paths),
      [['b.md']],
    );
    assert.ok(newest.next !== null);
    const older = await activityOf(laptop.app, { before: newest.next });
    assert.deepEqual(
      older.entries.map(({ paths, written }) => ({ paths, written })),
      [{ paths: ['a.md'], written: 1 }],
    );
  });
});

test('commits come together by device and collection, across those of others in between', () => {
  const commit = (device: string, minute: number): DatedCommit => ({
    collection: 'notes',
    device,
    n: minute,
    timeMs: START_MS + minute * MINUTE_MS,
  });
  const commits = [commit('a', 40), commit('b', 38), commit('a', 31), commit('a', 20)];
  const told = burstsOf(commits).map(({ device, commits: of }) => [device, of.map(({ n }) => n)]);
  assert.deepEqual(told, [
    ['a', [40, 31]],
    ['b', [38]],
    ['a', [20]],
  ]);
});
