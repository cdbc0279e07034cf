/** `verify` at the engine: what it finds, what it mends, and whom it names for the rest. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { archiveKey, headKey, segmentKey } from '../src/format/object-keys.ts';
import { condemnedBy } from '../src/replica/condemned.ts';
import { getMeta } from '../src/replica/meta.ts';
import { ownSegments } from '../src/replica/own.ts';
import { selfId } from '../src/sync/engine.ts';
import { prune } from '../src/sync/prune.ts';
import { mendBucket, type VerifyReport, verifyBucket } from '../src/sync/verify.ts';
import { TEST_COLLECTION, type TestDevice } from './support/device.ts';
import {
  createPruneWorld,
  DAY_MS,
  HOUR_MS,
  keepOneDay,
  keyOf,
  long,
  type PruneWorld,
  syncAll,
} from './support/prune-world.ts';

const ALL = { share: 1, seed: 'seed' };
const SMALL = { tailBytes: 1, fanIn: 3, segmentBytes: 1 };

type Pair = PruneWorld & { readonly a: TestDevice; readonly b: TestDevice };

async function sharedNotes(): Promise<Pair> {
  const world = createPruneWorld();
  const a = await world.open('a', { isFirst: true, limits: SMALL });
  const b = await world.open('b', { limits: SMALL });
  for (let save = 0; save < 7; save += 1) {
    a.folder.set('note', `save ${save}`).set('big', long(`big ${save}`));
    await syncAll(a, b);
  }
  b.folder.set('of b', 'text');
  await syncAll(b, a, b);
  return { ...world, a, b };
}

const mend = async ({ engine, open }: TestDevice): Promise<VerifyReport> =>
  withoutEntrance(await mendBucket(engine, open, ALL));
const look = async ({ engine }: TestDevice, sample = ALL): Promise<VerifyReport> =>
  withoutEntrance(await verifyBucket(engine, sample));

/** The repositories of these tests have neither manifest nor slots. */
function withoutEntrance(report: VerifyReport): VerifyReport {
  const damaged = report.damaged.filter(({ object }) => !/^(satchel\.json|keys\/)/.test(object));
  return { ...report, damaged };
}

async function spoil({ store }: Pair, key: string): Promise<void> {
  const found = await store.get(key);
  assert.ok(found.kind === 'found', key);
  await store.put(key, found.body.subarray(0, 50));
}

/** Everything of a kind is found damaged by one device, mended by the other, and whole for both. */
async function assertMended(
  world: Pair,
  by: TestDevice,
  objects: readonly string[],
): Promise<void> {
  const found = (await look(by)).damaged;
  assert.deepEqual(found.map(({ object }) => object).sort(), [...objects].sort());
  assert.ok(
    found.every(({ mended }) => !mended),
    'looking mends nothing',
  );
  const mended = await mend(by);
  assert.deepEqual(
    mended.damaged.map(({ object, mended: isMended }) => [object, isMended]).sort(),
    [...objects].sort().map((object) => [object, true]),
  );
  for (const device of [world.a, world.b]) assert.deepEqual((await look(device)).damaged, []);
  await world.assertReadable(world.a);
}

