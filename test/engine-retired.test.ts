/** Devices that retire, and come back (rules S14, S15). */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { headKey } from '../src/format/object-keys.ts';
import { adoptedOf } from '../src/replica/adopted.ts';
import { isReady, markHeadChanged } from '../src/replica/meta.ts';
import { allRecords } from '../src/replica/records.ts';
import { versionsOf } from '../src/replica/versions.ts';
import { isAdoptionComplete } from '../src/sync/adopt.ts';
import { selfId } from '../src/sync/engine.ts';
import { readArchives } from '../src/sync/history.ts';
import { LIMITS, type Limits } from '../src/sync/limits.ts';
import { retiredDevices } from '../src/sync/retired.ts';
import { manifestOf, TEST_COLLECTION, type TestDevice } from './support/device.ts';
import {
  adoptedKeys,
  copyOf,
  destroy,
  destroyAdopted,
  filesOf,
  HOUR_MS,
  logOf,
  makeWorld,
  oldDeviceIn,
  publishOnly,
  retire,
  SMALL,
  syncAll,
  type World,
} from './support/retiring.ts';

interface KeptWorld {
  readonly world: World;
  readonly keeper: TestDevice;
  readonly old: TestDevice;
}

/** A device that has worked for a while, and another that has read all of it and will keep it. */
async function withOld(limits?: Limits): Promise<KeptWorld> {
  const world = makeWorld(limits);
  const keeper = await world.open('keeper');
  return { world, keeper, old: await oldDeviceIn(world, keeper) };
}

/** The same after the old device was retired, and the keeper has copied what it wrote. */
async function withCopyOfOld(limits?: Limits): Promise<KeptWorld> {
  const kept = await withOld(limits);
  const { keeper, old } = kept;
  retire(keeper, old);
  await keeper.sync();
  return kept;
}

/** The old device saves once more before it hears that it was retired, and only `other` reads that. */
async function withOldReadFarther(): Promise<KeptWorld & { readonly other: TestDevice }> {
  const world = makeWorld();
  const keeper = await world.open('keeper');
  const other = await world.open('other');
  const old = await oldDeviceIn(world, keeper, other);
  retire(keeper, old);
  await keeper.sync();
  old.folder.set('later', 'after it was retired, before it heard of that');
  await publishOnly(old);
  await syncAll(other);
  return { world, keeper, other, old };
}

/** A device that comes now, and has read what the bucket has. */
async function newcomerTo(world: World): Promise<TestDevice> {
  const newcomer = await world.open('newcomer');
  await syncAll(newcomer);
  return newcomer;
}

