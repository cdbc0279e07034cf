/** S6: a folder that comes to a collection may hold what the collection once was. */
import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { openVaultDevices, type VaultDevices } from '../../../test/support/vault-devices.ts';
import { createMemoryStore } from '../../store/memory.ts';
import { withMeter } from '../../store/meter.ts';
import { type ObjectStore, StoreError } from '../../store/store.ts';
import { LIMITS } from '../../sync/limits.ts';

const NAMES = ['one.md', 'two.md', 'three.md'];
const HOUR_MS = 60 * 60 * 1000;

interface Old extends VaultDevices {
  readonly store: ObjectStore;
  /** From now on reading an archive fails so, and then no more. */
  fail(error: StoreError | undefined): void;
  /** How many archives were asked for. */
  asked(): number;
}

/** `a` has replaced three notes, and what they were stands in archives; `b` has read nothing yet. */
async function replaced(context: TestContext): Promise<Old> {
  let failure: StoreError | undefined;
  let count = 0;
  const bucket = createMemoryStore();
  const store = withMeter({
    ...bucket,
    async get(key, options) {
      if (key.startsWith('archive/')) {
        count += 1;
        if (failure !== undefined) throw failure;
      }
      return await bucket.get(key, options);
    },
  });
  const limits = { ...LIMITS, tailBytes: 700, fanIn: 2 };
  const devices = await openVaultDevices(context, { store, limits });
  const { a } = devices;
  for (const name of NAMES) await a.put(name, `old text of ${name}`);
  await a.sync();
  for (const name of NAMES) await a.put(name, `new text of ${name}`);
  for (let edit = 0; edit < 10; edit += 1) {
    await a.put('busy.md', `edit ${edit}`);
    await a.sync();
  }
  const { objects } = await bucket.list('archive/');
  assert.ok(objects.length > 0, 'what the notes were is in archives');
  const fail = (error: StoreError | undefined): void => {
    failure = error;
  };
  return { ...devices, store: bucket, fail, asked: () => count };
}

async function putOld({ b }: VaultDevices): Promise<void> {
  for (const name of NAMES) await b.put(name, `old text of ${name}`);
}

async function assertAgreed({ a, b, settle }: VaultDevices): Promise<void> {
  await settle();
  assert.deepEqual([a.conflicts(), b.conflicts()], [[], []]);
  assert.deepEqual(await b.tree(), await a.tree());
  for (const name of NAMES) assert.equal((await b.tree())[name], `new text of ${name}`);
}

suite('S6: the first look at a folder', () => {
  test('knows contents that were replaced long ago, and brings them up to date', async (context) => {
    const devices = await replaced(context);
    await putOld(devices);
    await assertAgreed(devices);
  });

  test('needs no archives where the folder is empty', async (context) => {
    const devices = await replaced(context);
    await assertAgreed(devices);
    assert.equal(devices.asked(), 0);
  });

  test('waits where an archive cannot be reached, for an hour', async (context) => {
    const devices = await replaced(context);
    await putOld(devices);
    devices.fail(new StoreError('unreachable', 'The bucket does not answer.', 'soon'));
    await assert.rejects(devices.b.sync(), { kind: 'unreachable' });
    await assert.rejects(devices.b.sync(), { kind: 'unreachable' });
    devices.fail(undefined);
    await assertAgreed(devices);
  });

  for (const kind of ['unreachable', 'refused'] as const) {
    test(`goes on without archives that stay ${kind}`, async (context) => {
      const devices = await replaced(context);
      const { b, clock } = devices;
      await putOld(devices);
      devices.fail(new StoreError(kind, 'No.', 'never'));
      if (kind === 'unreachable') await assert.rejects(b.sync(), { kind });
      clock.advance(2 * HOUR_MS);
      await b.sync();
      assert.deepEqual([...b.conflicts()].sort(), [...NAMES].sort());
    });
  }

  test('goes on where an archive is gone', async (context) => {
    const devices = await replaced(context);
    const { b, store } = devices;
    await putOld(devices);
    for (const { key } of (await store.list('archive/')).objects) await store.delete(key);
    await b.sync();
    assert.deepEqual([...b.conflicts()].sort(), [...NAMES].sort());
    for (const name of NAMES) assert.equal((await b.tree())[name], `old text of ${name}`);
  });
});
