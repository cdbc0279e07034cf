/** Devices that are lost, and retired ones that others wait for (rules S9a, S13). */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { REGISTRY_ID } from '../src/format/ids.ts';
import { headKey } from '../src/format/object-keys.ts';
import { appliedUpTo, endsOf } from '../src/replica/clocks.ts';
import { outboxCount } from '../src/replica/outbox.ts';
import { allRecords, conflictsOf } from '../src/replica/records.ts';
import { isAdoptionComplete } from '../src/sync/adopt.ts';
import { selfId } from '../src/sync/engine.ts';
import { retiredDevices } from '../src/sync/retired.ts';
import { TEST_COLLECTION } from './support/device.ts';
import {
  destroy,
  filesOf,
  HOUR_MS,
  makeWorld,
  oldDeviceIn,
  publishOnly,
  retire,
  syncAll,
} from './support/retiring.ts';

suite('S13: a retired device that others need', () => {
  test('is ended where neither its head nor a copy shows the number', async () => {
    const world = makeWorld();
    const keeper = await world.open('keeper');
    const other = await world.open('other');
    const late = await world.open('late');
    const old = await oldDeviceIn(world, keeper, other, late);
    retire(keeper, old);
    await syncAll(keeper, late);
    const kept = appliedUpTo(keeper.engine.db, TEST_COLLECTION, selfId(old.engine));
    const key = headKey(selfId(old.engine));
    const before = await world.store.get(key);
    assert.ok(before.kind === 'found');
    old.folder.set('unkept', 'seen by one device only');
    await old.sync({ list: false });
    await other.sync({ list: false, everyHead: true });
    other.folder.set('other', 'knows of that');
    await other.sync();
    await world.store.put(key, before.body);
    for (let hour = 0; hour < 3; hour += 1) {
      await syncAll(late, other);
      world.clock.advance(HOUR_MS + 1);
    }
    await syncAll(late, other, late);
    assert.equal(endsOf(late.engine.db, TEST_COLLECTION).get(selfId(old.engine)), kept);
    assert.deepEqual(filesOf(late), filesOf(other));
    assert.equal(late.folder.get('unkept'), 'seen by one device only');
  });

  test('is not ended below what a copy shows, though its own head fell back', async () => {
    const world = makeWorld();
    const keeper = await world.open('keeper');
    const old = await world.open('old', { isFirst: true });
    old.folder.set('one', '1');
    await syncAll(old);
    const key = headKey(selfId(old.engine));
    const before = await world.store.get(key);
    assert.ok(before.kind === 'found');
    old.folder.set('two', '2');
    await syncAll(old, keeper);
    keeper.folder.set('three', '3');
    retire(keeper, old);
    await keeper.sync();
    await destroy(world.store, old);
    await world.store.put(key, before.body);
    const late = await world.open('late');
    await late.sync();
    assert.deepEqual(filesOf(late), { one: '1', two: '2', three: '3' });
    assert.deepEqual([...endsOf(late.engine.db, TEST_COLLECTION)], []);
  });

  test('is ended where the copy ends, if that shows more than its own head', async () => {
    const world = makeWorld();
    const keeper = await world.open('keeper');
    const other = await world.open('other');
    const old = await world.open('old', { isFirst: true });
    old.folder.set('one', '1');
    await syncAll(old, keeper, other);
    const key = headKey(selfId(old.engine));
    const before = await world.store.get(key);
    assert.ok(before.kind === 'found');
    old.folder.set('two', '2');
    await syncAll(old, keeper);
    retire(keeper, old);
    await keeper.sync();
    old.folder.set('three', '3');
    await publishOnly(old);
    await syncAll(other);
    other.folder.set('four', 'knows of three');
    await syncAll(other);
    await world.store.put(key, before.body);
    const late = await world.open('late');
    for (let hour = 0; hour < 3; hour += 1) {
      await syncAll(late);
      world.clock.advance(HOUR_MS + 1);
    }
    assert.equal(endsOf(late.engine.db, TEST_COLLECTION).get(selfId(old.engine)), 2);
    await syncAll(other, late);
    assert.deepEqual(filesOf(late), filesOf(other));
  });
});

