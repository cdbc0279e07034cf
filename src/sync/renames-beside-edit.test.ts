/** S3: renames and modes beside an edit are no conflict, however many there are and whoever made them. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { test } from 'node:test';
import { openVaultDevices } from '../../test/support/vault-devices.ts';
import { createMemoryStore } from '../store/memory.ts';

test('a file is renamed twice beside an edit, and was renamed before', async (t) => {
  const { a, b, settle } = await openVaultDevices(t);
  await a.put('note.md', 'one');
  await settle();
  await b.move('note.md', 'x.md');
  await settle();
  await b.move('x.md', 'y.md');
  await b.sync();
  await a.put('x.md', 'two');
  await a.sync();
  await b.move('y.md', 'z.md');
  await settle();
  assert.deepEqual([...a.conflicts(), ...b.conflicts()], []);
  assert.deepEqual(await a.tree(), { 'z.md': 'two' });
});

test('one changes the mode, one renames, and the third renames what it has edited', async (t) => {
  const store = createMemoryStore();
  const { a, b, settle } = await openVaultDevices(t, { store });
  const { b: c } = await openVaultDevices(t, { store, seed: 2 });
  await a.put('note.md', 'one');
  await settle();
  await c.sync();
  await b.put('note.md', 'two');
  await b.sync();
  chmodSync(a.at('note.md'), 0o755);
  await a.sync();
  await b.move('note.md', 'y.md');
  await b.sync();
  await c.move('note.md', 'z.md');
  for (let turn = 0; turn < 3; turn += 1) {
    await c.sync();
    await settle();
  }
  assert.deepEqual([...a.conflicts(), ...b.conflicts(), ...c.conflicts()], []);
  assert.deepEqual(Object.values(await a.tree()), ['two']);
  for (const device of [b, c]) assert.deepEqual(await device.tree(), await a.tree());
});
