/** S9: what waits in the outbox of a backup, and was published, replaced or deleted since. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { SatchelError } from '../src/base/errors.ts';
import { headKey } from '../src/format/object-keys.ts';
import { getMeta } from '../src/replica/meta.ts';
import { outboxCount } from '../src/replica/outbox.ts';
import { conflictsOf } from '../src/replica/records.ts';
import { versionsOf } from '../src/replica/versions.ts';
import { selfId } from '../src/sync/engine.ts';
import { TEST_COLLECTION, type TestDevice } from './support/device.ts';
import {
  createPruneWorld,
  DAY_MS,
  HOUR_MS,
  keepOneDay,
  type PruneWorld,
  pruneWeekly,
  recordOf,
  syncAll,
} from './support/prune-world.ts';

/** Each commit in a segment of its own, two of which are merged: what was replaced is archived. */
const SOON_ARCHIVED = { tailBytes: 1, fanIn: 2, segmentBytes: 1 };

interface Devices extends PruneWorld {
  readonly a: TestDevice;
  readonly b: TestDevice;
}

async function openDevices(): Promise<Devices> {
  const world = createPruneWorld();
  const a = await world.open('a', { isFirst: true, limits: SOON_ARCHIVED });
  const b = await world.open('b', { limits: SOON_ARCHIVED });
  a.folder.set('kept', 'text');
  await syncAll(a, b);
  return { ...world, a, b };
}

/** Takes in what changed in the folder, as a device without a network does. */
async function takeIn(device: TestDevice): Promise<void> {
  await device.open.get(TEST_COLLECTION)?.takeIn();
}

function waitsIn({ engine }: TestDevice): number {
  return outboxCount(engine.db, TEST_COLLECTION);
}

suite('S9: put back twice, and something of the life in between is late', () => {
  for (const prefix of ['archive/', 'segments/', 'heads/'] as const) {
    test(`in ${prefix}: what that life deleted does not come back`, async () => {
      const world = await openDevices();
      const { b, putBack, between } = await liveInBetween(world);
      const late = await takeAway(world, prefix, selfId(between.engine));
      const again = await putBack();
      await syncAll(again, again);
      assert.equal(waitsIn(again), 1, 'the outbox waits for what is late');
      for (const [key, body] of late) await world.store.put(key, body);
      await syncAll(again, b, again, b);
      for (const { folder } of [again, b]) assert.ok(!folder.has('note'));
      assert.equal(waitsIn(again), 0);
    });
  }

  test('and never comes: after an hour the device goes on without it', async () => {
    const world = await openDevices();
    const { b, putBack, between } = await liveInBetween(world);
    await takeAway(world, 'heads/', selfId(between.engine));
    const again = await putBack();
    await again.sync();
    assert.equal(waitsIn(again), 1);
    world.clock.advance(HOUR_MS + 1);
    await syncAll(again, b);
    assert.equal(b.folder.get('note'), 'draft');
    assert.equal(getMeta(again.engine.db, 'unread-former'), undefined);
  });

  test('and never comes: a clock that was years ahead does not make the hour last for years', async () => {
    const world = await openDevices();
    const { b, putBack, between } = await liveInBetween(world);
    await takeAway(world, 'heads/', selfId(between.engine));
    const again = await putBack();
    world.clock.advance(3 * 365 * DAY_MS);
    await again.sync();
    world.clock.advance(-3 * 365 * DAY_MS);
    await again.sync();
    assert.equal(waitsIn(again), 1);
    world.clock.advance(HOUR_MS + 1);
    await syncAll(again, b);
    assert.equal(b.folder.get('note'), 'draft');
  });

  test('the hour is not over before the heads were asked for, however long the network is away', async () => {
    const world = await openDevices();
    const { b, putBack } = await liveInBetween(world);
    const again = await putBack();
    const { get } = world.store;
    const own = headKey(selfId(again.engine));
    // The network goes away as soon as the other life was noticed.
    const getAtFirst: typeof get = async (key, options) => {
      if (headKey(selfId(again.engine)) === own) return await get(key, options);
      throw new SatchelError('unreachable', `no answer for ${key}`);
    };
    Object.assign(world.store, { get: getAtFirst });
    await assert.rejects(again.sync());
    Object.assign(world.store, { get });
    assert.notEqual(headKey(selfId(again.engine)), own);
    world.clock.advance(2 * HOUR_MS);
    await again.sync({ list: false, publishOnly: true });
    assert.equal(waitsIn(again), 1);
    await syncAll(again, b);
    for (const { folder } of [again, b]) assert.ok(!folder.has('note'));
  });
});

