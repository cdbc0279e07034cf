/** The engine when the repository's key is changed after a loss: who reads what, and who waits. */
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { suite, test } from 'node:test';
import type { KeyRing } from '../src/format/key-ring.ts';
import { headKey } from '../src/format/object-keys.ts';
import { openKeyRing, type RepositoryKey } from '../src/format/repository-key.ts';
import { MissingKeyError, openObject } from '../src/format/seal.ts';
import { allEnds } from '../src/replica/clocks.ts';
import { setMeta } from '../src/replica/meta.ts';
import { outboxCount } from '../src/replica/outbox.ts';
import { conflictsOf } from '../src/replica/records.ts';
import { createMemoryStore } from '../src/store/memory.ts';
import type { ObjectStore } from '../src/store/store.ts';
import { selfId } from '../src/sync/engine.ts';
import { isKeyMissing } from '../src/sync/missing-key.ts';
import {
  openDevice,
  TEST_COLLECTION,
  TEST_REPOSITORY,
  TEST_ROOT,
  type TestDevice,
} from './support/device.ts';
import { createManualClock, createSeededRandom } from './support/ports.ts';

const OLD: KeyRing = [{ epoch: 0, root: TEST_ROOT }];
const later = (fill: number): KeyRing[number] => ({
  epoch: 1,
  root: new Uint8Array(32).fill(fill),
});
const OLD_KEY = openKeyRing(TEST_REPOSITORY, OLD);
const NEW_KEY = openKeyRing(TEST_REPOSITORY, [...OLD, later(8)]);
/** Another device's, that changed the key at the same time. */
const TWIN_KEY = openKeyRing(TEST_REPOSITORY, [...OLD, later(9)]);
const BOTH_KEYS = openKeyRing(TEST_REPOSITORY, [...OLD, later(8), later(9)]);

/** Long enough to be a blob. */
const LONG = 'It goes on and on. '.repeat(2_000);
const LIMIT = 16 * 1024 * 1024;

function bench() {
  const inner = createMemoryStore();
  const written = new Set<string>();
  const store: ObjectStore = {
    ...inner,
    put: async (key, body) => {
      written.add(key);
      return await inner.put(key, body);
    },
  };
  const shared = {
    store,
    clock: createManualClock(1_800_000_000_000),
    random: createSeededRandom(3),
  };
  const open = (name: string, isFirst = false): Promise<TestDevice> =>
    openDevice({ ...shared, name, isFirst });
  /** The same device, with other keys than before. */
  const reopen = async (device: TestDevice, key: RepositoryKey): Promise<TestDevice> => {
    device.close();
    const { name, path, folder } = device;
    return await openDevice({ ...shared, name, path, folder, key });
  };
  return { store, written, open, reopen };
}

async function rounds(...devices: readonly TestDevice[]): Promise<void> {
  for (const device of [...devices, ...devices, ...devices]) await device.sync();
}

async function threeDevices() {
  const place = bench();
  const a = await place.open('a', true);
  const b = await place.open('b');
  const c = await place.open('c');
  a.folder.set('old', 'from before').set('old and long', LONG);
  await rounds(a, b, c);
  assert.deepEqual([b.folder, c.folder], [a.folder, a.folder]);
  place.written.clear();
  return { ...place, a, b, c };
}

