import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Pending, type Wish, wishOf } from './shortcuts.ts';

const PAGES = [
  { key: 'o', path: '/' },
  { key: 's', path: '/settings' },
];

/** The wishes of keys pressed 100 ms apart, but for the pauses between them. */
function wishesOf(...presses: readonly (string | number)[]): readonly Wish[] {
  const wishes: Wish[] = [];
  let pending: Pending;
  let timeMs = 5_000;
  for (const press of presses) {
    timeMs += typeof press === 'number' ? press : 100;
    if (typeof press === 'number') continue;
    const found = wishOf({ key: press, timeMs }, pending, PAGES);
    pending = found.pending;
    if (found.wish !== undefined) wishes.push(found.wish);
  }
  return wishes;
}

test('g and a letter go to a page, and the letter alone means something else', () => {
  assert.deepEqual(wishesOf('g', 's'), [{ kind: 'go', path: '/settings' }]);
  assert.deepEqual(wishesOf('s'), [{ kind: 'sync' }]);
  assert.deepEqual(wishesOf('o'), []);
});

test('a pair that is too slow is no pair', () => {
  assert.deepEqual(wishesOf('g', 2_000, 's'), [{ kind: 'sync' }]);
});

test('a letter without a page ends the pair', () => {
  assert.deepEqual(wishesOf('g', 'x', 's'), [{ kind: 'sync' }]);
});

test('the list of keys opens by a question mark', () => {
  assert.deepEqual(wishesOf('?'), [{ kind: 'help' }]);
});
