/** The engine against a bucket that loses, tears or puts back objects (rules S9, S10, F2, F6). */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { LATEST_TIME_MS } from '../src/format/commit.ts';
import { headKey, MANIFEST_KEY } from '../src/format/object-keys.ts';
import { eventsAfter } from '../src/replica/events.ts';
import { markHeadChanged, setMeta } from '../src/replica/meta.ts';
import { addOwnSegment, ownSegments, removeOwnSegment } from '../src/replica/own.ts';
import { createMemoryStore } from '../src/store/memory.ts';
import { type ObjectStore, StoreError } from '../src/store/store.ts';
import { selfId } from '../src/sync/engine.ts';
import { openHead, putHead } from '../src/sync/head.ts';
import { syncRound } from '../src/sync/round.ts';
import {
  manifestOf,
  openDevice,
  openTwoDevices,
  TEST_COLLECTION,
  type TestDevice,
  type TwoDevices,
} from './support/device.ts';
import { createManualClock, createSeededRandom } from './support/ports.ts';

const HOUR_MS = 60 * 60 * 1000;
const BIG = 'long '.repeat(10_000);

/** Two devices that share three notes, one of them long enough for a blob. */
async function sharedNotes(): Promise<TwoDevices> {
  const devices = await openTwoDevices();
  const { a, b } = devices;
  a.folder.set('one', 'first').set('two', 'second').set('big', BIG);
  for (const device of [a, b, a]) await device.sync();
  assert.deepEqual(b.folder, a.folder);
  return devices;
}

async function snapshot(store: ObjectStore): Promise<ReadonlyMap<string, Uint8Array>> {
  const { objects } = await store.list('');
  const bodies = new Map<string, Uint8Array>();
  for (const { key } of objects) {
    const result = await store.get(key);
    if (result.kind === 'found') bodies.set(key, result.body);
  }
  return bodies;
}

async function putBackTo(
  store: ObjectStore,
  state: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  for (const { key } of (await store.list('')).objects) await store.delete(key);
  for (const [key, body] of state) await store.put(key, body);
}

const warnings = (device: TestDevice): string =>
  eventsAfter(device.engine.db, 0, 1000)
    .filter((event) => event.kind === 'warning')
    .map((event) => event.message)
    .join('\n');

