import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TEST_COLLECTION } from '../../../test/support/device.ts';
import { ANY, doorOf, saved, textOf } from '../../../test/support/file-doors.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { openVaultDevices, type VaultDevice } from '../../../test/support/vault-devices.ts';
import { versionsOf } from '../../replica/versions.ts';

/** How many versions the record at a path has had: a rename goes on with the same record. */
function versionCount({ device }: VaultDevice, path: string): number {
  const { db } = device.engine;
  const [row] = db.all(
    'SELECT record FROM shown WHERE collection = ? AND place = ?',
    TEST_COLLECTION,
    path,
  );
  return versionsOf(db, TEST_COLLECTION, String(row?.record)).length;
}

test('a moved file stays the same record, and goes elsewhere as a rename that sends no content', async (t) => {
  const { a, b, settle } = await openVaultDevices(t);
  await settle();
  const door = doorOf(a);
  const text = 'long '.repeat(10_000);
  const first = await saved(door, 'note.md', text);
  await settle();
  const moved = await door.move('note.md', 'Archive/2026/note.md', {
    kind: 'rev',
    rev: first.rev,
  });
  assert.deepEqual(moved, {
    kind: 'moved',
    moved: [{ from: 'note.md', to: 'Archive/2026/note.md' }],
  });
  const { published } = await a.sync();
  assert.deepEqual(published, { versions: 1, bytes: 0 });
  await settle();
  assert.deepEqual(await b.tree(), {
    'Archive/': '',
    'Archive/2026/': '',
    'Archive/2026/note.md': text,
  });
  assert.deepEqual(await a.tree(), await b.tree());
  assert.equal(versionCount(b, 'Archive/2026/note.md'), 2);
});

test('S6: a move takes with it what was typed meanwhile, and If-Match holds it up', async (t) => {
  const { a, b, settle } = await openVaultDevices(t);
  await settle();
  const door = doorOf(a);
  const first = await saved(door, 'note.md', 'one');
  await a.put('note.md', 'typed by hand');
  const refused = await door.move('note.md', 'moved.md', { kind: 'rev', rev: first.rev });
  assert.ok(refused.kind === 'changed' && textOf(refused) === 'typed by hand');
  await door.move('note.md', 'moved.md', ANY);
  await settle();
  assert.deepEqual(await b.tree(), { 'moved.md': 'typed by hand' });
});

test('what is in the way of a move stays, and what a person deleted there is deleted first', async (t) => {
  const { a, b, settle } = await openVaultDevices(t);
  await settle();
  const door = doorOf(a);
  await saved(door, 'note.md', 'note');
  await saved(door, 'taken.md', 'taken');
  await saved(door, 'gone.md', 'gone');
  await saved(door, 'Folder/x.md', 'x');
  await a.put('unknown.md', 'made by hand');
  await settle();
  await a.remove('gone.md');
  for (const to of ['taken.md', 'unknown.md', 'Folder', 'taken.md/x.md', 'Taken.md']) {
    await assert.rejects(door.move('note.md', to, ANY), { kind: 'usage' }, to);
  }
  await assert.rejects(door.move('Folder', 'Folder/inside', ANY), { kind: 'usage' });
  await assert.rejects(door.move('Folder', 'Other', { kind: 'rev', rev: 1 }), { kind: 'usage' });
  await assert.rejects(door.move('nothing.md', 'x.md', ANY), { kind: 'usage' });
  await door.move('note.md', 'gone.md', ANY);
  await settle();
  const expected = {
    'Folder/': '',
    'Folder/x.md': 'x',
    'gone.md': 'note',
    'taken.md': 'taken',
    'unknown.md': 'made by hand',
  };
  assert.deepEqual([await a.tree(), await b.tree()], [expected, expected]);
  assert.equal(versionCount(b, 'gone.md'), 2, 'the record of note.md');
});

test('a file can be given another case, also on a disk that takes both for one', async (t) => {
  for (const folding of [
    { case: true, form: true },
    { case: false, form: false },
  ]) {
    const { a, b, settle } = await openVaultDevices(t, { folding: { a: folding } });
    await settle();
    const door = doorOf(a);
    await saved(door, 'note.md', 'text');
    await saved(door, 'folder/x.md', 'x');
    await settle();
    await door.move('note.md', 'Note.md', ANY);
    await door.move('folder', 'Folder', ANY);
    await settle();
    const expected = { 'Folder/': '', 'Folder/x.md': 'x', 'Note.md': 'text' };
    assert.deepEqual(await b.tree(), expected);
    const { published } = await a.sync();
    assert.equal(published.versions, 0);
  }
});

test('a folder with 1,000 files is moved as a whole: one rename, one commit, no content', async (t) => {
  const { a, b, settle } = await openVaultDevices(t);
  for (let index = 0; index < 1_000; index += 1) {
    await a.put(`Notes/${index % 10}/${index}.md`, `note ${index}`);
  }
  await settle();
  await a.put('Notes/3/3.md', 'typed and not taken in yet');
  await a.put('Notes/3/new.md', 'new and not taken in yet');
  const outcome = await doorOf(a).move('Notes', 'Archive/Notes', ANY);
  assert.ok(outcome.kind === 'moved' && outcome.moved.length === 1_000);
  const { published } = await a.sync();
  assert.equal(published.versions, 1_001, 'all of it, one with the edit, and a new file');
  await settle();
  const tree = await b.tree();
  assert.deepEqual(tree, await a.tree());
  assert.equal(tree['Archive/Notes/3/3.md'], 'typed and not taken in yet');
  assert.equal(tree['Archive/Notes/3/new.md'], 'new and not taken in yet');
  assert.equal(Object.keys(tree).length, 1_000 + 1 + 12);
  assert.equal(versionCount(b, 'Archive/Notes/7/7.md'), 2);
  assert.deepEqual([...a.conflicts(), ...b.conflicts()], []);
});

test('no move reaches through a symbolic link, and none takes what is Satchel’s own', async (t) => {
  const outside = temporaryFolder('outside');
  mkdirSync(join(outside, 'private'));
  writeFileSync(join(outside, 'private/diary.md'), 'mine');
  const { a, settle } = await openVaultDevices(t);
  await settle();
  const door = doorOf(a);
  await saved(door, 'note.md', 'note');
  symlinkSync(outside, join(a.root, 'link'));
  for (const from of ['link/private', 'link/private/diary.md', 'link', '.satchel']) {
    await assert.rejects(door.move(from, 'taken', ANY), { kind: 'usage' }, from);
  }
  await assert.rejects(door.move('note.md', 'link/note.md', ANY), { kind: 'usage' });
  assert.equal(readFileSync(join(outside, 'private/diary.md'), 'utf8'), 'mine');
});
