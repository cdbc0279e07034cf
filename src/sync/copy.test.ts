import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openTwoDevices, type TestDevice } from '../../test/support/device.ts';
import { headKey, MANIFEST_KEY, slotKey } from '../format/object-keys.ts';
import { createMemoryStore } from '../store/memory.ts';
import { type ObjectStore, StoreError } from '../store/store.ts';
import { retireDevice } from './adopt.ts';
import { copyRepository, copySlots } from './copy.ts';
import { selfId } from './engine.ts';

const BIG = 'long '.repeat(10_000);

async function repository(): Promise<{
  readonly source: ObjectStore;
  readonly a: TestDevice;
  readonly b: TestDevice;
}> {
  const { store: source, a, b } = await openTwoDevices();
  a.folder.set('note', 'text').set('big', BIG);
  await source.put(MANIFEST_KEY, new Uint8Array([1, 2, 3]));
  for (const device of [a, b, a]) await device.sync();
  b.folder.set('other', 'of b');
  await b.sync();
  const { engine } = a;
  retireDevice(engine, { device: selfId(b.engine), name: 'b', retired: 1, isLost: false });
  await a.sync();
  return { source, a, b };
}

async function contentsOf(store: ObjectStore): Promise<ReadonlyMap<string, string>> {
  const contents = new Map<string, string>();
  for (const { key } of (await store.list('')).objects) {
    const found = await store.get(key);
    if (found.kind === 'found') contents.set(key, Buffer.from(found.body).toString('base64'));
  }
  return contents;
}

const sorted = (map: ReadonlyMap<string, string>) => [...map].sort(([x], [y]) => (x < y ? -1 : 1));

suite('copying a repository', () => {
  test('copies everything, satchel.json last', async () => {
    const { source, a } = await repository();
    const target = createMemoryStore();
    const order: string[] = [];
    const watched: ObjectStore = {
      ...target,
      put: (key, body) => {
        order.push(key);
        return target.put(key, body);
      },
    };
    const copied = await copyRepository(a.engine, watched);
    assert.deepEqual(sorted(await contentsOf(target)), sorted(await contentsOf(source)));
    assert.equal(order.at(-1), MANIFEST_KEY);
    assert.equal(copied.objects, order.length);
    assert.equal(new Set(order).size, order.length);
  });

  test('goes on where it was cut off, and never shows half a repository', async () => {
    const { source, a } = await repository();
    const target = createMemoryStore();
    let puts = 0;
    for (let allowed = 0; ; allowed += 1) {
      let left = 1;
      const flaky: ObjectStore = {
        ...target,
        put: async (key, body) => {
          left -= 1;
          if (left < 0) throw new StoreError('unreachable', 'the network is gone', 'never');
          puts += 1;
          return await target.put(key, body);
        },
      };
      const isDone = await copyRepository(a.engine, flaky).then(
        () => true,
        () => false,
      );
      const present = await contentsOf(target);
      const isWhole = present.size === (await contentsOf(source)).size;
      assert.equal(present.has(MANIFEST_KEY), isWhole);
      if (isDone) break;
      assert.ok(allowed < 50, 'it never ends');
    }
    assert.deepEqual(sorted(await contentsOf(target)), sorted(await contentsOf(source)));
    assert.equal(puts, (await contentsOf(source)).size);
  });

  test('takes in what is published meanwhile', async () => {
    const { source, a, b } = await repository();
    const target = createMemoryStore();
    let isFirst = true;
    const busy: ObjectStore = {
      ...target,
      put: async (key, body) => {
        if (isFirst) {
          isFirst = false;
          b.folder.set('meanwhile', `${BIG}, and more`);
          await b.sync();
        }
        return await target.put(key, body);
      },
    };
    await copyRepository(a.engine, busy);
    assert.deepEqual(sorted(await contentsOf(target)), sorted(await contentsOf(source)));
  });

  test('F8: slots follow what was done to them, and none is left out by an emptied bucket', async () => {
    const [source, target] = [createMemoryStore(), createMemoryStore()];
    const slots = async () => (await target.list('keys/')).objects.map(({ key }) => key).sort();
    const [stays, gone, added] = ['a', 'b', 'c'].map((letter) => slotKey(letter.repeat(26)));
    assert.ok(stays && gone && added);
    for (const key of [stays, gone]) await source.put(key, new Uint8Array([1]));
    await copySlots(source, target);
    assert.deepEqual(await slots(), [stays, gone]);
    await source.delete(gone);
    await source.put(added, new Uint8Array([2]));
    await copySlots(source, target);
    assert.deepEqual(await slots(), [stays, added]);
    for (const key of [stays, added]) await source.delete(key);
    await copySlots(source, target);
    assert.deepEqual(await slots(), [stays, added]);
  });

  test('copies what heads name, though a list does not show it yet', async () => {
    const { source, a } = await repository();
    const target = createMemoryStore();
    const late: ObjectStore = {
      ...source,
      list: async (prefix) => {
        const { objects, strange } = await source.list(prefix);
        const shown = objects.filter(({ key }) => !/^(segments|blobs)\//.test(key));
        return { objects: shown, strange };
      },
    };
    await copyRepository({ ...a.engine, store: late }, target);
    assert.deepEqual(sorted(await contentsOf(target)), sorted(await contentsOf(source)));
  });

  test('a head that changed since is copied again, though it is no longer than before', async () => {
    const { source, a, b } = await repository();
    const target = createMemoryStore();
    await copyRepository(a.engine, target);
    const key = headKey(selfId(b.engine));
    const found = await source.get(key);
    assert.ok(found.kind === 'found');
    await source.put(key, found.body.with(50, 0));
    await copyRepository(a.engine, target);
    assert.deepEqual(sorted(await contentsOf(target)), sorted(await contentsOf(source)));
  });

  test('a key slot that was removed meanwhile does not open the copy either', async () => {
    const { source, a } = await repository();
    const target = createMemoryStore();
    for (const id of ['former', 'kept']) await source.put(slotKey(id), new Uint8Array([4]));
    await copyRepository(a.engine, target);
    await source.delete(slotKey('former'));
    const order: string[] = [];
    const watched: ObjectStore = {
      ...target,
      delete: (key) => {
        order.push(key);
        return target.delete(key);
      },
      put: (key, body) => {
        order.push(key);
        return target.put(key, body);
      },
    };
    // As after a copy that was cut off before its end.
    await target.delete(MANIFEST_KEY);
    // A list may be late to show what is there: the slot that is kept is not taken for removed.
    const late: ObjectStore = {
      ...source,
      list: async (prefix) => {
        const { objects, strange } = await source.list(prefix);
        return { objects: objects.filter(({ key }) => key !== slotKey('kept')), strange };
      },
    };
    await copyRepository({ ...a.engine, store: late }, watched);
    assert.deepEqual(sorted(await contentsOf(target)), sorted(await contentsOf(source)));
    assert.deepEqual(order, [slotKey('former'), MANIFEST_KEY]);
  });

  test('a place that garbles what it is given is found out', async () => {
    const { a } = await repository();
    const target = createMemoryStore();
    const garbling: ObjectStore = {
      ...target,
      put: async (key, body) => {
        const damaged = key.startsWith('blobs/') ? body.map((byte) => byte ^ 1) : body;
        return await target.put(key, damaged);
      },
    };
    await assert.rejects(copyRepository(a.engine, garbling), { kind: 'damaged' });
    assert.equal((await target.get(MANIFEST_KEY)).kind, 'missing');
  });
});
