/** Looking at the blobs of the bucket, and putting back what it lost (rules S10, S12). */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openDevice, TEST_COLLECTION, type TestDevice } from '../../test/support/device.ts';
import { type MapFolder, mapKind } from '../../test/support/map-kind.ts';
import {
  createManualClock,
  createSeededRandom,
  type ManualClock,
} from '../../test/support/ports.ts';
import { BLOBS_PREFIX, headKey } from '../format/object-keys.ts';
import { setMeta } from '../replica/meta.ts';
import { createMemoryStore } from '../store/memory.ts';
import type { ObjectStore } from '../store/store.ts';
import { beginCollection } from './bootstrap.ts';
import { selfId } from './engine.ts';
import type { OpenCollection } from './kind.ts';
import { openPort } from './port.ts';
import { prune } from './prune.ts';
import { type RoundReport, syncRound } from './round.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const LONG = 'long '.repeat(200_000);
const AWAY = 'another';

interface Traffic {
  /** Keys of the blobs that were put. */
  puts: string[];
  /** How often the blobs were listed. */
  lists: number;
}

interface World {
  readonly store: ObjectStore;
  readonly clock: ManualClock;
  readonly traffic: Traffic;
  readonly a: TestDevice;
  readonly b: TestDevice;
}

/** Two devices around a bucket that counts what `a` does to blobs. */
async function openWorld(): Promise<World> {
  const store = createMemoryStore();
  const clock = createManualClock(1_800_000_000_000);
  const random = createSeededRandom(1);
  const traffic: Traffic = { puts: [], lists: 0 };
  const counted: ObjectStore = {
    ...store,
    put: (key, body) => {
      if (key.startsWith(BLOBS_PREFIX)) traffic.puts.push(key);
      return store.put(key, body);
    },
    list: (prefix) => {
      if (prefix === BLOBS_PREFIX) traffic.lists += 1;
      return store.list(prefix);
    },
  };
  const a = await openDevice({ store: counted, clock, random, name: 'a', isFirst: true });
  const b = await openDevice({ store, clock, random, name: 'b' });
  a.folder.set('note', LONG);
  for (const device of [a, b, a]) await device.sync();
  traffic.puts = [];
  return { store, clock, traffic, a, b };
}

/** A second collection on a device, whose folder is not always there. */
async function withSecond({ engine, open }: TestDevice, folder: MapFolder) {
  const kind = mapKind(new Map([[AWAY, folder]]));
  const both = { ...engine, kindOf: (id: string) => (id === AWAY ? kind : engine.kindOf(id)) };
  beginCollection(engine.db, AWAY, true);
  const second: OpenCollection = await kind.open(openPort(both, AWAY), AWAY);
  return {
    sync: (isThere: boolean): Promise<RoundReport> =>
      syncRound(both, isThere ? new Map([...open, [AWAY, second]]) : open, { list: true }),
  };
}

async function blobsOf(store: ObjectStore): Promise<string[]> {
  return (await store.list(BLOBS_PREFIX)).objects.map(({ key }) => key).sort();
}

suite('S12: a look at the blobs', () => {
  test('is taken though another collection is away, so that nothing is sent again', async () => {
    const { clock, traffic, a } = await openWorld();
    const device = await withSecond(a, new Map([['of another', 'text']]));
    await device.sync(true);
    clock.advance(4 * DAY_MS);
    await device.sync(false);
    a.folder.delete('note');
    a.folder.set('renamed', LONG);
    await device.sync(false);
    assert.deepEqual(traffic, { puts: [], lists: 1 });
  });

  test('waits until the heads can be read again: it would be forgotten at the next poll', async () => {
    const { store, clock, traffic, a, b } = await openWorld();
    const key = headKey(selfId(b.engine));
    const head = await store.get(key);
    assert.ok(head.kind === 'found');
    await store.put(key, head.body.subarray(0, head.body.length / 2));
    clock.advance(4 * DAY_MS);
    for (let round = 0; round < 3; round += 1) await a.sync();
    assert.equal(traffic.lists, 0);
    await store.put(key, head.body);
    for (let round = 0; round < 3; round += 1) await a.sync();
    assert.deepEqual(traffic, { puts: [], lists: 1 });
  });
});

suite('S10: content that the bucket lost', () => {
  test('is put back from a collection that was away, once it is there again', async () => {
    const { store, traffic, a } = await openWorld();
    const device = await withSecond(a, new Map([['of another', `${LONG} of another`]]));
    await device.sync(true);
    const before = await blobsOf(store);
    assert.equal(before.length, 2);
    for (const key of before) await store.delete(key);
    setMeta(a.engine.db, 'put-back', 'lost');
    await device.sync(false);
    assert.equal((await blobsOf(store)).length, 1);
    await assert.doesNotReject(prune(a.engine), 'what is away does not stop pruning for good');
    await device.sync(true);
    assert.deepEqual(await blobsOf(store), before);
    Object.assign(traffic, { puts: [], lists: 0 });
    await device.sync(true);
    assert.deepEqual(traffic, { puts: [], lists: 0 });
  });

  test('waits for a file that cannot be read, and all else goes on', async () => {
    const { store, a, b } = await openWorld();
    const before = await blobsOf(store);
    for (const key of before) await store.delete(key);
    setMeta(a.engine.db, 'put-back', 'lost');
    const opened = a.open.get(TEST_COLLECTION);
    assert.ok(opened);
    const refused = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    for (const readLocal of [
      () => Promise.reject(refused),
      () => Promise.resolve(piecesThatFail(refused)),
    ]) {
      const open = new Map([[TEST_COLLECTION, { ...opened, readLocal }]]);
      a.folder.set('short', `text ${open.size}`);
      await syncRound(a.engine, open, { list: true });
      assert.deepEqual(await blobsOf(store), []);
    }
    await b.sync();
    assert.equal(b.folder.get('short'), 'text 1');
    await a.sync();
    assert.deepEqual(await blobsOf(store), before);
  });
});

async function* piecesThatFail(error: Error): AsyncGenerator<Uint8Array, void, undefined> {
  yield new Uint8Array(1);
  throw error;
}
