import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameIn, wayTo } from './paths.ts';

test('the folders on the way are told from the top down, and a name is the last part', () => {
  assert.deepEqual(wayTo(''), []);
  assert.deepEqual(wayTo('a/b/c'), ['a', 'a/b', 'a/b/c']);
  assert.equal(nameIn('a/b.md'), 'b.md');
  assert.equal(nameIn('b.md'), 'b.md');
});
