/** A repository that goes to another bucket while its devices are at work (rule S10). */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { MANIFEST_KEY } from '../src/format/object-keys.ts';
import { allEnds, appliedUpTo } from '../src/replica/clocks.ts';
import { eventsAfter } from '../src/replica/events.ts';
import { deleteMeta } from '../src/replica/meta.ts';
import { outboxCount } from '../src/replica/outbox.ts';
import { conflictsOf } from '../src/replica/records.ts';
import { createMemoryStore } from '../src/store/memory.ts';
import type { ObjectStore } from '../src/store/store.ts';
import { retireDevice } from '../src/sync/adopt.ts';
import { copyRepository } from '../src/sync/copy.ts';
import { selfId } from '../src/sync/engine.ts';
import { putHead } from '../src/sync/head.ts';
import { announceMove, isOwnMove, movedTo } from '../src/sync/moved.ts';
import { arriveInBucket } from '../src/sync/own-head.ts';
import { syncRound } from '../src/sync/round.ts';
import { openDevice, openTwoDevices, TEST_COLLECTION, type TestDevice } from './support/device.ts';
import { createSeededRandom } from './support/ports.ts';
import { filesOf } from './support/retiring.ts';

const HOUR_MS = 60 * 60 * 1000;
const BIG = 'long '.repeat(10_000);

async function announce(device: TestDevice, to: string): Promise<void> {
  announceMove(device.engine, to);
  await putHead(device.engine, { mayWriteIndex: false });
}

/** The same device, at work in another bucket from now on. */
async function takeTo(device: TestDevice, store: ObjectStore): Promise<TestDevice> {
  const engine = { ...device.engine, store };
  await arriveInBucket(engine);
  return {
    ...device,
    engine,
    sync: (options = { list: true }) => syncRound(engine, device.open, options),
  };
}

const warningsOf = (device: TestDevice): string[] =>
  eventsAfter(device.engine.db, 0, 1000)
    .map(({ message }) => message)
    .filter((message) => /earlier day|no head|older head|new identity/.test(message));

suite('a repository that moves', () => {
  test('nothing that was saved in either bucket is lost, and no alarm is raised', async () => {
    const { store, clock, a, b } = await openTwoDevices();
    await store.put(MANIFEST_KEY, new Uint8Array([1]));
    a.folder.set('one', '1').set('big', BIG);
    for (const device of [a, b, a]) await device.sync();
    const target = createMemoryStore();
    await copyRepository(a.engine, target);
    // Published in the former bucket after the copy was made, content and segments included.
    b.folder.set('late', `${BIG} of b`).set('short', 'of b');
    await b.sync();
    const random = createSeededRandom(3);
    const c = await openDevice({ store, clock, random, name: 'c' });
    for (const device of [c, a]) await device.sync();
    await announce(a, 'file:///new');
    const movedA = await takeTo(a, target);
    b.folder.set('later', 'saved when b had not heard of it');
    await b.sync();
    // The others are away for hours, and what the new bucket has of them is older.
    for (let hour = 0; hour < 3; hour += 1) {
      await movedA.sync();
      clock.advance(HOUR_MS + 1);
    }
    const movedB = await takeTo(b, target);
    const movedC = await takeTo(c, target);
    for (let round = 0; round < 3; round += 1) {
      for (const device of [movedC, movedB, movedA]) await device.sync();
    }
    for (const device of [movedB, movedC]) assert.deepEqual(filesOf(device), filesOf(movedA));
    assert.equal(movedA.folder.get('later'), 'saved when b had not heard of it');
    assert.equal(movedA.folder.get('late'), `${BIG} of b`);
    for (const device of [a, b, c]) assert.deepEqual(warningsOf(device), []);
    const { objects } = await target.list('blobs/');
    assert.equal(objects.length, 2);
  });

  test('a device that has heard of it publishes nothing more where it was', async () => {
    const { store, a, b } = await openTwoDevices();
    a.folder.set('one', '1');
    for (const device of [a, b, a]) await device.sync();
    await announce(a, 'file:///new');
    await b.sync();
    const before = (await store.list('')).objects;
    b.folder.set('two', '2');
    const report = await b.sync();
    assert.equal(report.moved?.to, 'file:///new');
    assert.equal(report.moved?.device, selfId(a.engine));
    await syncRound(b.engine, b.open, { list: false, publishOnly: true });
    assert.equal(outboxCount(b.engine.db, TEST_COLLECTION), 1);
    assert.deepEqual((await store.list('')).objects, before);
  });

  test('of two devices that move it at once, the earlier one is followed by all', async () => {
    const { clock, a, b } = await openTwoDevices();
    a.folder.set('one', '1');
    for (const device of [a, b, a]) await device.sync();
    await announce(a, 'file:///by-a');
    clock.advance(10);
    await announce(b, 'file:///by-b');
    for (const device of [b, a]) {
      assert.equal((await device.sync()).moved?.to, 'file:///by-a');
    }
    // Word that was withdrawn is no word, should the other one come to nothing.
    deleteMeta(a.engine.db, 'moved');
    await putHead(a.engine, { mayWriteIndex: false });
    await b.sync();
    assert.equal(movedTo(b.engine), undefined);
  });

  test('a lost device leads nobody away', async () => {
    const { a, b } = await openTwoDevices();
    a.folder.set('one', '1');
    for (const device of [a, b, a]) await device.sync();
    await announce(b, 'file:///of-a-thief');
    const mark = { device: selfId(b.engine), name: 'b', retired: 1 };
    retireDevice(a.engine, { ...mark, isLost: true });
    assert.equal((await a.sync({ list: true, everyHead: true })).moved, undefined);
  });
});

