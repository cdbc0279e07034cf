/** S3: an earlier content that a person puts back is an edit, whatever else still carries it. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { suite, type TestContext, test } from 'node:test';
import { TEST_COLLECTION } from '../../test/support/device.ts';
import {
  openVaultDevices,
  type VaultDevice,
  type VaultDevices,
} from '../../test/support/vault-devices.ts';
import { recordIdOf } from '../format/ids.ts';
import { chooseFor } from './choose.ts';
import { INLINE_MAX_BYTES } from './kind.ts';

const LONG = 'long\n'.repeat(INLINE_MAX_BYTES);

/** `note.md` says `first` everywhere, and `b` has given it another name. */
async function renameElsewhere(t: TestContext, first: string): Promise<VaultDevices> {
  const devices = await openVaultDevices(t);
  const { a, b, settle } = devices;
  await a.put('note.md', first);
  await settle();
  await b.move('note.md', 'named.md');
  await b.takeIn();
  return devices;
}

/** A conflict, in which each device holds the content that was saved on it. */
async function assertConflict({ a, b }: VaultDevices, ours: string, theirs: string): Promise<void> {
  const [path = '', ...others] = a.conflicts();
  assert.deepEqual(others, []);
  assert.deepEqual(b.conflicts(), [path]);
  assert.equal((await a.tree())[path], ours);
  assert.equal((await b.tree())[path], theirs);
}

function chooseOwn({ device }: VaultDevice): void {
  const record = recordIdOf('note.md');
  chooseFor(device.engine, TEST_COLLECTION, record, { kind: 'local' }, (name) => name);
}

suite('a content that is put back stands beside an edit that never saw it there', () => {
  for (const [length, first] of [
    ['short', 'one'],
    ['long', LONG],
  ] as const) {
    test(`where a rename carries it, ${length}`, async (t) => {
      const devices = await renameElsewhere(t, first);
      const { a, b, settle } = devices;
      await a.put('note.md', 'two');
      await settle();
      assert.deepEqual(await b.tree(), { 'named.md': 'two' });
      await a.put('named.md', first);
      await a.takeIn();
      await b.put('named.md', 'three');
      await b.sync();
      await settle();
      assert.deepEqual(a.conflicts(), ['named.md']);
      assert.deepEqual(await a.tree(), { 'named.md': first });
      assert.deepEqual(await b.tree(), { 'named.md': 'three' });
    });
  }

  test('where its file is renamed once more, and the edit has not seen that', async (t) => {
    const devices = await renameElsewhere(t, 'one');
    const { a, b, settle } = devices;
    await a.put('note.md', 'two');
    await settle();
    await b.put('named.md', 'three');
    await b.takeIn();
    await a.put('named.md', 'one');
    await a.sync();
    await a.move('named.md', 'third.md');
    await a.sync();
    await settle();
    await assertConflict(devices, 'one', 'three');
  });

  test('where an older rename of it comes after, and its file is renamed again', async (t) => {
    const devices = await renameElsewhere(t, 'one');
    const { a, b, settle } = devices;
    await a.put('note.md', 'two');
    await a.sync();
    await b.sync();
    assert.deepEqual(await b.tree(), { 'named.md': 'two' });
    await a.put('note.md', 'one');
    await a.takeIn();
    // The second round brings the rename to the disk.
    await a.sync();
    await a.sync();
    await a.move('named.md', 'third.md');
    await a.takeIn();
    await b.put('named.md', 'three');
    await b.takeIn();
    await settle();
    await assertConflict(devices, 'one', 'three');
  });

  test('where it was chosen in a conflict, renamed on, and another side chosen elsewhere', async (t) => {
    const devices = await openVaultDevices(t);
    const { a, b, settle } = devices;
    await a.put('note.md', 'one');
    await b.put('note.md', 'three');
    await settle();
    await assertConflict(devices, 'one', 'three');
    chooseOwn(a);
    await a.sync();
    await a.move('note.md', 'named.md');
    await a.sync();
    chooseOwn(b);
    await settle();
    await assertConflict(devices, 'one', 'three');
  });

  test('where it comes in the place of a file whose deletion was held', async (t) => {
    const devices = await openVaultDevices(t);
    const { a, b, settle } = devices;
    for (const n of [1, 2, 3, 4, 5, 6]) await a.put(`x/${n}.md`, `of ${n}`);
    await a.put('note.md', 'one');
    await settle();
    chmodSync(b.at('note.md'), 0o755);
    await b.takeIn();
    await a.put('note.md', 'two');
    await settle();
    await a.remove('x');
    await a.remove('note.md');
    await a.sync();
    await a.put('note.md', 'one');
    await a.takeIn();
    await b.put('note.md', 'three');
    await b.sync();
    await settle();
    await assertConflict(devices, 'one', 'three');
  });
});

test('a file that comes back with another mode, after its deletion was held, leaves an edit alone', async (t) => {
  const devices = await openVaultDevices(t);
  const { a, b, settle } = devices;
  for (const n of [1, 2, 3, 4, 5, 6]) await a.put(`x/${n}.md`, `of ${n}`);
  await a.put('note.md', 'one');
  await settle();
  await a.remove('x');
  await a.remove('note.md');
  await a.sync();
  await a.put('note.md', 'one');
  chmodSync(a.at('note.md'), 0o755);
  await a.takeIn();
  await b.put('note.md', 'two');
  await b.sync();
  await settle();
  assert.deepEqual([...a.conflicts(), ...b.conflicts()], []);
  assert.equal((await a.tree())['note.md'], 'two');
});

test('a side that its person deletes and puts back, before the other is on the disk, stands', async (t) => {
  const devices = await openVaultDevices(t);
  const { a, b, settle } = devices;
  await a.put('note.md', 'one');
  await b.put('note.md', 'three');
  await settle();
  await a.remove('note.md');
  await a.takeIn();
  await a.put('note.md', 'one');
  await settle();
  await assertConflict(devices, 'one', 'three');
});
