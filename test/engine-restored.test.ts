/**
 * S9: a device that was put back to a backup, and whose life went on after that day, goes on from
 * there. It never takes that life for a clone's: the end that it would announce stays for good.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { headKey, segmentKey } from '../src/format/object-keys.ts';
import { allEnds, appliedUpTo } from '../src/replica/clocks.ts';
import { markHeadChanged } from '../src/replica/meta.ts';
import { outboxEntries } from '../src/replica/outbox.ts';
import { allRecords, conflictsOf } from '../src/replica/records.ts';
import { commitEntries } from '../src/sync/commit.ts';
import { selfId } from '../src/sync/engine.ts';
import { openHead } from '../src/sync/head.ts';
import { prune } from '../src/sync/prune.ts';
import { syncRound } from '../src/sync/round.ts';
import { TEST_COLLECTION, type TestDevice } from './support/device.ts';
import {
  createPruneWorld,
  DAY_MS,
  HOUR_MS,
  keepOneDay,
  type PruneWorld,
  syncAll,
} from './support/prune-world.ts';

/** Each commit has a segment of its own, and two of them are merged. */
const SOON_MERGED = { tailBytes: 1, fanIn: 2, segmentBytes: 1 };

interface Lived {
  readonly former: string;
  readonly b: TestDevice;
  /** The number that the former identity reached. */
  readonly n: number;
  putBack(): Promise<TestDevice>;
}

interface Days {
  /** History is kept for a day, and let go after some weeks. */
  readonly areMany?: boolean;
  /** The reply to the last head before the backup was lost; what it told of besides the rest. */
  readonly lostReply?: 'nothing new' | 'a commit';
}

/** Two devices; one is backed up, goes on for a while and is lost. */
async function liveOn(world: PruneWorld, { areMany, lostReply }: Days = {}): Promise<Lived> {
  const { clock } = world;
  let isLost = false;
  const store: PruneWorld['store'] = {
    ...world.store,
    async put(key, body) {
      const written = await world.store.put(key, body);
      if (isLost && key.startsWith('heads/')) throw new Error('the reply is lost');
      return written;
    },
  };
  const a = await world.open('a', { isFirst: true, limits: SOON_MERGED, store });
  const b = await world.open('b', { limits: SOON_MERGED });
  const save = async (name: string, text: string | undefined): Promise<void> => {
    if (text === undefined) a.folder.delete(name);
    else a.folder.set(name, text);
    await syncAll(a, b);
    clock.advance(HOUR_MS);
  };
  a.folder.set('kept', 'never changed').set('temp', 'for a day');
  await syncAll(a, b);
  if (areMany === true) keepOneDay(a);
  for (const text of ['one', 'two']) await save('note', text);
  if (lostReply !== 'a commit') await save('note', 'three');
  if (lostReply !== undefined) {
    isLost = true;
    if (lostReply === 'a commit') a.folder.set('note', 'three');
    else markHeadChanged(a.engine.db);
    await assert.rejects(a.sync(), /reply is lost/);
    isLost = false;
  }
  const putBack = world.backUp(a);
  await save('temp', undefined);
  await save('later', 'a file of the later life');
  for (const text of ['four', 'five', 'six', 'seven', 'eight']) await save('note', text);
  await save('later', undefined);
  await save('note', 'nine');
  clock.advance(3 * DAY_MS);
  for (let week = 0; areMany === true && week < 3; week += 1) {
    await prune(a.engine);
    clock.advance(8 * DAY_MS);
    await syncAll(a, b);
  }
  const former = selfId(a.engine);
  const n = appliedUpTo(a.engine.db, TEST_COLLECTION, former);
  a.close();
  return { former, b, n, putBack };
}

/** Nothing comes back, nobody is asked, and the former identity ends where it came to. */
function assertGoesOn(again: TestDevice, { former, b, n }: Omit<Lived, 'putBack'>): void {
  assert.notEqual(selfId(again.engine), former);
  assert.equal(allEnds(again.engine.db)[former]?.[TEST_COLLECTION], n);
  for (const device of [again, b]) {
    assert.deepEqual(Object.fromEntries(device.folder), { kept: 'never changed', note: 'nine' });
    assert.deepEqual(conflictsOf(device.engine.db, TEST_COLLECTION), []);
    assert.equal(
      appliedUpTo(device.engine.db, TEST_COLLECTION, selfId(device.engine)),
      0,
      'nothing is written again',
    );
  }
}