suite('a change of the key', () => {
  test('who lacks the new key keeps what it has, saves on, and takes up all once unlocked', async () => {
    const { written, reopen, ...devices } = await threeDevices();
    let { b, c } = devices;
    const a = await reopen(devices.a, NEW_KEY);
    a.folder.set('new', 'after the change');
    await a.sync();

    b.folder.set('of b', 'saved while it waits');
    c.folder.set('of c', 'saved while it waits');
    written.clear();
    for (const device of [b, c]) {
      const { unreadable } = await device.sync();
      assert.match(unreadable[0]?.error ?? '', /satchel keys unlock/);
      assert.ok(isKeyMissing(device.engine));
      assert.equal(outboxCount(device.engine.db, TEST_COLLECTION), 1);
      assert.equal(device.folder.get('old'), 'from before');
    }
    assert.deepEqual([...written], []);

    b = await reopen(b, NEW_KEY);
    await rounds(a, b);
    assert.ok(!isKeyMissing(b.engine));
    assert.deepEqual(a.folder, b.folder);
    assert.equal(b.folder.get('new'), 'after the change');
    assert.equal(a.folder.get('of c'), undefined);

    c = await reopen(c, NEW_KEY);
    await rounds(a, b, c);
    assert.deepEqual([b.folder, c.folder], [a.folder, a.folder]);
    assert.equal(a.folder.get('of c'), 'saved while it waits');
  });

  test('a thief with the old key opens nothing that was written afterwards', async () => {
    const { store, written, reopen, ...devices } = await threeDevices();
    const a = await reopen(devices.a, NEW_KEY);
    const b = await reopen(devices.b, NEW_KEY);
    a.folder.set('new and long', `${LONG} More.`).set('old and long', `${LONG} Edited.`);
    for (let n = 0; n < 40; n += 1) {
      b.folder.set(`short ${n}`, 'x'.repeat(4_000 + n));
      await b.sync();
    }
    await rounds(a, b);
    const kinds = new Set([...written].map((key) => key.split('/')[0]));
    assert.deepEqual([...kinds].sort(), ['blobs', 'heads', 'segments']);
    for (const key of written) {
      const found = await store.get(key);
      assert.ok(found.kind === 'found');
      assert.throws(() => openObject(OLD_KEY, key, found.body, LIMIT), MissingKeyError, key);
      openObject(NEW_KEY, key, found.body, LIMIT);
    }
  });

  test('what the bucket lost comes back under its old name, which versions go on naming', async () => {
    const { store, reopen, ...devices } = await threeDevices();
    const a = await reopen(devices.a, NEW_KEY);
    const [blob] = (await store.list('blobs/')).objects;
    assert.ok(blob);
    const before = await store.get(blob.key);
    await store.delete(blob.key);
    setMeta(a.engine.db, 'put-back', '1');
    await a.sync();
    assert.deepEqual(await store.get(blob.key), before);
  });

  test('a device put back to before the change overwrites nothing until it has the key', async () => {
    const { store, reopen, ...devices } = await threeDevices();
    const backup = `${devices.a.path}.backup`;
    devices.a.engine.db.run('VACUUM INTO ?', backup);
    let a = await reopen(devices.a, NEW_KEY);
    const b = await reopen(devices.b, NEW_KEY);
    a.folder.set('new', 'after the change');
    await rounds(a, b);
    const own = headKey(selfId(a.engine));
    const head = await store.get(own);

    a.close();
    cpSync(backup, `${backup}.again`);
    a = await reopen({ ...a, path: `${backup}.again`, close: () => undefined }, OLD_KEY);
    await a.sync();
    await a.sync();
    assert.ok(isKeyMissing(a.engine));
    assert.deepEqual(await store.get(own), head);

    a = await reopen(a, NEW_KEY);
    await rounds(a, b);
    assert.deepEqual(a.folder, b.folder);
    assert.equal(b.folder.get('new'), 'after the change');
    assert.notEqual(headKey(selfId(a.engine)), own);
  });

  test('a device put back to before the change does not end at what another’s head tells of it', async () => {
    const { reopen, ...devices } = await threeDevices();
    const backup = `${devices.a.path}.backup`;
    devices.a.engine.db.run('VACUUM INTO ?', backup);
    const folder = new Map(devices.a.folder);
    const former = selfId(devices.a.engine);
    for (const text of ['1', '2', undefined]) {
      devices.a.folder.set('note', text ?? '3').set('temp', 'for a day');
      if (text === undefined) devices.a.folder.delete('temp');
      await rounds(devices.a, devices.b, devices.c);
    }
    // Its head, under the former key, tells how far it has read.
    devices.c.folder.set('of c', 'text');
    await rounds(devices.c, devices.a, devices.b);
    let a = await reopen(devices.a, NEW_KEY);
    const b = await reopen(devices.b, NEW_KEY);
    await rounds(a, b);
    a.folder.set('note', 'after the change');
    await rounds(a, b);
    a.close();

    a = await reopen({ ...a, path: backup, folder, close: () => undefined }, OLD_KEY);
    await a.sync();
    assert.deepEqual(allEnds(a.engine.db), {}, 'its own head tells more, once it can be read');
    a = await reopen(a, NEW_KEY);
    const c = await reopen(devices.c, NEW_KEY);
    await rounds(a, b, c);
    assert.notEqual(selfId(a.engine), former);
    for (const device of [a, b, c]) {
      assert.equal(device.folder.get('note'), 'after the change');
      assert.ok(!device.folder.has('temp'));
      assert.deepEqual(conflictsOf(device.engine.db, TEST_COLLECTION), []);
    }
  });

  test('two devices that changed it at once wait for each other, and for nobody for ever', async () => {
    const { reopen, ...devices } = await threeDevices();
    let a = await reopen(devices.a, NEW_KEY);
    let b = await reopen(devices.b, TWIN_KEY);
    a.folder.set('of a', '1');
    b.folder.set('of b', '2');
    await a.sync();
    await b.sync();
    await a.sync();
    assert.ok(isKeyMissing(b.engine));
    a = await reopen(a, BOTH_KEYS);
    b = await reopen(b, BOTH_KEYS);
    await rounds(a, b);
    assert.deepEqual(a.folder, b.folder);
    assert.deepEqual([a.folder.get('of a'), a.folder.get('of b')], ['1', '2']);
    assert.ok(!isKeyMissing(a.engine) && !isKeyMissing(b.engine));
  });
});