suite('S9a: a lost device', () => {
  test('counts for nobody from then on, whatever a thief writes', async () => {
    const world = makeWorld();
    const keeper = await world.open('keeper');
    const other = await world.open('other');
    const stolen = await oldDeviceIn(world, keeper, other);
    retire(keeper, stolen, true);
    await keeper.sync();
    stolen.folder.set('diary', 'what a thief wrote').delete('note 2');
    // A thief's program that does not care for ends: it only publishes.
    await publishOnly(stolen);
    for (let round = 0; round < 3; round += 1) await syncAll(keeper, other);
    const late = await world.open('late');
    await syncAll(late, other, late);
    for (const device of [keeper, other, late]) {
      assert.equal(device.folder.get('diary'), 'day 7, and what another device added');
      assert.equal(device.folder.get('note 2'), 'text 2');
    }
    assert.ok(retiredDevices(other.engine).get(selfId(stolen.engine))?.isLost);
  });

  test('ends where it was known, so nothing has to be written again', async () => {
    const world = makeWorld();
    const keeper = await world.open('keeper');
    const other = await world.open('other', { isBystander: true });
    const stolen = await oldDeviceIn(world, keeper);
    await syncAll(other);
    const id = selfId(stolen.engine);
    const known = appliedUpTo(keeper.engine.db, TEST_COLLECTION, id);
    for (const by of [keeper, other]) {
      const own = appliedUpTo(by.engine.db, TEST_COLLECTION, selfId(by.engine));
      retire(by, stolen, true);
      await syncAll(keeper, other, keeper);
      assert.equal(endsOf(by.engine.db, TEST_COLLECTION).get(id), known);
      assert.equal(appliedUpTo(by.engine.db, TEST_COLLECTION, selfId(by.engine)), own);
    }
  });

  test('ends at what its head shows, though that still waits for others here', async () => {
    const world = makeWorld();
    const keeper = await world.open('keeper', { isFirst: true });
    const other = await world.open('other');
    const stolen = await world.open('stolen');
    await syncAll(keeper, other, stolen, keeper);
    const key = headKey(selfId(other.engine));
    const before = await world.store.get(key);
    assert.ok(before.kind === 'found');
    other.folder.set('base', 'of another device');
    await syncAll(other, stolen);
    stolen.folder.set('base', 'edited on the stolen one');
    await syncAll(stolen);
    const whole = await world.store.get(key);
    assert.ok(whole.kind === 'found');
    await world.store.put(key, before.body);
    await syncAll(keeper);
    const id = selfId(stolen.engine);
    assert.equal(appliedUpTo(keeper.engine.db, TEST_COLLECTION, id), 0);
    retire(keeper, stolen, true);
    await syncAll(keeper);
    assert.equal(endsOf(keeper.engine.db, TEST_COLLECTION).get(id), 1);
    await world.store.put(key, whole.body);
    await syncAll(keeper, keeper);
    assert.equal(keeper.folder.get('base'), 'edited on the stolen one');
    assert.ok(isAdoptionComplete(keeper.engine, id));
  });

  test('counts for nothing in a collection where it had written nothing', async () => {
    const world = makeWorld();
    const keeper = await world.open('keeper', { isBystander: true });
    const stolen = await world.open('stolen', { isBystander: true });
    await syncAll(keeper, stolen, keeper);
    retire(keeper, stolen, true);
    await keeper.sync();
    const other = await world.open('other', { isFirst: true });
    await other.sync();
    assert.equal(endsOf(other.engine.db, TEST_COLLECTION).get(selfId(stolen.engine)), 0);
    assert.ok(endsOf(other.engine.db, REGISTRY_ID).has(selfId(stolen.engine)));
  });

  test('that is found again goes on under a new identity, and loses nothing', async () => {
    const world = makeWorld();
    const keeper = await world.open('keeper');
    const found = await oldDeviceIn(world, keeper);
    const former = selfId(found.engine);
    found.folder.set('unread', 'published, and seen by nobody yet');
    await found.sync();
    retire(keeper, found, true);
    await keeper.sync({ list: false });
    found.folder.set('unsent', 'saved while it was away');
    for (let round = 0; round < 4; round += 1) await syncAll(found, keeper);
    assert.notEqual(selfId(found.engine), former);
    assert.equal(outboxCount(found.engine.db, TEST_COLLECTION), 0);
    const late = await world.open('late');
    for (let round = 0; round < 2; round += 1) await syncAll(late, found, keeper);
    for (const device of [keeper, found, late]) {
      assert.equal(device.folder.get('unread'), 'published, and seen by nobody yet');
      assert.equal(device.folder.get('unsent'), 'saved while it was away');
      assert.deepEqual(filesOf(device), filesOf(found));
    }
    assert.deepEqual([...retiredDevices(keeper.engine).keys()], [former]);
  });

  test('that hears of its end keeps showing what was saved on it and is not sent yet', async () => {
    const world = makeWorld();
    const keeper = await world.open('keeper');
    const found = await oldDeviceIn(world, keeper);
    await syncAll(found);
    retire(keeper, found, true);
    keeper.folder.set('diary', 'what the keeper wrote meanwhile').set('note 0', 'by the keeper');
    await syncAll(keeper);
    const long = 'only on the lost device, and too long to travel inline. '.repeat(500);
    found.folder.set('diary', long).set('new', long);
    for (let round = 0; round < 3; round += 1) {
      await syncAll(found);
      for (const name of ['diary', 'new']) {
        assert.ok(found.folder.get(name) === long, `${name} after round ${round}`);
      }
    }
    const paths = [...allRecords(found.engine.db, TEST_COLLECTION)].map(
      ({ fields }) => fields.path,
    );
    assert.ok(paths.includes('new'));
    await syncAll(keeper);
    assert.ok(keeper.folder.get('new') === long);
    assert.equal(conflictsOf(keeper.engine.db, TEST_COLLECTION).length, 1);
  });
});