suite('a bucket with damaged objects', () => {
  test('F6: a torn head of another device is reported, and read when it is whole again', async () => {
    const { store, a, b } = await sharedNotes();
    a.folder.set('one', 'edited');
    await a.sync();
    const key = headKey(selfId(a.engine));
    const whole = (await snapshot(store)).get(key);
    assert.ok(whole);
    await store.put(key, whole.subarray(0, whole.length / 2));
    const report = await b.sync();
    assert.deepEqual(
      report.unreadable.map((trouble) => trouble.path),
      [key],
    );
    assert.equal(b.folder.get('one'), 'first');
    await store.put(key, whole);
    assert.deepEqual((await b.sync()).unreadable, []);
    assert.equal(b.folder.get('one'), 'edited');
  });

  test('S9: a damaged own head is written again under the same identity', async () => {
    const { store, a, b } = await sharedNotes();
    const self = selfId(a.engine);
    await store.put(headKey(self), new Uint8Array(100));
    a.folder.set('one', 'edited');
    await a.sync();
    await b.sync();
    assert.equal(selfId(a.engine), self);
    assert.equal(b.folder.get('one'), 'edited');
    assert.match(warnings(a), /damaged in the bucket/);
  });

  test('a blob that holds other content is refused, and the file waits', async () => {
    const { store, a, b } = await sharedNotes();
    a.folder.set('big', `${BIG}A`);
    await a.sync();
    a.folder.set('big', `${BIG}B`);
    await a.sync();
    const { objects } = await store.list('blobs/');
    const bodies = await snapshot(store);
    for (const { key } of objects) {
      const other = objects.find((object) => object.key !== key);
      const body = other === undefined ? undefined : bodies.get(other.key);
      if (body !== undefined) await store.put(key, body);
    }
    const [report] = (await b.sync()).collections;
    assert.deepEqual(
      report?.failed.map(({ path }) => path),
      ['big'],
    );
    assert.equal(b.folder.get('big'), BIG);
    for (const [key, body] of bodies) await store.put(key, body);
    await b.sync();
    assert.equal(b.folder.get('big'), `${BIG}B`);
  });

  test('F1: a head of a newer format stops nothing else', async () => {
    const { store, a, b } = await sharedNotes();
    const key = headKey(selfId(a.engine));
    const body = Uint8Array.from((await snapshot(store)).get(key) ?? []);
    body[4] = 9;
    await store.put(key, body);
    b.folder.set('three', 'third');
    const { unreadable } = await b.sync();
    assert.match(unreadable[0]?.error ?? '', /newest Satchel/);
    assert.ok((await snapshot(store)).has(headKey(selfId(b.engine))));
  });

  test('S9: an own head that grew beyond all limits is written again', async () => {
    const { store, a, b } = await sharedNotes();
    await store.put(headKey(selfId(a.engine)), new Uint8Array(600_000));
    a.folder.set('one', 'edited');
    await a.sync();
    await b.sync();
    assert.equal(b.folder.get('one'), 'edited');
  });

  test('F2: an index object that comes later than its head is waited for', async () => {
    const { store, a } = await sharedNotes();
    const { engine } = a;
    for (let index = 0; index < 1500; index += 1) {
      addOwnSegment(engine.db, 'registry', [`s${index}`, 1, 1, 10, 'AAAAAA'], true);
    }
    markHeadChanged(engine.db);
    await putHead(engine, { mayWriteIndex: true });
    const [index] = (await store.list(`segments/${selfId(engine)}/`)).objects;
    assert.ok(index);
    const body = await store.get(index.key);
    assert.ok(body.kind === 'found');
    await store.delete(index.key);
    const random = createSeededRandom(4);
    const late = await openDevice({ store, clock: engine.clock, random, name: 'late' });
    assert.equal((await late.sync()).unreadable.length, 1);
    await store.put(index.key, body.body);
    assert.deepEqual((await late.sync()).unreadable, []);
    assert.deepEqual(Object.fromEntries(late.folder), Object.fromEntries(a.folder));
  });
});

test('F5: a long file that cannot be read waits, and all else goes out', async () => {
  const { a, b } = await sharedNotes();
  const opened = a.open.get(TEST_COLLECTION);
  assert.ok(opened);
  const readLocal = () => Promise.reject(new Error('EACCES: permission denied'));
  a.folder.set('one', 'edited').set('locked', `${BIG} locked`);
  const open = new Map([[TEST_COLLECTION, { ...opened, readLocal }]]);
  const { collections } = await syncRound(a.engine, open, { list: true });
  assert.deepEqual(
    collections[0]?.failed.map(({ path }) => path),
    ['locked'],
  );
  await b.sync();
  assert.deepEqual([b.folder.get('one'), b.folder.has('locked')], ['edited', false]);
  for (const device of [a, b]) await device.sync();
  assert.deepEqual(b.folder, a.folder);
});

