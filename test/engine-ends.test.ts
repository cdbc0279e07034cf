/** Waiting, ends and identities: what must not block a device, and must not end a living one. */
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { headKey } from '../src/format/object-keys.ts';
import { allEnds } from '../src/replica/clocks.ts';
import { isReady } from '../src/replica/meta.ts';
import { outboxCount } from '../src/replica/outbox.ts';
import { createMemoryStore } from '../src/store/memory.ts';
import { retireDevice } from '../src/sync/adopt.ts';
import { beginCollection, endCollection } from '../src/sync/bootstrap.ts';
import { endIdentity } from '../src/sync/ends.ts';
import { selfId } from '../src/sync/engine.ts';
import { LIMITS } from '../src/sync/limits.ts';
import { openDevice, TEST_COLLECTION, type TestDevice } from './support/device.ts';
import { createManualClock, createSeededRandom } from './support/ports.ts';
import { temporaryFolder } from './support/temporary.ts';

const HOUR_MS = 60 * 60 * 1000;
/** Every save goes to a segment of its own. */
const ALL_SEGMENTS = { ...LIMITS, tailBytes: 1 };

function world() {
  const store = createMemoryStore();
  const clock = createManualClock(1_800_000_000_000);
  const random = createSeededRandom(1);
  const open = (name: string, isFirst = false): Promise<TestDevice> =>
    openDevice({ store, clock, random, name, isFirst, limits: ALL_SEGMENTS });
  return { store, clock, random, open };
}

async function syncAll(...devices: readonly TestDevice[]): Promise<void> {
  for (const device of devices) await device.sync();
}

/** `a` saves on top of what `b` saved; the others have only seen what came before that. */
async function buildOnEachOther(
  a: TestDevice,
  b: TestDevice,
  ...others: readonly TestDevice[]
): Promise<void> {
  a.folder.set('one', 'of a');
  await syncAll(a, b, ...others);
  b.folder.set('two', 'of b');
  await syncAll(b, a);
  a.folder.set('three', 'of a, which knows of two');
  await syncAll(a);
}

