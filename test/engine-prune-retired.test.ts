/** Pruning where devices retired, and where the repository moved (rules S12, S14). */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { SatchelError } from '../src/base/errors.ts';
import { headKey, MANIFEST_KEY } from '../src/format/object-keys.ts';
import { outboxCount } from '../src/replica/outbox.ts';
import { createMemoryStore } from '../src/store/memory.ts';
import { copyRepository } from '../src/sync/copy.ts';
import { endIdentity } from '../src/sync/ends.ts';
import { selfId } from '../src/sync/engine.ts';
import { putHead } from '../src/sync/head.ts';
import { announceMove } from '../src/sync/moved.ts';
import { arriveInBucket } from '../src/sync/own-head.ts';
import { prune } from '../src/sync/prune.ts';
import { syncRound } from '../src/sync/round.ts';
import { TEST_COLLECTION, type TestDevice } from './support/device.ts';
import {
  createPruneWorld,
  DAY_MS,
  HOUR_MS,
  keyOf,
  long,
  type PruneWorld,
  replaced,
  syncAll,
} from './support/prune-world.ts';
import { retire } from './support/retiring.ts';

/** A late write puts the head of `gone` back to what it was before its last save. */
async function fallenBack(): Promise<PruneWorld & { a: TestDevice; gone: TestDevice }> {
  const world = createPruneWorld();
  const a = await world.open('a', { isFirst: true });
  const gone = await world.open('gone');
  a.folder.set('note', 'of a');
  await syncAll(a, gone, a);
  const key = headKey(selfId(gone.engine));
  const before = await world.store.get(key);
  assert.ok(before.kind === 'found');
  gone.folder.set('late', long('the last save'));
  await syncAll(gone, a);
  await world.store.put(key, before.body);
  await world.upload(long('nobody needs it'));
  world.clock.advance(2 * HOUR_MS);
  return { ...world, a, gone };
}

suite('S12: an old head that nobody will write again', () => {
  test('of a device at work stops pruning', async () => {
    const { a } = await fallenBack();
    await assert.rejects(prune(a.engine), /older state of device "gone"/);
  });

  test('of a retired device does not, once a copy reaches as far as was seen', async () => {
    const world = await fallenBack();
    const { a, gone } = world;
    retire(a, gone);
    await a.sync();
    assert.equal((await prune(a.engine)).condemned.objects, 1);
    world.clock.advance(8 * DAY_MS);
    assert.equal((await prune(a.engine)).deleted.objects, 1);
    assert.deepEqual(await world.blobs(), [keyOf(long('the last save'))]);
    await world.assertReadable(a);
  });

  test('of an identity that ended does not: what was beyond is written again', async () => {
    const world = await fallenBack();
    const { a, gone } = world;
    endIdentity(a.engine, selfId(gone.engine), TEST_COLLECTION, 0);
    await a.sync();
    assert.equal((await prune(a.engine)).condemned.objects, 1);
    world.clock.advance(8 * DAY_MS);
    await prune(a.engine);
    await world.assertReadable(a);
  });
});

test('S12: a retired device whose head is gone stops pruning until all it told is kept', async () => {
  const world = createPruneWorld();
  const gone = await world.open('gone', { isFirst: true });
  const b = await world.open('b');
  const a = await world.open('a');
  gone.folder.set('file', long('of the device that is gone'));
  await syncAll(gone, b, a);
  retire(a, gone);
  await a.sync();
  // It had saved once more, which only `b` has read when somebody tidies up.
  gone.folder.set('later', long('its last save'));
  await gone.sync();
  await b.sync();
  b.folder.set('note', 'of b');
  await b.sync();
  const id = selfId(gone.engine);
  await world.store.delete(headKey(id));
  await assert.rejects(prune(a.engine), /is missing/);
  retire(b, gone);
  await syncAll(b, a);
  await prune(a.engine);
  world.clock.advance(8 * DAY_MS);
  await prune(a.engine);
  await world.assertReadable(b);
});

test('S12: who follows a move late does not rely on what the former bucket held', async () => {
  const world = await replaced();
  const { a, b, clock, store } = world;
  await store.put(MANIFEST_KEY, new Uint8Array([1]));
  const target = createMemoryStore();
  await copyRepository(a.engine, target);
  announceMove(a.engine, 'file:///new');
  await putHead(a.engine, { mayWriteIndex: false });
  const there = { ...a.engine, store: target };
  await arriveInBucket(there);
  // Until a person lets it in, `b` goes on looking at the former bucket.
  for (let day = 0; day < 24; day += 1) {
    clock.advance(DAY_MS);
    await syncRound(there, a.open, { list: true });
    await prune(there);
    await b.sync();
  }
  const gone = keyOf(long('former'));
  assert.equal((await target.get(gone)).kind, 'missing');
  assert.equal((await store.get(gone)).kind, 'found');
  b.folder.set('again', long('former'));
  const late = { ...b.engine, store: target };
  await arriveInBucket(late);
  // What the bucket has lost is not looked for while a folder cannot be put in order.
  const [[id, open] = []] = [...b.open];
  assert.ok(id !== undefined && open !== undefined);
  const putOut = (): Promise<never> => Promise.reject(new SatchelError('attention', 'A test.'));
  await syncRound(late, new Map([[id, { ...open, putOut }]]), { list: true });
  assert.equal(outboxCount(late.db, TEST_COLLECTION), 0);
  assert.equal((await target.get(gone)).kind, 'found');
});

suite('S12: a device whose Satchel does not know of pruning', () => {
  test('stops it until the device is brought up to date, or removed', async () => {
    const { a, gone } = await readyToPrune();
    const id = selfId(gone.engine);
    const set = `UPDATE peers SET head = json_set(head, '$.device.app', ?) WHERE device = ?`;
    a.engine.db.run(set, 'satchel 0.1.0', id);
    await assert.rejects(prune(a.engine), /"gone" runs satchel 0\.1\.0/);
    a.engine.db.run(set, 'satchel 0.2.0', id);
    assert.equal((await prune(a.engine)).condemned.objects, 1);
    a.engine.db.run(set, 'satchel 0.1.0', id);
    retire(a, gone);
    await a.sync();
    await prune(a.engine);
  });
});

async function readyToPrune(): Promise<{ a: TestDevice; gone: TestDevice }> {
  const world = createPruneWorld();
  const a = await world.open('a', { isFirst: true });
  const gone = await world.open('gone');
  a.folder.set('note', 'of a');
  await syncAll(a, gone, a);
  await world.upload(long('nobody needs it'));
  return { a, gone };
}