suite('S10: a bucket that was put back to an earlier day', () => {
  test('each device puts back what is missing, and it is told', async () => {
    const { store, clock, a, b } = await sharedNotes();
    const earlier = await snapshot(store);
    a.folder.set('one', 'edited').set('big', `${BIG}, longer`);
    b.folder.set('four', 'of b');
    for (const device of [a, b, a, b]) await device.sync();
    await putBackTo(store, earlier);
    for (let round = 0; round < 3; round += 1) {
      clock.advance(HOUR_MS);
      for (const device of [a, b]) await device.sync();
    }
    const random = createSeededRandom(9);
    const late = await openDevice({ store, clock, random, name: 'late' });
    await late.sync();
    assert.deepEqual(Object.fromEntries(late.folder), Object.fromEntries(a.folder));
    assert.equal(late.folder.get('big'), `${BIG}, longer`);
    assert.match(warnings(a), /written again/);
  });

  test('a head that could not be written is no bucket that was put back, tags or none', async () => {
    const store = createMemoryStore();
    const clock = createManualClock(1_800_000_000_000);
    const random = createSeededRandom(1);
    let isFailing = false;
    const listed: string[] = [];
    // As over WebDAV, where a tag is trusted only some time after a write.
    const tagless: ObjectStore = {
      ...store,
      async put(key, body) {
        if (isFailing && key.startsWith('heads/')) {
          throw new StoreError('unreachable', 'the connection broke off', 'never');
        }
        await store.put(key, body);
        return { tag: undefined };
      },
      async list(prefix) {
        listed.push(prefix);
        return await store.list(prefix);
      },
    };
    await store.put(MANIFEST_KEY, manifestOf());
    const a = await openDevice({ store: tagless, clock, random, name: 'a', isFirst: true });
    const b = await openDevice({ store, clock, random, name: 'b' });
    const publish = { list: false, publishOnly: true };
    a.folder.set('big', BIG);
    await a.sync();
    const earlier = await snapshot(store);
    a.folder.set('one', 'first');
    await a.sync(publish);
    const blobs = a.engine.db.all('SELECT id FROM blobs');
    assert.equal(blobs.length, 1);
    isFailing = true;
    a.folder.set('one', 'edited');
    await assert.rejects(a.sync(publish));
    isFailing = false;
    listed.length = 0;
    await a.sync({ list: false });
    assert.equal(warnings(a), '');
    assert.deepEqual(listed, []);
    assert.deepEqual(a.engine.db.all('SELECT id FROM blobs'), blobs);
    await b.sync();
    assert.equal(b.folder.get('one'), 'edited');
    // What it wrote before that is an older head all the same.
    const key = headKey(selfId(a.engine));
    await store.put(key, earlier.get(key) ?? new Uint8Array());
    await a.sync({ list: false });
    assert.match(warnings(a), /an older head/);
  });

  test('half of an upload that was cut off does not count as content that is there', async () => {
    const store = createMemoryStore();
    const clock = createManualClock(1_800_000_000_000);
    const random = createSeededRandom(1);
    let isTearing = false;
    const tearing: ObjectStore = {
      ...store,
      async put(key, body) {
        if (!isTearing || !key.startsWith('blobs/')) return await store.put(key, body);
        await store.put(key, body.subarray(0, body.length / 2));
        throw new StoreError('unreachable', 'the connection broke off', 'never');
      },
    };
    const a = await openDevice({ store: tearing, clock, random, name: 'a', isFirst: true });
    const b = await openDevice({ store, clock, random, name: 'b' });
    a.folder.set('big', BIG);
    isTearing = true;
    await assert.rejects(a.sync());
    isTearing = false;
    // As after hours without a poll, when nothing that was known of the bucket counts any more.
    setMeta(a.engine.db, 'put-back', 'look');
    for (const device of [a, b]) await device.sync();
    assert.equal(b.folder.get('big'), BIG);
  });

  test('an older head of a device that is away is told after an hour, once', async () => {
    const { store, clock, a, b } = await sharedNotes();
    const key = headKey(selfId(a.engine));
    const earlier = (await snapshot(store)).get(key);
    a.folder.set('one', 'edited');
    await a.sync();
    await b.sync();
    assert.ok(earlier);
    await store.put(key, earlier);
    await b.sync();
    assert.doesNotMatch(warnings(b), /earlier day/);
    for (let round = 0; round < 3; round += 1) {
      clock.advance(HOUR_MS + 1000);
      await b.sync();
    }
    assert.equal(warnings(b).match(/earlier day/g)?.length, 1);
    assert.equal(b.folder.get('one'), 'edited');
  });

  test('an emptied bucket is no repository any more, and nothing here is touched', async () => {
    const { store, a } = await sharedNotes();
    await putBackTo(store, new Map());
    const before = Object.fromEntries(a.folder);
    await assert.rejects(a.sync(), { kind: 'damaged', message: /satchel\.json is missing/ });
    assert.deepEqual(Object.fromEntries(a.folder), before);
    assert.deepEqual((await store.list('')).objects, []);
  });
});