suite('S13: who is waited for', () => {
  test('a device whose segment is late for hours is not ended', async () => {
    const { store, clock, open } = world();
    const a = await open('a', true);
    const b = await open('b');
    await buildOnEachOther(a, b);
    const [late] = (await store.list(`segments/${selfId(b.engine)}/`)).objects;
    assert.ok(late);
    const body = await store.get(late.key);
    assert.ok(body.kind === 'found');
    await store.delete(late.key);
    const c = await open('c');
    for (let hour = 0; hour < 5; hour += 1) {
      await c.sync();
      clock.advance(HOUR_MS);
    }
    assert.deepEqual(allEnds(c.engine.db), {});
    await store.put(late.key, body.body);
    await c.sync();
    assert.deepEqual(Object.fromEntries(c.folder), Object.fromEntries(a.folder));
  });

  test('a device whose head is torn for hours is not ended', async () => {
    const { store, clock, open } = world();
    const a = await open('a', true);
    const b = await open('b');
    const c = await open('c');
    await buildOnEachOther(a, b, c);
    const key = headKey(selfId(b.engine));
    const whole = await store.get(key);
    assert.ok(whole.kind === 'found');
    await store.put(key, whole.body.subarray(0, 60));
    for (let hour = 0; hour < 5; hour += 1) {
      await c.sync();
      clock.advance(HOUR_MS);
    }
    assert.deepEqual(allEnds(c.engine.db), {});
    await store.put(key, whole.body);
    await c.sync();
    assert.equal(c.folder.get('three'), a.folder.get('three'));
  });

  test('a head that is gone for good holds up newcomers for a day, not for ever', async () => {
    const { store, clock, open } = world();
    const a = await open('a', true);
    const b = await open('b');
    await buildOnEachOther(a, b);
    await store.delete(headKey(selfId(b.engine)));
    const c = await open('c');
    for (let round = 0; round < 5; round += 1) {
      await syncAll(c, a);
      clock.advance(13 * HOUR_MS);
    }
    await syncAll(c, a, c);
    assert.deepEqual(Object.fromEntries(c.folder), Object.fromEntries(a.folder));
    assert.equal(c.folder.get('two'), 'of b');
  });

  /** `c` comes when `a`, upon which `b` builds, has a head that nobody can read, and removes it. */
  async function removeUnread(alter: (body: Uint8Array) => Uint8Array) {
    const { store, clock, open } = world();
    const a = await open('a', true);
    const b = await open('b');
    await buildOnEachOther(a, b);
    const key = headKey(selfId(a.engine));
    const head = await store.get(key);
    assert.ok(head.kind === 'found');
    await store.put(key, alter(Uint8Array.from(head.body)));
    const c = await open('c');
    const waitADay = async (): Promise<void> => {
      for (let hour = 0; hour < 26; hour += 1) {
        await c.sync();
        clock.advance(HOUR_MS);
      }
    };
    await waitADay();
    assert.equal(isReady(c.engine.db, TEST_COLLECTION), false);
    const mark = { device: selfId(a.engine), name: 'a', retired: clock.now() };
    retireDevice(c.engine, { ...mark, isLost: false });
    await c.sync();
    assert.deepEqual(allEnds(c.engine.db), {});
    await waitADay();
    return { clock, a, c };
  }

  test('a damaged head of a device that was removed holds up newcomers for a day, not for ever', async () => {
    const { clock, a, c } = await removeUnread((body) => body.subarray(0, 60));
    assert.equal(isReady(c.engine.db, TEST_COLLECTION), true);
    assert.deepEqual(Object.fromEntries(c.folder), { two: 'of b' });
    // Who comes back after all has lost nothing.
    for (let hour = 0; hour < 5; hour += 1) {
      await syncAll(a, c);
      clock.advance(HOUR_MS);
    }
    assert.deepEqual(Object.fromEntries(c.folder), Object.fromEntries(a.folder));
    assert.equal(c.folder.get('three'), 'of a, which knows of two');
  });

  test('one that a newer Satchel wrote is not ended', async () => {
    const { c } = await removeUnread((body) => body.with(4, 9));
    assert.deepEqual(allEnds(c.engine.db), {});
  });

  for (const aheadMs of [0, 365 * 24 * HOUR_MS]) {
    const when = aheadMs === 0 ? '' : ', though the clock was a year ahead when that began';
    test(`a number that its author’s head has lost for an hour holds nobody up${when}`, async () => {
      const { store, clock, open } = world();
      const a = await open('a', true);
      const b = await open('b');
      const c = await open('c');
      a.folder.set('one', 'of a');
      await syncAll(a, b, c);
      const key = headKey(selfId(b.engine));
      const earlier = await store.get(key);
      assert.ok(earlier.kind === 'found');
      b.folder.set('two', 'of b');
      await syncAll(b, a);
      a.folder.set('three', 'of a, which knows of two');
      await syncAll(a);
      await store.put(key, earlier.body);
      clock.advance(aheadMs);
      await syncAll(c);
      clock.advance(-aheadMs);
      for (let hour = 0; hour < 3; hour += 1) {
        await syncAll(c, a);
        clock.advance(HOUR_MS + 1);
      }
      await syncAll(c, a, c);
      assert.deepEqual(Object.fromEntries(c.folder), Object.fromEntries(a.folder));
      assert.equal(c.folder.get('two'), 'of b');
    });
  }
});