suite('S14: a retired device', () => {
  test('whose objects are all gone holds nobody up: an adopter keeps its commits', async () => {
    const { world, keeper, old } = await withCopyOfOld();
    assert.ok(isAdoptionComplete(keeper.engine, selfId(old.engine)));
    await destroy(world.store, old);
    const late = await newcomerTo(world);
    assert.ok(isReady(late.engine.db, TEST_COLLECTION));
    assert.deepEqual(filesOf(late), filesOf(keeper));
    assert.equal(late.folder.get('note 3'), 'text 3');
  });

  test('whose head is torn does not keep new devices from their first complete read', async () => {
    const { world, keeper, old } = await withCopyOfOld();
    await world.store.put(headKey(selfId(old.engine)), new Uint8Array(100));
    const late = await newcomerTo(world);
    assert.ok(isReady(late.engine.db, TEST_COLLECTION));
    assert.deepEqual(filesOf(late), filesOf(keeper));
  });

  test('that is torn and was read farther by others is waited for', async () => {
    const { world, other, old } = await withOldReadFarther();
    markHeadChanged(other.engine.db);
    await other.sync();
    await world.store.put(headKey(selfId(old.engine)), new Uint8Array(100));
    const late = await world.open('late');
    await late.sync();
    assert.ok(!isReady(late.engine.db, TEST_COLLECTION));
  });

  test('that is torn is kept by whoever has read more of it than the adopter', async () => {
    const { world, keeper, other, old } = await withOldReadFarther();
    assert.deepEqual(adoptedOf(other.engine.db), {}, 'while its head can be read, nobody copies');
    await world.store.put(headKey(selfId(old.engine)), new Uint8Array(100));
    await syncAll(other);
    const late = await newcomerTo(world);
    assert.ok(isReady(late.engine.db, TEST_COLLECTION));
    assert.deepEqual(filesOf(late), filesOf(other));
    const copied = adoptedKeys(other);
    await syncAll(keeper, other, keeper, other);
    assert.deepEqual(adoptedKeys(other), copied, 'and nothing is copied twice');
    assert.deepEqual(filesOf(keeper), filesOf(other));
  });

  test('is kept whole where the collection is not on the adopter', async () => {
    const world = makeWorld();
    const keeper = await world.open('keeper', { isBystander: true });
    const other = await world.open('other');
    const old = await oldDeviceIn(world, other);
    // One commit more than what is in segments.
    await keeper.sync();
    retire(keeper, old);
    await keeper.sync();
    assert.ok(isAdoptionComplete(keeper.engine, selfId(old.engine)));
    await destroy(world.store, old);
    const late = await newcomerTo(world);
    assert.ok(isReady(late.engine.db, TEST_COLLECTION));
    assert.deepEqual(filesOf(late), filesOf(other));
  });

  test('is kept whole where its newest commits are in no segment yet', async () => {
    const world = makeWorld(LIMITS);
    const keeper = await world.open('keeper', { isBystander: true });
    const old = await oldDeviceIn(world);
    await keeper.sync();
    retire(keeper, old);
    await keeper.sync();
    await destroy(world.store, old);
    const late = await newcomerTo(world);
    assert.deepEqual(filesOf(late), filesOf(old));
  });

  test('may have two adopters', async () => {
    const world = makeWorld();
    const keepers = [await world.open('one'), await world.open('two')];
    const old = await oldDeviceIn(world, ...keepers);
    for (const keeper of keepers) retire(keeper, old);
    await syncAll(...keepers, ...keepers);
    await destroy(world.store, old);
    const [first, second] = keepers;
    assert.ok(first && second);
    const late = await newcomerTo(world);
    assert.deepEqual(filesOf(late), filesOf(first));
    await destroyAdopted(world.store, first);
    const later = await newcomerTo(world);
    assert.deepEqual(filesOf(later), filesOf(second));
  });

  test('is adopted to the end by whoever was cut off, and nothing is written twice', async () => {
    const puts = async (cutOffAfter: number | undefined): Promise<number> => {
      const { world, keeper, old } = await withOld({ ...SMALL, segmentBytes: 700 });
      retire(keeper, old);
      if (cutOffAfter !== undefined) {
        world.failAfter(cutOffAfter);
        await assert.rejects(keeper.sync(), { kind: 'unreachable' });
        world.failAfter(Number.POSITIVE_INFINITY);
      }
      await keeper.sync();
      assert.ok(isAdoptionComplete(keeper.engine, selfId(old.engine)));
      await destroy(world.store, old);
      const late = await newcomerTo(world);
      assert.deepEqual(filesOf(late), filesOf(keeper), `cut off after ${cutOffAfter}`);
      const own = `segments/${selfId(keeper.engine)}/`;
      return (await world.store.list(own)).objects.length;
    };
    const expected = await puts(undefined);
    for (let after = 0; after < 6; after += 1) {
      // One object may have been written and not noted.
      assert.ok((await puts(after)) <= expected + 1);
    }
  });

  test('is asked for once an hour, and at once where somebody has seen more of it', async () => {
    const world = makeWorld();
    const keeper = await world.open('keeper');
    const other = await world.open('other');
    const old = await oldDeviceIn(world, keeper, other);
    const key = headKey(selfId(old.engine));
    retire(keeper, old);
    await keeper.sync();
    await keeper.sync();
    world.asked(key);
    for (let poll = 0; poll < 5; poll += 1) {
      world.clock.advance(60_000);
      await keeper.sync({ list: false });
    }
    assert.equal(world.asked(key), 0);
    world.clock.advance(HOUR_MS);
    await keeper.sync({ list: false });
    assert.equal(world.asked(key), 1);
    await keeper.sync({ list: false });
    assert.equal(world.asked(key), 0);
    old.folder.set('back', 'for a moment');
    await old.sync({ list: false });
    await other.sync({ list: false, everyHead: true });
    other.folder.set('other', 'knows of that');
    await other.sync({ list: false });
    await keeper.sync({ list: false });
    assert.equal(keeper.folder.get('back'), 'for a moment');
    assert.equal(keeper.folder.get('other'), 'knows of that');
  });

  test('that works again just continues, and takes its mark away', async () => {
    const { world, keeper, old } = await withOld();
    const id = selfId(old.engine);
    retire(keeper, old);
    await syncAll(keeper);
    assert.deepEqual([...retiredDevices(keeper.engine).keys()], [id]);
    world.clock.advance(48 * HOUR_MS);
    old.folder.set('found in a drawer', 'text');
    await syncAll(old, keeper, old, keeper);
    assert.equal(selfId(old.engine), id);
    assert.deepEqual([...retiredDevices(keeper.engine).keys()], []);
    assert.equal(keeper.folder.get('found in a drawer'), 'text');
    assert.match(logOf(old), /It is back on it/);
    assert.doesNotMatch(logOf(keeper), /earlier day/);
    const late = await world.open('late');
    await late.sync();
    assert.deepEqual(filesOf(late), filesOf(old));
  });

  test('that retires a second time is kept from where the copy ends', async () => {
    const { world, keeper, old } = await withCopyOfOld();
    const before = (await world.store.list(`segments/${selfId(keeper.engine)}/`)).objects.length;
    old.folder.set('more', 'text');
    await syncAll(old, keeper, old, keeper);
    retire(keeper, old);
    await keeper.sync();
    const after = (await world.store.list(`segments/${selfId(keeper.engine)}/`)).objects.length;
    assert.ok(after > before);
    await destroy(world.store, old);
    const late = await newcomerTo(world);
    assert.deepEqual(filesOf(late), filesOf(keeper));
  });

  test('keeps its history, though its archives are gone', async () => {
    const world = makeWorld();
    // Who comes after the old versions went to archives has never had them.
    const old = await oldDeviceIn(world);
    const archives = await world.store.list(`archive/${selfId(old.engine)}/`);
    assert.ok(archives.objects.length > 0);
    const keeper = await world.open('keeper');
    await syncAll(keeper);
    retire(keeper, old);
    await keeper.sync();
    await destroy(world.store, old);
    const late = await world.open('late');
    await late.sync();
    assert.deepEqual(await readArchives(late.engine, TEST_COLLECTION), []);
    const texts = [...allRecords(late.engine.db, TEST_COLLECTION)]
      .flatMap(({ record }) => versionsOf(late.engine.db, TEST_COLLECTION, record))
      .filter(({ version }) => version.fields.path === 'diary');
    assert.equal(new Set(texts.map(({ version }) => version.hash)).size, 8);
  });

  test('S2: is applied together with what replaced what a copy leaves out', async () => {
    const world = makeWorld();
    const other = await world.open('other');
    const old = await oldDeviceIn(world, other);
    const keeper = await world.open('keeper');
    await syncAll(old, keeper);
    retire(keeper, old);
    await keeper.sync();
    await destroy(world.store, old);
    const key = headKey(selfId(other.engine));
    const whole = await world.store.get(key);
    assert.ok(whole.kind === 'found');
    await world.store.put(key, new Uint8Array(100));
    const late = await world.open('late');
    await late.sync();
    assert.deepEqual([...allRecords(late.engine.db, TEST_COLLECTION)], []);
    await world.store.put(key, whole.body);
    await late.sync();
    assert.deepEqual(filesOf(late), filesOf(other));
  });

  test('S9: is adopted anew by an adopter that takes a new identity', async () => {
    const { world, keeper, old } = await withCopyOfOld();
    const former = selfId(keeper.engine);
    const twin = await copyOf(world, keeper);
    keeper.folder.set('by the keeper', 'text');
    twin.folder.set('by its twin', 'text');
    for (let round = 0; round < 3; round += 1) await syncAll(keeper, twin);
    assert.notEqual(selfId(keeper.engine), selfId(twin.engine));
    await destroy(world.store, old);
    const late = await world.open('late');
    for (let round = 0; round < 2; round += 1) await syncAll(late, keeper, twin);
    for (const device of [keeper, twin]) {
      assert.ok(isAdoptionComplete(device.engine, selfId(old.engine)));
      assert.deepEqual(filesOf(device), filesOf(late));
    }
    const changed = [keeper, twin].find((device) => selfId(device.engine) !== former);
    assert.ok(changed);
    for (const key of adoptedKeys(changed)) {
      assert.equal((await world.store.get(key)).kind, 'found');
    }
  });

  test('S10: a copy that the bucket lost is written again', async () => {
    const { world, keeper, old } = await withCopyOfOld();
    await destroy(world.store, old);
    await destroyAdopted(world.store, keeper);
    await world.store.delete(headKey(selfId(keeper.engine)));
    await world.store.put('satchel.json', manifestOf());
    await syncAll(keeper, keeper);
    const late = await newcomerTo(world);
    assert.ok(isReady(late.engine.db, TEST_COLLECTION));
    assert.deepEqual(filesOf(late), filesOf(keeper));
  });

  test('F2: long lists of what is kept go to the index object', async () => {
    const limits = { ...SMALL, segmentBytes: 300, listsBytes: 600 };
    const { world, keeper, old } = await withCopyOfOld(limits);
    // The index is written in a round without new segments and merges.
    for (let round = 0; round < 6; round += 1) {
      markHeadChanged(keeper.engine.db);
      await keeper.sync();
    }
    const text = keeper.engine.db.get(`SELECT value FROM meta WHERE name = 'index'`);
    assert.match(String(text?.value), new RegExp(selfId(old.engine)));
    await destroy(world.store, old);
    const late = await newcomerTo(world);
    assert.deepEqual(filesOf(late), filesOf(keeper));
  });
});