test('S3: edits that were seen are not undone by a clock that is two hours off', async () => {
  const store = createMemoryStore();
  const clock = createManualClock(1_800_000_000_000);
  const ahead = { ...clock, now: () => clock.now() + 2 * HOUR_MS };
  const random = createSeededRandom(1);
  const a = await openDevice({ store, clock: ahead, random, name: 'a', isFirst: true });
  const b = await openDevice({ store, clock, random, name: 'b' });
  a.folder.set('note', 'by the fast clock');
  for (const device of [a, b]) await device.sync();
  b.folder.set('note', 'by the slow clock, later');
  b.folder.delete('note');
  b.folder.set('renamed', 'by the fast clock');
  for (const device of [b, a, b]) await device.sync();
  assert.deepEqual(Object.fromEntries(a.folder), { renamed: 'by the fast clock' });
  b.folder.set('renamed', 'edited by the slow clock');
  for (const device of [b, a]) await device.sync();
  assert.deepEqual(Object.fromEntries(a.folder), { renamed: 'edited by the slow clock' });
});

test('S3: who edits what a clock at the end of time wrote can still be read', async () => {
  const store = createMemoryStore();
  const clock = createManualClock(1_800_000_000_000);
  const random = createSeededRandom(1);
  const wild = await openDevice({
    store,
    clock: { ...clock, now: () => LATEST_TIME_MS },
    random,
    name: 'wild',
    isFirst: true,
  });
  const a = await openDevice({ store, clock, random, name: 'a' });
  const b = await openDevice({ store, clock, random, name: 'b' });
  const all = [wild, a, b];
  wild.folder.set('note', 'dated 275760').set('gone', 'dated 275760 as well');
  for (const device of all) await device.sync();
  for (const [device, text] of [
    [a, 'by a'],
    [b, 'by b'],
    [a, 'by a once more'],
    [wild, 'by the wild one'],
  ] as const) {
    device.folder.set('note', text);
    for (const one of [device, ...all, ...all]) assert.deepEqual((await one.sync()).unreadable, []);
    for (const one of all) assert.equal(one.folder.get('note'), text);
  }
  b.folder.delete('gone');
  for (const device of [b, ...all]) assert.deepEqual((await device.sync()).unreadable, []);
  for (const device of all) assert.deepEqual([...device.folder.keys()], ['note']);
  for (const device of all) assert.equal(warnings(device), '');
});

test('F2: long lists go to an index object, and later changes beside it', async () => {
  const { store, a } = await sharedNotes();
  const { engine } = a;
  const self = selfId(engine);
  const listed = async (): Promise<string[]> => {
    markHeadChanged(engine.db);
    await putHead(engine, { mayWriteIndex: true });
    const result = await store.get(headKey(self));
    assert.ok(result.kind === 'found');
    assert.ok(result.body.length < 32 * 1024, `the head has ${result.body.length} bytes`);
    const head = await openHead(engine, self, result.body);
    return head.collections[TEST_COLLECTION]?.segments.map(([id]) => id).sort() ?? [];
  };
  const names = (): string[] => ownSegments(engine.db, TEST_COLLECTION, false).map(([id]) => id);
  for (let index = 0; index < 1500; index += 1) {
    const at = 1000 + index;
    addOwnSegment(engine.db, TEST_COLLECTION, [`segment${index}`, at, at, 70_000, 'AAAAAA'], false);
  }
  assert.deepEqual(await listed(), names().sort());
  const [indexObject] = (await store.list(`segments/${self}/`)).objects;
  assert.ok(indexObject);
  removeOwnSegment(engine.db, TEST_COLLECTION, 'segment7');
  addOwnSegment(engine.db, TEST_COLLECTION, ['newest', 9000, 9001, 70_000, 'AAAAAA'], false);
  assert.deepEqual(await listed(), names().sort());
  assert.equal((await store.list(`segments/${self}/`)).objects.length, 1);
});
