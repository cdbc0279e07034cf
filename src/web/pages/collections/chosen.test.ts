import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChildrenOf, markOf, mayToggle, toggled } from './chosen.ts';

const TREE: Readonly<Record<string, readonly string[]>> = {
  a: ['a/1', 'a/2', 'a/3'],
  'a/2': ['a/2/x', 'a/2/y'],
};
const childrenOf: ChildrenOf = (folder) => TREE[folder];

function afterClicks(...folders: readonly string[]): readonly string[] {
  let chosen: ReadonlySet<string> = new Set();
  for (const folder of folders) chosen = toggled(chosen, folder, childrenOf) ?? chosen;
  return [...chosen].sort();
}

test('a folder is chosen with all in it, and shows where only part of it is', () => {
  const chosen = new Set(['a/2', 'ab']);
  assert.equal(markOf(chosen, 'a/2'), 'whole');
  assert.equal(markOf(chosen, 'a/2/x/deep'), 'whole');
  assert.equal(markOf(chosen, 'a'), 'part');
  assert.equal(markOf(chosen, 'a/1'), 'none');
  assert.equal(markOf(chosen, 'a/20'), 'none');
});

test('clicking twice changes nothing, and a folder takes the place of those in it', () => {
  assert.deepEqual(afterClicks('a/1', 'a/1'), []);
  assert.deepEqual(afterClicks('a/1', 'a/2/x', 'b', 'a'), ['a', 'b']);
});

test('what is taken out of a chosen folder leaves the others in it', () => {
  assert.deepEqual(afterClicks('a', 'a/2/x'), ['a/1', 'a/2/y', 'a/3']);
  assert.deepEqual(afterClicks('a', 'a/2/x', 'a/2/x'), ['a/1', 'a/2/x', 'a/2/y', 'a/3']);
});

test('nothing is taken out of a folder whose folders are not all known', () => {
  const chosen = new Set(['b']);
  assert.equal(mayToggle(chosen, 'b/1', childrenOf), false);
  assert.equal(mayToggle(chosen, 'b', childrenOf), true);
});
