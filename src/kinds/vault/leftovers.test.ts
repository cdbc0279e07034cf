/** S6: what is found in `.satchel/tmp`: former contents, and files that were on their way. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { TEST_COLLECTION } from '../../../test/support/device.ts';
import { overriding, systemError } from '../../../test/support/vault-bench.ts';
import { openVaultDevices, type VaultDevice } from '../../../test/support/vault-devices.ts';
import { shownAt } from '../../replica/shown.ts';
import { openPort } from '../../sync/port.ts';
import type { Disk } from '../files/disk.ts';
import { type TmpUse, tmpPath } from '../files/hops.ts';
import { noteIntentions } from './intentions.ts';

/** Where a leftover of the record that is shown at a place is found. */
async function leftPath(
  { device, root }: VaultDevice,
  place: string,
  use: TmpUse,
): Promise<string> {
  const row = shownAt(device.engine.db, TEST_COLLECTION, place);
  assert.ok(row !== undefined);
  const path = tmpPath(root, row.record, use);
  await mkdir(dirname(path), { recursive: true });
  return path;
}

for (const use of ['aside', 'move'] as const) {
  test(`an earlier content left ${use} is no file of its own, though this device deleted the file`, async (t) => {
    const { a, b, settle } = await openVaultDevices(t);
    await a.put('note.md', 'first');
    await settle();
    await b.put('note.md', 'second');
    await b.sync();
    await a.remove('note.md');
    await a.sync();
    assert.deepEqual(await a.tree(), { 'note.md': 'second' }, 'the edit outlives the deletion');
    // Before b hears of the deletion, which stays beside these.
    await b.move('note.md', 'moved.md');
    await b.takeIn();
    await b.put('moved.md', 'third');
    await b.takeIn();
    await settle();
    await writeFile(await leftPath(a, 'moved.md', use), 'second');
    await settle();
    for (const device of [a, b]) assert.deepEqual(await device.tree(), { 'moved.md': 'third' });
  });
}

const OBSTACLES = {
  link: async (folder: string, elsewhere: string) => symlink(elsewhere, folder),
  file: async (folder: string) => writeFile(folder, 'a file of that name'),
};

for (const [obstacle, put] of Object.entries(OBSTACLES)) {
  test(`a file that waits on its way is told and kept while a ${obstacle} is in the way of its place`, async (t) => {
    const { a, b, settle } = await openVaultDevices(t);
    await a.put('notes/note.md', 'text');
    await a.put('other.md', 'other');
    await settle();
    const elsewhere = await mkdtemp(join(tmpdir(), 'satchel-elsewhere-'));
    t.after(() => rm(elsewhere, { recursive: true, force: true }));
    const [folder, moved] = [join(a.root, 'notes'), join(elsewhere, 'notes')];
    const left = await leftPath(a, 'notes/note.md', 'move');
    noteIntentions(openPort(a.device.engine, TEST_COLLECTION), { folders: ['notes'], places: [] });
    await rename(join(folder, 'note.md'), left);
    await rename(folder, moved);
    await put(folder, moved);
    for (let look = 0; look < 3; look += 1) {
      const { skipped } = await a.opened().takeIn();
      const told = skipped.find(({ path }) => path === 'notes/note.md');
      assert.match(told?.error ?? '', /^waits as ".+\.move" until/, `in look ${look}`);
      // As after work that ended: nothing of it may count as the end of the move.
      await a.opened().putOut();
    }
    await rm(folder);
    await rename(moved, folder);
    await settle();
    const tree = { 'notes/': '', 'notes/note.md': 'text', 'other.md': 'other' };
    for (const device of [a, b]) assert.deepEqual(await device.tree(), tree);
  });
}

test('a file that cannot be put back at once, when its move fails half-way, is brought back', async (t) => {
  let isFailing = false;
  const wrapA = (disk: Disk): Disk =>
    overriding(disk, ({ rename: move, link }) => ({
      async rename(from, to, ...rest) {
        await move(from, to, ...rest);
        // A program touches the file in that moment, so that it has to go back to where it was.
        if (isFailing && to.endsWith('.move')) await utimes(to, 1, 1);
      },
      async link(from, to, ...rest) {
        if (isFailing && from.endsWith('.move')) throw systemError('EACCES');
        await link(from, to, ...rest);
      },
    }));
  const { a, b, settle } = await openVaultDevices(t, { wrapA });
  await a.put('note.md', 'text');
  await a.put('other.md', 'other');
  await settle();
  await b.move('note.md', 'moved.md');
  await b.put('other.md', 'another');
  await b.sync();
  isFailing = true;
  await a.sync();
  isFailing = false;
  assert.equal((await a.opened().takeIn()).edits, 0, 'a deleted nothing');
  await settle();
  for (const device of [a, b]) {
    assert.deepEqual(await device.tree(), { 'moved.md': 'text', 'other.md': 'another' });
  }
});

test('a file that cannot be lifted is not forgotten by what comes later in the round', async (t) => {
  let isHeldOpen = false;
  const wrapB = (disk: Disk): Disk =>
    overriding(disk, ({ rename: move }) => ({
      async rename(from, to, ...rest) {
        if (isHeldOpen && to.endsWith('.move')) throw systemError('EBUSY');
        await move(from, to, ...rest);
      },
    }));
  const { a, b, settle } = await openVaultDevices(t, { wrapB });
  await b.choose(['in']);
  await a.put('in/note.md', 'leaves what b carries');
  await a.put('in/other.md', 'other');
  await settle();
  await a.move('in/note.md', 'out/note.md');
  await a.takeIn();
  await a.put('in/note.md', 'comes in its place');
  await a.sync();
  isHeldOpen = true;
  for (let round = 0; round < 2; round += 1) {
    const { failed } = await b.sync();
    assert.match(
      failed.map(({ error }) => error).join(),
      /another program holds/,
      `round ${round}`,
    );
  }
  isHeldOpen = false;
  await settle();
  const tree = { 'in/': '', 'in/note.md': 'comes in its place', 'in/other.md': 'other' };
  assert.deepEqual(await b.tree(), tree);
  assert.deepEqual([...a.conflicts(), ...b.conflicts()], []);
});
