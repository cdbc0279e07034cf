/** Adopters of retired devices: what they owe to each other, and to who comes later (rule S14). */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { archiveKey, headKey } from '../src/format/object-keys.ts';
import { adoptedOf } from '../src/replica/adopted.ts';
import { appliedUpTo } from '../src/replica/clocks.ts';
import { isReady } from '../src/replica/meta.ts';
import { isAdoptionComplete } from '../src/sync/adopt.ts';
import { beginCollection } from '../src/sync/bootstrap.ts';
import { selfId } from '../src/sync/engine.ts';
import { readArchives } from '../src/sync/history.ts';
import { mendBucket, verifyBucket } from '../src/sync/verify.ts';
import { TEST_COLLECTION, type TestDevice } from './support/device.ts';
import {
  adoptedKeys,
  destroy,
  filesOf,
  HOUR_MS,
  makeWorld,
  oldDeviceIn,
  retire,
  syncAll,
  type World,
} from './support/retiring.ts';

/** The archives that a device keeps of others. */
function adoptedArchives(keeper: TestDevice): string[] {
  const self = selfId(keeper.engine);
  return Object.values(adoptedOf(keeper.engine.db))
    .flatMap((collections) => Object.values(collections))
    .flatMap(({ archives }) => archives.map(([id]) => archiveKey(self, id)));
}

/** `old` has retired and is gone, and `keeper` keeps what it had saved. */
async function keptIn(world: World, keeper: TestDevice): Promise<TestDevice> {
  const old = await oldDeviceIn(world);
  await syncAll(keeper);
  retire(keeper, old);
  await keeper.sync();
  assert.ok(isAdoptionComplete(keeper.engine, selfId(old.engine)));
  await destroy(world.store, old);
  return old;
}

suite('S14: a retired device that is gone', () => {
  test('is asked for once an hour by those who never met it', async () => {
    const world = makeWorld();
    const keeper = await world.open('keeper');
    const old = await keptIn(world, keeper);
    const late = await world.open('late');
    await syncAll(late);
    const key = headKey(selfId(old.engine));
    world.asked(key);
    for (let round = 0; round < 5; round += 1) {
      world.clock.advance(1000);
      await late.sync({ list: false });
    }
    assert.equal(world.asked(key), 0);
    world.clock.advance(HOUR_MS);
    await late.sync({ list: false });
    assert.equal(world.asked(key), 1);
  });

  test('is no damage where all of it is kept', async () => {
    const world = makeWorld();
    const keeper = await world.open('keeper');
    const old = await keptIn(world, keeper);
    const { damaged } = await verifyBucket(keeper.engine, { share: 1, seed: 'seed' });
    const gone = headKey(selfId(old.engine));
    assert.ok(damaged.every(({ object }) => object !== gone));
  });
});

suite('S14: an adopter', () => {
  for (const isBystander of [false, true]) {
    const where = isBystander ? 'not on the adopters' : 'on the adopters';
    test(`that retires is adopted with those that it kept; the collection is ${where}`, async () => {
      const world = makeWorld();
      const first = await world.open('first', { isBystander });
      const old = await keptIn(world, first);
      const second = await world.open('second', { isBystander });
      await syncAll(second);
      retire(second, first);
      await syncAll(second);
      assert.ok(isAdoptionComplete(second.engine, selfId(first.engine)));
      await destroy(world.store, first);
      const late = await world.open('late');
      await syncAll(late);
      assert.ok(isReady(late.engine.db, TEST_COLLECTION));
      assert.deepEqual(filesOf(late), filesOf(old));
      assert.deepEqual(await readArchives(late.engine, TEST_COLLECTION), []);
    });
  }

  test('reads the history that it keeps', async () => {
    const world = makeWorld();
    const keeper = await world.open('keeper');
    await keptIn(world, keeper);
    assert.ok(adoptedArchives(keeper).length > 0);
    assert.deepEqual(await readArchives(keeper.engine, TEST_COLLECTION), []);
  });

  test('reads what it keeps once the collection is on it', async () => {
    const world = makeWorld();
    const bystander = await world.open('keeper', { isBystander: true });
    const old = await keptIn(world, bystander);
    const { path, engine } = bystander;
    beginCollection(engine.db, TEST_COLLECTION, false);
    bystander.close();
    const keeper = await world.open('keeper', { path });
    await syncAll(keeper, keeper);
    assert.ok(isReady(keeper.engine.db, TEST_COLLECTION));
    assert.deepEqual(filesOf(keeper), filesOf(old));
  });

  test('mends a damaged copy, and keeps the history that is nowhere else', async () => {
    const world = makeWorld();
    const keeper = await world.open('keeper');
    await keptIn(world, keeper);
    const archives = adoptedArchives(keeper);
    const damaged = adoptedKeys(keeper);
    for (const key of damaged) await world.store.put(key, new Uint8Array(100));
    const report = await mendBucket(keeper.engine, keeper.open, { share: 1, seed: 'seed' });
    for (const key of damaged) {
      assert.equal(report.damaged.find(({ object }) => object === key)?.mended, true);
    }
    assert.deepEqual(adoptedArchives(keeper), archives);
    const late = await world.open('late');
    await syncAll(late);
    assert.deepEqual(filesOf(late), filesOf(keeper));
    assert.deepEqual(await readArchives(late.engine, TEST_COLLECTION), []);
  });
});

test('S15: while a copy cannot be read, the first read of a newcomer is not complete', async () => {
  const world = makeWorld();
  const keeper = await world.open('keeper');
  await keptIn(world, keeper);
  const copies = adoptedKeys(keeper);
  const bodies = await Promise.all(copies.map((key) => world.store.get(key)));
  for (const key of copies) await world.store.delete(key);
  const late = await world.open('late');
  late.folder.set('diary', 'what another program had brought here');
  await syncAll(late);
  assert.ok(!isReady(late.engine.db, TEST_COLLECTION));
  assert.equal(appliedUpTo(late.engine.db, TEST_COLLECTION, selfId(late.engine)), 0);
  for (const [place, found] of bodies.entries()) {
    assert.ok(found.kind === 'found');
    await world.store.put(copies[place] ?? '', found.body);
  }
  await syncAll(late);
  assert.ok(isReady(late.engine.db, TEST_COLLECTION));
});