suite('S9: a device put back to before the repository moved', () => {
  for (const [how, isMover, isQuiet] of [
    ['another one moved it', false, false],
    ['it moved it itself', true, false],
    ['it moved it itself, and had saved nothing since the backup', true, true],
  ] as const) {
    test(`${how}: it is told where it lived on, and not where it left`, async () => {
      const { store, clock, ...devices } = await openTwoDevices();
      await store.put(MANIFEST_KEY, new Uint8Array([1]));
      const target = createMemoryStore();
      devices.a.folder.set('kept', 'text').set('temp', 'for a day').set('note', '0');
      for (const device of [devices.a, devices.b]) await device.sync();
      const path = `${devices.a.path}.backup`;
      devices.a.engine.db.run('VACUUM INTO ?', path);
      const folder = new Map(devices.a.folder);
      if (!isQuiet) devices.a.folder.set('note', '1');
      for (const device of [devices.a, devices.b]) await device.sync();
      const [mover, other] = isMover ? [devices.a, devices.b] : [devices.b, devices.a];
      await mover.sync();
      await copyRepository(mover.engine, target);
      await announce(mover, 'file:///new');
      assert.equal((await other.sync()).moved?.to, 'file:///new');
      const [a, b] = [await takeTo(devices.a, target), await takeTo(devices.b, target)];
      const former = selfId(a.engine);
      a.folder.delete('temp');
      for (const text of ['2', '3', '4']) {
        a.folder.set('note', text);
        for (const device of [a, b]) await device.sync();
      }
      const n = appliedUpTo(a.engine.db, TEST_COLLECTION, former);
      a.close();

      const random = createSeededRandom(5);
      const left = await openDevice({ store, clock, random, name: 'a', path, folder });
      const before = (await store.list('')).objects;
      for (let round = 0; round < 2; round += 1) {
        const report = await left.sync();
        assert.equal(report.moved?.to, 'file:///new');
        assert.ok(!isOwnMove(left.engine, report.moved), 'it has no move of its own to complete');
      }
      assert.deepEqual(allEnds(left.engine.db), {});
      assert.deepEqual((await store.list('')).objects, before);
      const again = await takeTo(left, target);
      for (const device of [again, b, again, b]) await device.sync();
      assert.equal(allEnds(again.engine.db)[former]?.[TEST_COLLECTION], n);
      for (const device of [again, b]) {
        assert.deepEqual(filesOf(device), { kept: 'text', note: '4' });
        assert.deepEqual(conflictsOf(device.engine.db, TEST_COLLECTION), []);
      }
    });
  }
});
