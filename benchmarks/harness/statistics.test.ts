import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantile, summarize } from './statistics.ts';

test('the median of an odd number of values is the one in the middle', () => {
  assert.deepEqual(summarize([30, 10, 20]), { count: 3, median: 20, min: 10, max: 30 });
});

test('the median of an even number lies between the two in the middle', () => {
  assert.equal(summarize([4, 1, 3, 2]).median, 2.5);
});

test('numbers are ordered as numbers, and the values given stay as they were', () => {
  const values = [100, 9, 20];
  assert.equal(summarize(values).min, 9);
  assert.deepEqual(values, [100, 9, 20]);
});

test('a quantile lies between its neighbours in proportion', () => {
  const values = Array.from({ length: 11 }, (_, index) => index * 10);
  assert.equal(quantile(values, 0.9), 90);
  assert.equal(quantile(values, 0.95), 95);
});

test('no values have no median', () => {
  assert.throws(() => summarize([]), /no values/);
});
