/** S3: an earlier content that a person puts back is an edit, whatever else still carries it. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { suite, type TestContext, test } from 'node:test';
import { openVaultDevices, type VaultDevices } from '../../test/support/vault-devices.ts';
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

function assertConflict({ a, b }: VaultDevices): void {
  assert.equal(a.conflicts().length, 1);
  assert.equal(b.conflicts().length, 1);
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
    assertConflict(devices);
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
    await a.sync();
    await a.sync();
    await a.move('named.md', 'third.md');
    await a.takeIn();
    await b.put('named.md', 'three');
    await b.takeIn();
    await settle();
    assertConflict(devices);
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
    assertConflict(devices);
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