suite('verify mends', () => {
  for (const isArchive of [false, true]) {
    test(`${isArchive ? 'archives' : 'segments'} of this device, from its replica`, async () => {
      const world = await sharedNotes();
      const { a, store } = world;
      const entries = ownSegments(a.engine.db, TEST_COLLECTION, isArchive);
      assert.ok(entries.length > 0);
      const self = selfId(a.engine);
      const keys = entries.map(([id]) =>
        isArchive ? `archive/${self}/${id}` : segmentKey(self, id),
      );
      const [first = '', ...others] = keys;
      await spoil(world, first);
      for (const key of others) await store.delete(key);
      await assertMended(world, a, keys);
      const late = await world.open('late');
      await late.sync();
      const history = (device: TestDevice) =>
        device.engine.db.all(
          'SELECT id FROM versions WHERE collection = ? ORDER BY id',
          TEST_COLLECTION,
        );
      await prune(late.engine);
      assert.deepEqual(history(late), history(a), 'history included');
    });
  }

  test('an archive of a long life, as several that are no longer than others', async () => {
    const world = await sharedNotes();
    const { a } = world;
    const archives = () => ownSegments(a.engine.db, TEST_COLLECTION, true);
    const before = archives();
    const newest = before.at(-1);
    assert.ok(newest);
    const [id, from, to] = newest;
    assert.ok(to - from > 2, 'it may hold several commits');
    const key = archiveKey(selfId(a.engine), id);
    await spoil(world, key);
    await assertMended(world, a, [key]);
    const written = archives().filter((entry) => !before.some(([known]) => known === entry[0]));
    assert.ok(written.length > 1);
    // By the limits of this test each commit is long enough for one of its own.
    assert.ok(written.every((entry) => entry[1] === entry[2]));
  });

  test('its own head, and the index object that it names', async () => {
    const world = await sharedNotes();
    const { a, store } = world;
    await spoil(world, headKey(selfId(a.engine)));
    await assertMended(world, a, [headKey(selfId(a.engine))]);
    const lists = { ...a.engine, limits: { ...a.engine.limits, listsBytes: 1, tailBytes: 1 } };
    for (const words of ['one', 'two', 'three']) {
      a.folder.set('note', words);
      await a.sync();
    }
    const { putHead } = await import('../src/sync/head.ts');
    await putHead(lists, { mayWriteIndex: true });
    const index: { id: string } = JSON.parse(getMeta(a.engine.db, 'index') ?? '{}');
    await store.delete(segmentKey(selfId(a.engine), index.id));
    await assertMended(world, a, [headKey(selfId(a.engine))]);
  });

  test('content of any device that it has in a file, under the same name', async () => {
    const world = await sharedNotes();
    const { b, store } = world;
    const key = keyOf(long('big 6'));
    await store.delete(key);
    await assertMended(world, b, [key]);
    await spoil(world, key);
    await assertMended(world, b, [key]);
  });

  test('old versions whose content another file has; others stay damaged, and are named', async () => {
    const world = await sharedNotes();
    const { a, b, store } = world;
    b.folder.set('copy', long('big 2'));
    await syncAll(b, a);
    for (const save of [2, 3]) await store.delete(keyOf(long(`big ${save}`)));
    const { damaged } = await mend(b);
    assert.deepEqual(
      damaged.map(({ object, mended }) => [object, mended]).sort(),
      [
        [keyOf(long('big 2')), true],
        [keyOf(long('big 3')), false],
      ].sort(),
    );
    const stays = damaged.find(({ mended }) => !mended);
    assert.match(stays?.affected.join() ?? '', /^big \(an old version, of \d{4}-\d\d-\d\d\)$/);
    assert.equal(stays?.mender, 'a');
  });

  test('what it can, where a file cannot be read', async () => {
    const world = await sharedNotes();
    const { b, store } = world;
    const [opened] = b.open.values();
    assert.ok(opened);
    const readLocal = () => Promise.reject(new Error('EACCES: permission denied'));
    const open = new Map([[TEST_COLLECTION, { ...opened, readLocal }]]);
    const key = keyOf(long('big 6'));
    await store.delete(key);
    const { damaged } = withoutEntrance(await mendBucket(b.engine, open, ALL));
    assert.deepEqual(
      damaged.map(({ object, mended }) => [object, mended]),
      [[key, false]],
    );
  });

  test('S12: its list of condemned blobs; and what is condemned under another name', async () => {
    const world = await sharedNotes();
    const { a, b, clock, store } = world;
    keepOneDay(a);
    await a.sync();
    clock.advance(9 * DAY_MS);
    await syncAll(a, b);
    await prune(a.engine);
    const list = getMeta(a.engine.db, 'condemned') ?? '';
    const condemned = condemnedBy(a.engine.db, selfId(a.engine));
    assert.ok(condemned.length > 3);
    await store.delete(segmentKey(selfId(a.engine), list));
    await assertMended(world, a, [segmentKey(selfId(a.engine), list)]);
    assert.deepEqual(condemnedBy(a.engine.db, selfId(a.engine)), condemned);
    await b.sync();
    // A device that knows no rules names what is condemned, and it is deleted.
    const key = keyOf(long('big 6'));
    b.engine.db.run(
      'INSERT INTO condemned (blob, device, since) VALUES (?, ?, 0)',
      key.slice(-52),
      'another',
    );
    await store.delete(key);
    const { damaged } = await mend(b);
    assert.deepEqual(
      damaged.map(({ object, mended }) => [object, mended]),
      [[key, true]],
    );
    assert.ok((await world.blobs()).includes(keyOf(long('big 6'), 1)));
    await a.sync();
    await world.assertReadable(a);
  });
});

suite('verify names who can mend', () => {
  test('the objects of another device, which it never touches', async () => {
    const world = await sharedNotes();
    const { a, b, store } = world;
    const [entry] = ownSegments(a.engine.db, TEST_COLLECTION, false);
    const key = segmentKey(selfId(a.engine), entry?.[0] ?? '');
    await store.delete(key);
    const { damaged } = await mend(b);
    assert.deepEqual(
      damaged.map(({ object, mended, mender, heldHere }) => [object, mended, mender, heldHere]),
      [[key, false, 'a', true]],
    );
    assert.equal((await store.get(key)).kind, 'missing');
    await mend(a);
    await b.sync();
    assert.deepEqual((await look(b)).damaged, []);
  });

  test('a missing head of a device that was seen before', async () => {
    const world = await sharedNotes();
    const { a, b, store } = world;
    const key = headKey(selfId(a.engine));
    await store.delete(key);
    const { damaged } = await look(b);
    assert.deepEqual(
      damaged.map(({ object, mender }) => [object, mender]),
      [[key, 'a']],
    );
  });
});

suite('verify --sample', () => {
  test('reads a part, sees the rest, and the same seed reads the same part', async () => {
    const world = await sharedNotes();
    const { a } = world;
    const all = await look(a);
    const part = async (seed: string): Promise<VerifyReport> => await look(a, { share: 0.3, seed });
    const one = await part('seed');
    assert.ok(one.listed > 0 && one.objects < all.objects && one.bytes < all.bytes);
    assert.equal(one.objects + one.listed, all.objects);
    assert.deepEqual(await part('seed'), one);
  });

  test('misses no object that is gone, whatever it reads', async () => {
    const world = await sharedNotes();
    const key = keyOf(long('big 6'));
    await world.store.delete(key);
    const { damaged } = await look(world.a, { share: 0.001, seed: 'x' });
    assert.deepEqual(
      damaged.map(({ object }) => object),
      [key],
    );
  });
});

test('S12: what history let go is no damage', async () => {
  const world = await sharedNotes();
  const { a, b, clock } = world;
  keepOneDay(a);
  await a.sync();
  for (let week = 0; week < 4; week += 1) {
    clock.advance(8 * DAY_MS + HOUR_MS);
    await syncAll(a, b);
    await prune(a.engine);
  }
  assert.deepEqual(await world.blobs(), [keyOf(long('big 6'))]);
  const late = await world.open('late');
  await late.sync();
  for (const device of [a, b, late]) assert.deepEqual((await look(device)).damaged, []);
});
