import assert from 'node:assert/strict';
import { test } from 'node:test';
import { likelyFolders } from './likely-folders.ts';

const named = (...names: readonly string[]) =>
  names.map((name) => ({ name, path: `/home/me/${name}`, files: 1 }));

test('folders with names that people give to their notes are offered, others are not', () => {
  const found = likelyFolders(
    named('Desktop', 'Notes', 'Downloads', 'Obsidian Vault', 'notebook.old', 'Work notes', 'Music'),
  );
  assert.deepEqual(
    found.map(({ name }) => name),
    ['Notes', 'Obsidian Vault', 'Work notes'],
  );
});

test('few are offered, however many there are', () => {
  const many = named(...Array.from({ length: 50 }, (_, index) => `Year ${index} notes`));
  assert.equal(likelyFolders(many).length, 6);
});
