import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { createManualClock, createSeededRandom } from '../../test/support/ports.ts';
import { treeOf } from '../../test/support/vault-bench.ts';
import { openVaultHome } from '../../test/support/vault-home.ts';
import { findCollection } from './collection-list.ts';
import { attachCollection } from './collections.ts';
import { listConflicts } from './conflicts.ts';
import { type RestoreAnswer, type RestoreMoment, restoreMoment } from './restore-folder.ts';
import { undoRestore } from './restore-undo.ts';
import { withSession } from './session.ts';
import { joinRepository } from './setup.ts';
import { runSync } from './sync.ts';

const HOUR_MS = 3_600_000;

async function filesOf(folder: string): Promise<Record<string, string>> {
  const all = Object.entries(await treeOf(folder));
  return Object.fromEntries(all.filter(([path]) => !path.endsWith('/')));
}

async function openBench() {
  const { root, app, clock, bucket, folder, work } = await openVaultHome();
  return {
    clock,
    bucket,
    save(path: string, text: string) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    makeFolder: (path: string) => mkdirSync(join(folder, path), { recursive: true }),
    folders: async () =>
      Object.keys(await treeOf(folder))
        .filter((path) => path.endsWith('/'))
        .sort(),
    remove: (path: string) => rmSync(join(folder, path), { recursive: true }),
    move(from: string, to: string) {
      mkdirSync(dirname(join(folder, to)), { recursive: true });
      renameSync(join(folder, from), join(folder, to));
    },
    async sync() {
      await work((session) => runSync(session, undefined));
      clock.advance(HOUR_MS);
      return clock.now() - 1;
    },
    tree: () => filesOf(folder),
    /** Another device's folder, once it has everything, and how far its clock is ahead. */
    async elsewhere(aheadMs = 0) {
      const other = {
        ...app,
        home: join(root, 'other'),
        clock: aheadMs === 0 ? clock : createManualClock(clock.now() + aheadMs),
        random: createSeededRandom(2),
      };
      const elsewhere = join(root, 'Elsewhere');
      await joinRepository(other, { bucket, deviceName: 'desktop' }, async () => '');
      await withSession(other, 'test', (session) =>
        attachCollection(session, 'Notes', elsewhere, undefined),
      );
      const sync = () => withSession(other, 'test', (session) => runSync(session, undefined));
      await sync();
      const save = (path: string, text: string) => writeFileSync(join(elsewhere, path), text);
      return { sync, save, tree: () => filesOf(elsewhere) };
    },
    restore: (moment: Partial<RestoreMoment> & { readonly atMs: number }) =>
      work((session) =>
        restoreMoment(session, findCollection(session, 'Notes'), {
          path: '',
          exact: false,
          dryRun: false,
          ...moment,
        }),
      ),
    conflicts: () => work(async (session) => listConflicts(session)),
    undo: ({ restored }: RestoreAnswer) =>
      work((session) => undoRestore(session, findCollection(session, 'Notes'), restored)),
  };
}

type Bench = Awaited<ReturnType<typeof openBench>>;

/** A folder with a life: what was there before, and what came of it. */
async function lived(bench: Bench): Promise<number> {
  bench.save('Work/plan.md', 'the plan');
  bench.save('Work/list.md', 'the list');
  bench.save('Work/deep/old.md', 'the old one');
  bench.save('Work/same.md', 'the same');
  bench.save('Home/garden.md', 'the garden');
  const atMs = await bench.sync();
  bench.save('Work/plan.md', 'another plan');
  bench.remove('Work/deep');
  bench.move('Work/list.md', 'Home/list.md');
  bench.save('Work/new.md', 'a new one');
  bench.save('Home/garden.md', 'another garden');
  await bench.sync();
  return atMs;
}

function changesOf({ restored }: RestoreAnswer): string[] {
  return restored.map(({ change, path, from }) =>
    from === null ? `${change} ${path}` : `${change} ${path} from ${from}`,
  );
}

