/** The tree at every moment of random lives, against what a person would have seen then. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openDevice, TEST_COLLECTION, type TestDevice } from '../../test/support/device.ts';
import { createDice, type Dice } from '../../test/support/dice.ts';
import {
  chooseSeed,
  createManualClock,
  createSeededRandom,
  type ManualClock,
} from '../../test/support/ports.ts';
import { utf8 } from '../base/bytes.ts';
import { contentHash } from '../base/hash.ts';
import { conflictsOf } from '../replica/records.ts';
import { insertCommit } from '../replica/versions.ts';
import { createMemoryStore } from '../store/memory.ts';
import { chooseFor } from '../sync/choose.ts';
import { readArchives } from '../sync/history.ts';
import { LIMITS } from '../sync/limits.ts';
import { readMoments } from './moments.ts';
import { readNodes, type TreeNode } from './tree-nodes.ts';

/** A file in a person's words. Times are those of the saves that set path and text. */
interface File {
  readonly path: string;
  readonly pathMs: number;
  readonly text: string;
  readonly textMs: number;
  readonly isGone: boolean;
}

/** Files by the path that each began with. */
type Files = ReadonlyMap<string, File>;

/** What one device did to one file, alone, since both devices last met. */
interface Act {
  readonly by: 'a' | 'b';
  readonly atMs: number;
  readonly key: string;
  readonly file: File;
}

/** What was there when the devices met, and what happened until they met again. */
interface Chapter {
  readonly start: Files;
  readonly acts: Act[];
}

interface World {
  readonly dice: Dice;
  readonly clock: ManualClock;
  readonly a: TestDevice;
  readonly b: TestDevice;
  readonly chapters: Chapter[];
  /** Moments to look back at, and whether a conflict was open then. */
  readonly moments: number[];
  counter: number;
}

/** What device `a` shows of a file when both have done something to it: the plain rules. */
function together(
  start: File | undefined,
  mine: File | undefined,
  theirs: File | undefined,
): File | undefined {
  if (mine === undefined) return theirs ?? start;
  if (theirs === undefined || theirs.isGone) return mine;
  if (mine.isGone) return theirs;
  const isTextMine = mine.textMs !== start?.textMs;
  const isPathTheirs = theirs.pathMs > mine.pathMs;
  const text = isTextMine ? mine : theirs;
  const path = isPathTheirs ? theirs : mine;
  return { ...path, text: text.text, textMs: text.textMs, isGone: false };
}

function filesAt({ start, acts }: Chapter, atMs: number): Files {
  const files = new Map(start);
  const done = acts.filter((act) => act.atMs <= atMs);
  for (const { key } of done) {
    const by = (name: 'a' | 'b') => done.find((act) => act.by === name && act.key === key)?.file;
    const file = together(start.get(key), by('a'), by('b'));
    if (file !== undefined) files.set(key, file);
  }
  return files;
}

function act(world: World, by: 'a' | 'b', chapter: Chapter): void {
  const { dice, clock } = world;
  const device = world[by];
  clock.advance(1_000 + dice.below(5_000));
  const atMs = clock.now();
  const isUntouched = (key: string): boolean =>
    !chapter.acts.some((one) => one.by === by && one.key === key);
  const live = [...chapter.start].filter(([key, file]) => !file.isGone && isUntouched(key));
  world.counter += 1;
  const text = `text ${world.counter}`;
  let file: File;
  let key: string;
  const what = dice.pick(['new', 'edit', 'edit', 'move', 'remove'] as const);
  if (live.length === 0 || what === 'new') {
    // The other device may begin a file of the same name: that is one file, in conflict.
    const other = chapter.acts.find((one) => one.by !== by && !chapter.start.has(one.key));
    key =
      other !== undefined && isUntouched(other.key) && dice.chance(0.5)
        ? other.key
        : `${dice.pick(['', 'in/', 'in/deep/'])}new ${world.counter}`;
    file = { path: key, pathMs: atMs, text, textMs: atMs, isGone: false };
  } else {
    const [chosen, before] = dice.pick(live);
    key = chosen;
    if (what === 'edit') file = { ...before, text, textMs: atMs };
    else if (what === 'remove') file = { ...before, isGone: true };
    else file = { ...before, path: `moved/${world.counter}`, pathMs: atMs };
    device.folder.delete(before.path);
  }
  if (!file.isGone) device.folder.set(file.path, file.text);
  chapter.acts.push({ by, atMs, key, file });
}

