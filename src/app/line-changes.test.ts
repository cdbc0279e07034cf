import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineChanges } from './line-changes.ts';

const change = (from: number, to: number, sideFrom: number, sideTo: number) => ({
  from,
  to,
  sideFrom,
  sideTo,
});

test('what went and what came in its place is one change', () => {
  assert.deepEqual(lineChanges([1, 2, 3], [1, 9, 8, 3]), [change(1, 2, 1, 3)]);
  // None of these lines is the only one of its kind.
  assert.deepEqual(lineChanges([1, 1, 5, 5, 2, 2, 3, 3], [1, 1, 6, 6, 2, 2, 4, 3, 3]), [
    change(2, 4, 2, 4),
    change(6, 6, 6, 7),
  ]);
});

test('what came and what went alone is told where it did', () => {
  assert.deepEqual(lineChanges([1, 2], [0, 1, 2]), [change(0, 0, 0, 1)]);
  assert.deepEqual(lineChanges([1, 2, 3], [1, 3]), [change(1, 2, 1, 1)]);
  assert.deepEqual(lineChanges([1, 2], [1, 2]), []);
  assert.deepEqual(lineChanges([], [1]), [change(0, 0, 0, 1)]);
});

test('lines that only one place can be meant by hold their places', () => {
  const moved = lineChanges([1, 2, 3, 4, 5], [4, 1, 2, 3, 5]);
  assert.deepEqual(moved, [change(0, 0, 0, 1), change(3, 4, 4, 4)]);
});