const AS_IT_WAS = {
  'Work/plan.md': 'the plan',
  'Work/list.md': 'the list',
  'Work/deep/old.md': 'the old one',
  'Work/same.md': 'the same',
};

suite('a folder as it was', () => {
  test('comes back beside what has come since, and nothing outside it changes', async () => {
    const bench = await openBench();
    const atMs = await lived(bench);
    const before = await bench.tree();

    const planned = await bench.restore({ atMs, path: 'Work', dryRun: true });
    assert.deepEqual(changesOf(planned), [
      'back Work/deep/old.md',
      'moved Work/list.md from Home/list.md',
      'content Work/plan.md',
    ]);
    assert.deepEqual(await bench.tree(), before, 'a dry run changes nothing');

    const done = await bench.restore({ atMs, path: 'Work' });
    assert.deepEqual(changesOf(done), changesOf(planned));
    assert.deepEqual(done.failed, []);
    assert.deepEqual(await bench.tree(), {
      ...AS_IT_WAS,
      'Work/new.md': 'a new one',
      'Home/garden.md': 'another garden',
    });
    const again = await bench.restore({ atMs, path: 'Work' });
    assert.deepEqual(changesOf(again), [], 'it is as it was already');
  });

  test('is exactly as it was where that is asked for', async () => {
    const bench = await openBench();
    const atMs = await lived(bench);
    const done = await bench.restore({ atMs, path: 'Work', exact: true });
    assert.ok(changesOf(done).includes('gone Work/new.md'));
    assert.deepEqual(await bench.tree(), { ...AS_IT_WAS, 'Home/garden.md': 'another garden' });
  });

  test('is undone by going back to the moment before', async () => {
    for (const { exact, path } of [
      { exact: false, path: 'Work' },
      { exact: true, path: 'Work' },
      { exact: true, path: '' },
    ]) {
      const bench = await openBench();
      const atMs = await lived(bench);
      const treeBefore = await bench.tree();
      const { before } = await bench.restore({ atMs, exact, path });
      assert.notDeepEqual(await bench.tree(), treeBefore);
      await bench.restore({ atMs: Date.parse(before), exact: true, path });
      assert.deepEqual(await bench.tree(), treeBefore);
      await bench.sync();
      assert.deepEqual(await bench.tree(), treeBefore);
    }
  });

  test('S6: what was saved a moment ago, and nobody had looked at, is in the history', async () => {
    const bench = await openBench();
    const atMs = await lived(bench);
    bench.save('Work/plan.md', 'typed just now');
    const { before } = await bench.restore({ atMs, path: 'Work/plan.md' });
    assert.equal((await bench.tree())['Work/plan.md'], 'the plan');
    await bench.restore({ atMs: Date.parse(before), path: 'Work', exact: true });
    assert.equal((await bench.tree())['Work/plan.md'], 'typed just now');
  });

  test('S8: many files go at once without being held: a person has seen the list', async () => {
    const bench = await openBench();
    bench.save('first.md', 'first');
    const atMs = await bench.sync();
    for (let index = 0; index < 60; index += 1) bench.save(`${index}.md`, `text ${index}`);
    await bench.sync();
    const other = await bench.elsewhere();
    await bench.restore({ atMs, exact: true });
    await bench.sync();
    assert.deepEqual(await bench.tree(), { 'first.md': 'first' });
    await other.sync();
    assert.deepEqual(await other.tree(), { 'first.md': 'first' });
  });

  test('has its empty folders again, and none that came since', async () => {
    const bench = await openBench();
    bench.makeFolder('Work/empty');
    const atMs = await bench.sync();
    bench.move('Work/empty', 'Work/other');
    bench.makeFolder('Work/new');
    await bench.sync();
    await bench.restore({ atMs, exact: true });
    assert.deepEqual(await bench.folders(), ['Work/', 'Work/empty/']);
  });

  test('tells of each file that cannot be brought back, and does the rest', async () => {
    const bench = await openBench();
    const long = 'x'.repeat(40_000);
    bench.save('a.md', 'short');
    bench.save('long.md', long);
    const atMs = await bench.sync();
    bench.remove('a.md');
    bench.remove('long.md');
    bench.save('b.md', 'other');
    await bench.sync();
    rmSync(join(bench.bucket, 'blobs'), { recursive: true });
    const { restored, failed } = await bench.restore({ atMs });
    assert.deepEqual(
      restored.map(({ path }) => path),
      ['a.md'],
    );
    assert.deepEqual(
      failed.map(({ path }) => path),
      ['long.md'],
    );
    assert.deepEqual(await bench.tree(), { 'a.md': 'short', 'b.md': 'other' });
  });
});