async function meet({ a, b, clock }: World): Promise<void> {
  for (const device of [a, b, a, b]) {
    clock.advance(10_000);
    await device.sync();
  }
}

/** Settles conflicts as `a` shows them. */
async function settleConflicts(world: World): Promise<number> {
  const { engine } = world.a;
  const conflicts = conflictsOf(engine.db, TEST_COLLECTION);
  for (const { record } of conflicts) {
    chooseFor(engine, TEST_COLLECTION, record, { kind: 'local' }, () => 'b');
  }
  await meet(world);
  return conflicts.length;
}

async function takeIn(device: TestDevice): Promise<void> {
  await device.open.get(TEST_COLLECTION)?.takeIn();
}

async function nodesOf({ engine }: TestDevice, atMs: number | undefined): Promise<TreeNode[]> {
  const kind = engine.kindOf(TEST_COLLECTION);
  assert.ok(kind !== undefined);
  return await readNodes({ engine, collection: TEST_COLLECTION, kind }, atMs);
}

function treeOf(nodes: readonly TreeNode[]): Record<string, string> {
  return Object.fromEntries(
    nodes.filter(({ isGone }) => !isGone).map(({ path, hash }) => [path, hash]),
  );
}

function expectedTree(files: Files): Record<string, string> {
  const live = [...files.values()].filter(({ isGone }) => !isGone);
  return Object.fromEntries(live.map(({ path, text }) => [path, contentHash(utf8(text))]));
}

async function live(
  seed: number,
  chapters: number,
): Promise<{
  readonly world: World;
  readonly conflicts: number;
  readonly store: ReturnType<typeof createMemoryStore>;
}> {
  const store = createMemoryStore();
  const clock = createManualClock(1_800_000_000_000);
  const random = createSeededRandom(seed);
  // So small that versions go to archives within a short life.
  const limits = { ...LIMITS, tailBytes: 700, listsBytes: 350, segmentBytes: 4_000, fanIn: 2 };
  const a = await openDevice({ store, clock, random, name: 'a', isFirst: true, limits });
  const b = await openDevice({ store, clock, random, name: 'b', limits });
  const world: World = {
    dice: createDice(random),
    clock,
    a,
    b,
    chapters: [],
    moments: [],
    counter: 0,
  };
  await meet(world);
  let start: Files = new Map();
  let conflicts = 0;
  for (let index = 0; index < chapters; index += 1) {
    const chapter: Chapter = { start, acts: [] };
    world.chapters.push(chapter);
    for (let acts = 1 + world.dice.below(5); acts > 0; acts -= 1) {
      const by = world.dice.pick(['a', 'b'] as const);
      act(world, by, chapter);
      await takeIn(world[by]);
      world.moments.push(clock.now());
    }
    if (index === chapters - 1) break;
    await meet(world);
    conflicts += await settleConflicts(world);
    start = filesAt(chapter, Number.MAX_SAFE_INTEGER);
    // The choice set the text anew.
    assert.deepEqual(
      Object.fromEntries(a.folder),
      Object.fromEntries(
        [...start.values()].filter(({ isGone }) => !isGone).map(({ path, text }) => [path, text]),
      ),
      'the folder is as the plain rules say',
    );
  }
  return { world, conflicts, store };
}