suite('S9: a backup that is older than the history that is kept', () => {
  test('what had arrived before it needs no proof in the bucket', async () => {
    const lived = await liveOn(createPruneWorld(), { areMany: true });
    const again = await lived.putBack();
    await syncAll(again, lived.b, again, lived.b);
    assertGoesOn(again, lived);
  });

  test('nor where the reply to its last head was lost: what had arrived before does not', async () => {
    const lived = await liveOn(createPruneWorld(), { areMany: true, lostReply: 'nothing new' });
    const again = await lived.putBack();
    await syncAll(again, lived.b, again, lived.b);
    assertGoesOn(again, lived);
  });
});

suite('S9: two lives of one device', () => {
  test('what one of them published and the other overwrote is written again', async () => {
    const world = createPruneWorld();
    const a = await world.open('a', { isFirst: true, limits: SOON_MERGED });
    const b = await world.open('b');
    a.folder.set('note', 'text');
    await syncAll(a, b);
    const putBack = world.backUp(a);
    const twin = await putBack();
    a.folder.set('of one', 'text');
    await a.sync();
    // Its heads go over the other's without a look; of the first number only an archive tells.
    for (const text of ['one', 'two', 'three', 'four']) {
      twin.folder.set('of the other', text);
      await twin.sync({ list: false, publishOnly: true });
      await twin.sync({ list: false, publishOnly: true });
    }
    await syncAll(a, twin, b, a, twin, b);
    for (const { folder } of [a, twin, b]) {
      assert.deepEqual([...folder.keys()].sort(), ['note', 'of one', 'of the other']);
    }
  });
});

suite('S9: a commit that is made before the first look at the bucket', () => {
  test('was in no head: it gets a number of the new identity, and nothing else does', async () => {
    const lived = await liveOn(createPruneWorld());
    const again = await lived.putBack();
    again.folder.set('mine', 'saved after the device was put back');
    await again.open.get(TEST_COLLECTION)?.takeIn();
    const { db } = again.engine;
    commitEntries(again.engine, TEST_COLLECTION, [
      ...outboxEntries(db, TEST_COLLECTION, { onlyLocal: false }),
    ]);
    await syncAll(again, lived.b, again, lived.b);
    assert.equal(appliedUpTo(db, TEST_COLLECTION, selfId(again.engine)), 1);
    assert.equal(allEnds(db)[lived.former]?.[TEST_COLLECTION], lived.n);
    for (const device of [again, lived.b]) {
      assert.deepEqual([...device.folder.keys()].sort(), ['kept', 'mine', 'note']);
      assert.deepEqual(conflictsOf(device.engine.db, TEST_COLLECTION), []);
    }
  });
});

/** Removes objects as if they had not arrived yet. What it returns brings them. */
async function takeAway({ store }: PruneWorld, prefix: string): Promise<() => Promise<void>> {
  const taken = new Map<string, Uint8Array>();
  const { objects } = await store.list(prefix.slice(0, prefix.lastIndexOf('/') + 1));
  for (const { key } of objects) {
    if (!key.startsWith(prefix)) continue;
    const result = await store.get(key);
    assert.ok(result.kind === 'found');
    taken.set(key, result.body);
    await store.delete(key);
  }
  assert.ok(taken.size > 0);
  return async () => {
    for (const [key, body] of taken) await store.put(key, body);
  };
}

async function headOf({ store }: PruneWorld, device: string): Promise<Uint8Array> {
  const found = await store.get(headKey(device));
  assert.ok(found.kind === 'found');
  return found.body;
}

