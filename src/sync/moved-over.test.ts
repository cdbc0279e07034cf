/** S6: what is deleted in one place and stands in another, where it has to wait to be uploaded. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { openVaultDevices, type VaultDevice } from '../../test/support/vault-devices.ts';
import { headKey } from '../format/object-keys.ts';
import { createMemoryStore } from '../store/memory.ts';
import { selfId } from './engine.ts';
import { INLINE_MAX_BYTES } from './kind.ts';
import { LIMITS } from './limits.ts';

const LONG = 'moved\n'.repeat(INLINE_MAX_BYTES);
const BEFORE = { 'from.md': LONG, 'to.md': 'replaced' };

interface World {
  readonly a: VaultDevice;
  readonly b: VaultDevice;
  /** Lets the head be read again, and all uploads go on. */
  heal(): Promise<void>;
}

/**
 * Two devices with `from.md` and `to.md`. Nobody can tell what a third one condemned, since its head
 * cannot be read, so nothing is uploaded.
 */
async function openWorld(t: TestContext, text: string): Promise<World> {
  const store = createMemoryStore();
  const { a, b, clock, settle } = await openVaultDevices(t, { store });
  const { b: c } = await openVaultDevices(t, { store, seed: 2 });
  await a.put('from.md', text);
  await a.put('to.md', 'replaced');
  await settle();
  await c.sync();
  await settle();
  const key = headKey(selfId(c.device.engine));
  const whole = await store.get(key);
  assert.ok(whole.kind === 'found');
  await store.put(key, whole.body.subarray(0, 60));
  clock.advance(LIMITS.condemnedMs);
  const heal = async (): Promise<void> => {
    await store.put(key, whole.body);
    await settle();
  };
  return { a, b, heal };
}

for (const [length, text] of [
  ['short', 'moved'],
  ['long', LONG],
] as const) {
  test(`a ${length} file that is moved over another is deleted where the other is replaced`, async (t) => {
    const { a, b, heal } = await openWorld(t, text);
    await a.move('from.md', 'to.md');
    await a.sync();
    await b.sync();
    assert.deepEqual(await b.tree(), length === 'short' ? { 'to.md': text } : BEFORE);
    await heal();
    for (const device of [a, b]) assert.deepEqual(await device.tree(), { 'to.md': text });
  });
}

test('a file that is moved over another stays elsewhere until it is sent, also if it is touched', async (t) => {
  const { a, b, heal } = await openWorld(t, LONG);
  await a.move('from.md', 'to.md');
  await a.sync();
  chmodSync(a.at('to.md'), 0o755);
  await a.sync();
  await b.sync();
  assert.deepEqual(await b.tree(), BEFORE);
  await heal();
  assert.deepEqual(await b.tree(), { 'to.md': LONG });
});

test('a file that is copied over another, and deleted, stays elsewhere until the copy is sent', async (t) => {
  const { a, b, heal } = await openWorld(t, LONG);
  await a.put('to.md', LONG);
  await a.sync();
  await a.remove('from.md');
  await a.sync();
  await b.sync();
  assert.deepEqual(await b.tree(), BEFORE);
  await heal();
  assert.deepEqual(await b.tree(), { 'to.md': LONG });
});

test('what is not on the device any more holds up no deletion', async (t) => {
  const { a, b, heal } = await openWorld(t, LONG);
  await a.move('from.md', 'to.md');
  await a.sync();
  await a.put('.satchelignore', 'to.md\n');
  await a.remove('to.md');
  await heal();
  assert.equal((await b.tree())['from.md'], undefined);
});