suite('the tree of a collection at a moment', () => {
  const seed = chooseSeed();
  test(`is what was saved until then, at every moment of a life (seed ${seed})`, async () => {
    let conflicts = 0;
    for (let life = 0; life < 3; life += 1) {
      const lived = await live(seed + life, 12);
      conflicts += lived.conflicts;
      const { world } = lived;
      for (const chapter of world.chapters.slice(0, -1)) {
        for (const { atMs } of chapter.acts) {
          assert.deepEqual(
            treeOf(await nodesOf(world.a, atMs)),
            expectedTree(filesAt(chapter, atMs)),
            `life ${seed + life}, at ${atMs}`,
          );
        }
      }
      // What waits to be sent counts, and what the other device saved meanwhile is not known here.
      const last = world.chapters.at(-1);
      assert.ok(last !== undefined);
      const own = { ...last, acts: last.acts.filter(({ by }) => by === 'a') };
      for (const { atMs } of own.acts) {
        assert.deepEqual(treeOf(await nodesOf(world.a, atMs)), expectedTree(filesAt(own, atMs)));
      }
      const now = treeOf(await nodesOf(world.a, undefined));
      assert.deepEqual(now, expectedTree(filesAt(own, Number.MAX_SAFE_INTEGER)));
      world.a.close();
      world.b.close();
    }
    assert.ok(conflicts > 0, 'some of the lives had conflicts');
  });

  test(`is the same for a device that came late and read the archives (seed ${seed})`, async () => {
    const { world, store } = await live(seed, 12);
    await meet(world);
    await settleConflicts(world);
    const late = await openDevice({
      store,
      clock: world.clock,
      random: createSeededRandom(seed + 100),
      name: 'c',
    });
    await late.sync();
    assert.deepEqual(await readArchives(late.engine, TEST_COLLECTION), []);
    for (const { start, acts } of world.chapters) {
      const atMs = (acts[0]?.atMs ?? 0) - 1;
      assert.deepEqual(treeOf(await nodesOf(late, atMs)), expectedTree(start), `at ${atMs}`);
    }
    for (const device of [world.a, world.b, late]) device.close();
  });

  test(`tells what was deleted by then, with the size it had (seed ${seed})`, async () => {
    const { world } = await live(seed, 12);
    for (const chapter of world.chapters.slice(1)) {
      const atMs = (chapter.acts[0]?.atMs ?? 0) - 1;
      const gone = (await nodesOf(world.a, atMs)).filter(({ isGone }) => isGone);
      const expected = [...chapter.start.values()].filter(({ isGone }) => isGone);
      assert.deepEqual(
        gone.map(({ path, hash, size }) => [path, hash, size]).sort(),
        expected.map(({ path, text }) => [path, contentHash(utf8(text)), text.length]).sort(),
      );
    }
    world.a.close();
    world.b.close();
  });

  test('is whole where it is read in many parts', async () => {
    const device = await openDevice({
      store: createMemoryStore(),
      clock: createManualClock(1_800_000_000_000),
      random: createSeededRandom(seed),
      name: 'a',
      isFirst: true,
    });
    const { db } = device.engine;
    const count = 9_001;
    const nameOf = (index: number): string => `file ${String(index).padStart(5, '0')}`;
    db.transaction(() => {
      for (const n of [1, 2]) {
        const versions = Array.from({ length: count }, (_, index) => ({
          id: `version ${n} of ${index}`,
          record: `record ${index}`,
          stamp: [n * 1_000, 'other'] as [number, string],
          fields: { path: nameOf(index) },
          hash: String(n),
          size: n,
        }));
        const commit = { n, id: `commit ${n}`, time: n * 1_000, clock: {}, versions };
        insertCommit(db, TEST_COLLECTION, 'other', commit);
      }
      db.run('UPDATE versions SET is_current = 1 WHERE n = 2');
    });
    device.folder.set('a new one', 'text');
    await takeIn(device);
    const expected = Array.from({ length: count }, (_, index) => nameOf(index));
    const pathsAt = async (atMs?: number) => (await nodesOf(device, atMs)).map(({ path }) => path);
    assert.deepEqual(await pathsAt(), ['a new one', ...expected]);
    assert.deepEqual(await pathsAt(1_500), expected);
    const { days } = await readMoments(device.engine, TEST_COLLECTION);
    assert.deepEqual(days, [
      { day: '1970-01-01', written: 2 * count, deleted: 0, bytes: 3 * count },
    ]);
    device.close();
  });
});