suite('S9: restored and copied devices', () => {
  async function copyOf(device: TestDevice, inputs: ReturnType<typeof world>): Promise<TestDevice> {
    device.engine.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const path = join(temporaryFolder('copy'), 'replica.sqlite');
    cpSync(device.path, path);
    const { store, clock, random } = inputs;
    const folder = new Map(device.folder);
    return openDevice({
      store,
      clock,
      random,
      name: device.name,
      path,
      folder,
      limits: ALL_SEGMENTS,
    });
  }

  test('both lives of a copied device go on, and everyone sees both', async () => {
    const inputs = world();
    const a = await inputs.open('a', true);
    const b = await inputs.open('b');
    a.folder.set('shared', 'text');
    await syncAll(a, b, a);
    const twin = await copyOf(a, inputs);
    a.folder.set('by a', 'one life');
    twin.folder.set('by the twin', 'the other');
    for (let round = 0; round < 4; round += 1) await syncAll(a, twin, b);
    assert.notEqual(selfId(a.engine), selfId(twin.engine));
    const expected = { shared: 'text', 'by a': 'one life', 'by the twin': 'the other' };
    for (const device of [a, b, twin])
      assert.deepEqual(Object.fromEntries(device.folder), expected);
  });

  test('a newcomer that reads the former head first still becomes ready', async () => {
    const inputs = world();
    const a = await inputs.open('a', true);
    a.folder.set('one', '1');
    await syncAll(a);
    const backup = await copyOf(a, inputs);
    for (const name of ['two', 'three']) {
      a.folder.set(name, name);
      await syncAll(a);
    }
    const former = await inputs.store.get(headKey(selfId(a.engine)));
    assert.ok(former.kind === 'found');
    backup.folder.set('four', 'after the backup');
    await backup.sync();
    const late = await inputs.open('late');
    for (let round = 0; round < 3; round += 1) await syncAll(late, backup);
    assert.ok(isReady(late.engine.db, TEST_COLLECTION));
    assert.equal(outboxCount(backup.engine.db, TEST_COLLECTION), 0);
    assert.deepEqual(Object.fromEntries(late.folder), Object.fromEntries(backup.folder));
    assert.deepEqual([...late.folder.keys()].sort(), ['four', 'one', 'three', 'two']);
  });
});

test('F6: content that is not what its hash says is refused, and the rest goes on', async () => {
  const { open } = world();
  const a = await open('a', true);
  const b = await open('b');
  a.folder.set('bad', 'this content will rot');
  await a.open.get(TEST_COLLECTION)?.takeIn();
  a.engine.db.run(`UPDATE contents SET bytes = x'00'`);
  await assert.rejects(a.sync(), { kind: 'damaged' });
  b.folder.set('good', 'text');
  const report = await b.sync();
  assert.deepEqual(report.unreadable, []);
  assert.equal(outboxCount(b.engine.db, TEST_COLLECTION), 0);
});

test('S9a: an end in a collection that is not carried here any more stops nothing', async () => {
  const { store, clock, random, open } = world();
  const a = await open('a', true);
  const b = await open('b');
  await buildOnEachOther(a, b);
  a.folder.set('four', 'what only the detached device has, in the end');
  await syncAll(a, b);
  const detached = await openDevice({
    ...{ store, clock, random, limits: ALL_SEGMENTS },
    ...{ name: 'b', path: b.path, isBystander: true },
  });
  endIdentity(detached.engine, selfId(a.engine), TEST_COLLECTION, 1);
  await syncAll(detached);
  const c = await open('c');
  for (let turn = 0; turn < 3; turn += 1) await syncAll(detached, c);
  assert.equal(c.folder.get('four'), 'what only the detached device has, in the end');
});

test('S9a: an end that is heard while a collection is detached counts for what was deleted there', async () => {
  const { store, clock, random, open } = world();
  const [d, x, y] = [await open('d', true), await open('x'), await open('y')];
  d.folder.set('note', 'one');
  await syncAll(d, x, y);
  d.folder.set('note', 'two');
  await syncAll(d, x);
  x.folder.delete('note');
  await x.sync();
  const { path, folder } = x;
  const reopen = (isBystander: boolean): Promise<TestDevice> => {
    const limits = ALL_SEGMENTS;
    return openDevice({ store, clock, random, name: 'x', path, folder, isBystander, limits });
  };
  endCollection(x.engine.db, TEST_COLLECTION);
  x.close();
  endIdentity(y.engine, selfId(d.engine), TEST_COLLECTION, 1);
  await y.sync();
  const detached = await reopen(true);
  await syncAll(detached, y);
  detached.close();
  const attached = await reopen(false);
  beginCollection(attached.engine.db, TEST_COLLECTION, false);
  await syncAll(attached, y, attached);
  assert.deepEqual(Object.fromEntries(attached.folder), { note: 'two' });
  assert.deepEqual(Object.fromEntries(y.folder), { note: 'two' });
});