/** Its outbox has a note that the life in between published and deleted. */
async function liveInBetween(world: Devices): Promise<{
  readonly b: TestDevice;
  readonly between: TestDevice;
  readonly putBack: () => Promise<TestDevice>;
}> {
  const { a, b } = world;
  a.folder.set('note', 'draft');
  await takeIn(a);
  const putBack = world.backUp(a);
  // The first life never publishes it.
  a.folder.delete('note');
  a.folder.set('first', 'life');
  await syncAll(a, b);
  const between = await putBack();
  await syncAll(between, b);
  assert.equal(b.folder.get('note'), 'draft');
  between.folder.set('note', 'longer draft');
  await between.sync();
  between.folder.delete('note');
  for (let count = 0; count < 8; count += 1) {
    between.folder.set('busy', String(count));
    await between.sync();
  }
  await b.sync();
  assert.ok(!b.folder.has('note'));
  return { b, between, putBack };
}

/** Removes objects as if they had not arrived yet. */
async function takeAway(
  { store }: PruneWorld,
  prefix: string,
  device: string,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const taken = new Map<string, Uint8Array>();
  for (const { key } of (await store.list(prefix)).objects) {
    if (!key.startsWith(`${prefix}${device}`)) continue;
    const result = await store.get(key);
    if (result.kind === 'found') taken.set(key, result.body);
    await store.delete(key);
  }
  assert.ok(taken.size > 0);
  return taken;
}

suite('S9: an outbox older than the history that is kept', () => {
  test('what directly followed still tells that it was published: nothing comes back', async () => {
    const world = await openDevices();
    const { a, b, clock } = world;
    keepOneDay(a);
    a.folder.set('note', 'draft').set('other', 'draft');
    await takeIn(a);
    const putBack = world.backUp(a);
    await syncAll(a, b);
    a.folder.delete('note');
    a.folder.set('other', 'finished');
    await syncAll(a, b);
    for (let count = 0; count < 8; count += 1) {
      a.folder.set('busy', String(count));
      await syncAll(a, b);
      clock.advance(HOUR_MS);
    }
    clock.advance(3 * DAY_MS);
    for (let week = 0; week < 3; week += 1) {
      await pruneWeekly(world, a, 1);
      await syncAll(a, b);
    }
    const again = await putBack();
    again.folder.set('new', 'saved before it was put back');
    await syncAll(again, b, again, b);
    const files = { kept: 'text', other: 'finished', busy: '7' };
    for (const device of [again, b]) {
      assert.deepEqual(Object.fromEntries(device.folder), {
        ...files,
        new: 'saved before it was put back',
      });
      assert.deepEqual(conflictsAt(device), []);
    }
    const known = versionsOf(again.engine.db, TEST_COLLECTION, recordOf(again, 'other'));
    assert.equal(known.length, 1, 'what was replaced was let go');
  });
});

suite('S9: an outbox with what was saved again before it was sent', () => {
  test('what took its place tells of it: nothing comes back, nobody is asked', async () => {
    const world = await openDevices();
    const { a, b } = world;
    a.folder.set('edited', 'zero').set('deleted', 'zero');
    await syncAll(a, b);
    a.folder.set('edited', 'half').set('deleted', 'half').set('new', 'half');
    await takeIn(a);
    const putBack = world.backUp(a);
    a.folder.set('edited', 'more').set('new', 'more');
    await takeIn(a);
    a.folder.set('edited', 'whole').set('new', 'whole').delete('deleted');
    await syncAll(a, b);
    a.folder.set('edited', 'done');
    await syncAll(a, b);
    const again = await putBack();
    await syncAll(again, b, again, b);
    for (const device of [again, b]) {
      const files = { kept: 'text', edited: 'done', new: 'whole' };
      assert.deepEqual(Object.fromEntries(device.folder), files);
      assert.deepEqual(conflictsAt(device), []);
    }
  });

  test('a version names the last of those whose place it took, however many there were', async () => {
    const { a } = await openDevices();
    for (let count = 0; count < 40; count += 1) {
      a.folder.set('note', `line ${count}`);
      await takeIn(a);
    }
    await a.sync();
    const [known] = versionsOf(a.engine.db, TEST_COLLECTION, recordOf(a, 'note'));
    assert.equal(known?.version.parents?.length, 32);
  });
});

function conflictsAt({ engine }: TestDevice): readonly string[] {
  return conflictsOf(engine.db, TEST_COLLECTION).map(({ fields }) => String(fields.path));
}