suite('a restore that is taken back', () => {
  for (const { exact, path } of [
    { exact: false, path: 'Work' },
    { exact: true, path: 'Work' },
    { exact: true, path: '' },
  ]) {
    test(`leaves all as it was (${path || 'everything'}${exact ? ', exactly' : ''})`, async () => {
      const bench = await openBench();
      const atMs = await lived(bench);
      const before = await bench.tree();
      const done = await bench.restore({ atMs, exact, path });
      assert.notDeepEqual(await bench.tree(), before);
      const { undone, failed } = await bench.undo(done);
      assert.deepEqual([undone, failed], [done.restored.length, []]);
      assert.deepEqual(await bench.tree(), before);
      const other = await bench.elsewhere();
      await bench.sync();
      await other.sync();
      assert.deepEqual(await other.tree(), before);
    });
  }

  test('S3: does no harm to what a device saved whose clock is ahead', async () => {
    const bench = await openBench();
    const atMs = await lived(bench);
    const other = await bench.elsewhere(5 * HOUR_MS);
    other.save('Work/theirs.md', 'theirs');
    other.save('Work/plan.md', 'their plan');
    await other.sync();
    await bench.sync();
    const before = await bench.tree();
    const done = await bench.restore({ atMs, path: 'Work' });
    assert.equal((await bench.tree())['Work/plan.md'], 'the plan');
    await bench.undo(done);
    assert.deepEqual(await bench.tree(), before);
    await bench.sync();
    await other.sync();
    assert.deepEqual(await other.tree(), before);
  });

  test('S6: leaves alone what was saved since, and tells of it', async () => {
    const bench = await openBench();
    const atMs = await lived(bench);
    const done = await bench.restore({ atMs, path: 'Work' });
    bench.save('Work/plan.md', 'typed since');
    bench.save('Work/deep/old.md', 'typed since');
    bench.save('Work/since.md', 'came since');
    const { undone, failed } = await bench.undo(done);
    assert.equal(undone, 1);
    assert.deepEqual(failed.map(({ path }) => path).sort(), ['Work/deep/old.md', 'Work/plan.md']);
    assert.deepEqual(await bench.tree(), {
      'Home/garden.md': 'another garden',
      'Home/list.md': 'the list',
      'Work/deep/old.md': 'typed since',
      'Work/new.md': 'a new one',
      'Work/plan.md': 'typed since',
      'Work/same.md': 'the same',
      'Work/since.md': 'came since',
    });
    const again = await bench.undo(done);
    assert.equal(again.undone, 0, 'it is taken back once');
  });

  test('S1: of a file in conflict, all sides are beside each other again', async () => {
    const bench = await openBench();
    const atMs = await lived(bench);
    const other = await bench.elsewhere();
    bench.save('Work/plan.md', 'mine');
    other.save('Work/plan.md', 'theirs');
    await bench.sync();
    await other.sync();
    await bench.sync();
    const sides = async (): Promise<number> =>
      (await bench.conflicts()).map((conflict) => conflict.sides.length)[0] ?? 0;
    assert.equal(await sides(), 2);
    const done = await bench.restore({ atMs, path: 'Work/plan.md' });
    assert.equal(await sides(), 0);
    await bench.undo(done);
    assert.equal(await sides(), 2);
    assert.equal((await bench.tree())['Work/plan.md'], 'mine');
  });
});