suite('S9: an archive of the later life that is late', () => {
  test('nothing is decided, and nothing published, before it can be read', async () => {
    const world = createPruneWorld();
    const lived = await liveOn(world, { lostReply: 'a commit' });
    const arrive = await takeAway(world, `archive/${lived.former}/`);
    const before = (await world.store.list('')).objects;
    const again = await lived.putBack();
    assert.notDeepEqual((await again.sync()).unreadable, []);
    await again.sync({ list: false, publishOnly: true });
    await assert.rejects(prune(again.engine), /not all read back yet/);
    assert.deepEqual((await world.store.list('')).objects, before);
    assert.equal(selfId(again.engine), lived.former);
    assert.deepEqual(allEnds(again.engine.db), {});
    await arrive();
    await syncAll(again, lived.b, again, lived.b);
    assertGoesOn(again, lived);
  });

  test('after an hour it is given up', async () => {
    const world = createPruneWorld();
    const lived = await liveOn(world, { lostReply: 'a commit' });
    await takeAway(world, `archive/${lived.former}/`);
    const again = await lived.putBack();
    await again.sync();
    for (let hour = 0; hour < 3; hour += 1) {
      world.clock.advance(HOUR_MS + 1);
      await again.sync();
    }
    assert.notEqual(selfId(again.engine), lived.former);
    again.folder.set('mine', 'text');
    await syncAll(again, lived.b);
    assert.equal(lived.b.folder.get('mine'), 'text');
  });
});

suite('S9: a head of the later life whose index is late', () => {
  async function lateIndex() {
    const world = createPruneWorld();
    const a = await world.open('a', { isFirst: true, limits: { listsBytes: 1 } });
    const b = await world.open('b');
    a.folder.set('note', 'zero');
    await syncAll(a, b);
    const putBack = world.backUp(a);
    for (const text of ['one', 'two', 'three']) {
      a.folder.set('note', text);
      await syncAll(a, b);
    }
    a.folder.set('unread', 'by the other device');
    await a.sync();
    const former = selfId(a.engine);
    const head = await openHead(a.engine, former, await headOf(world, former));
    a.close();
    assert.ok(head.index);
    const arrive = await takeAway(world, segmentKey(former, head.index));
    const again = await putBack();
    again.folder.set('mine', 'saved after the device was put back');
    return { world, b, former, arrive, again, head: await headOf(world, former) };
  }

  test('it is not written over: what it alone tells is not lost', async () => {
    const { world, b, former, arrive, again, head } = await lateIndex();
    assert.notDeepEqual((await again.sync()).unreadable, []);
    assert.deepEqual(await headOf(world, former), head);
    await arrive();
    await syncAll(again, b, again, b);
    for (const device of [again, b]) {
      assert.deepEqual(Object.fromEntries(device.folder), {
        note: 'three',
        unread: 'by the other device',
        mine: 'saved after the device was put back',
      });
      assert.deepEqual(conflictsOf(device.engine.db, TEST_COLLECTION), []);
    }
  });

  test('after an hour the device goes on under a new identity, and leaves that head as it is', async () => {
    const { world, b, former, again, head } = await lateIndex();
    await again.sync();
    for (let hour = 0; hour < 3; hour += 1) {
      world.clock.advance(HOUR_MS + 1);
      await again.sync();
    }
    await b.sync();
    assert.notEqual(selfId(again.engine), former);
    assert.equal(b.folder.get('mine'), 'saved after the device was put back');
    assert.deepEqual(await headOf(world, former), head);
  });
});

test('S9: what is saved under a number that the other life has taken already is shown', async () => {
  const world = createPruneWorld();
  const a = await world.open('a', { isFirst: true });
  const b = await world.open('b');
  a.folder.set('note', 'zero');
  await syncAll(a, b);
  const own = headKey(selfId(a.engine));
  const former = await world.store.get(own);
  const putBack = world.backUp(a);
  a.folder.set('other', 'of the lost life');
  await syncAll(a, b);
  b.folder.set('note', 'of b');
  await b.sync();
  const again = await putBack();
  // A stale read of its own head hides the other life, of which b tells.
  const store: PruneWorld['store'] = {
    ...world.store,
    get: async (key, options) => (key === own ? former : await world.store.get(key, options)),
  };
  await syncRound({ ...again.engine, store }, again.open, { list: true });
  again.folder.set('note', 'saved meanwhile');
  await again.open.get(TEST_COLLECTION)?.takeIn();
  const isShown = [...allRecords(again.engine.db, TEST_COLLECTION)].some(
    ({ fields, isLive }) => fields.path === 'note' && isLive,
  );
  assert.ok(isShown);
  await syncAll(again, b, again);
  for (const { folder } of [again, b]) assert.equal(folder.get('note'), 'saved meanwhile');
});
