import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filledSteps, isEmpty, lastDays, stacked, stepWords } from './plot-data.ts';

test('the last days are all there, over the end of a month', () => {
  const nowMs = Date.UTC(2027, 2, 1, 23, 59);
  assert.deepEqual(lastDays(3, nowMs), ['2027-02-27', '2027-02-28', '2027-03-01']);
});

test('days and months are told in words', () => {
  assert.equal(stepWords('2027-03-01'), '1 Mar');
  assert.equal(stepWords('2026-11'), 'Nov 2026');
});

test('bars stand on each other, and what is missing has no height', () => {
  const series = [
    { name: 'reads', values: [1, null, 3] },
    { name: 'writes', values: [10, 20, 0] },
  ];
  assert.deepEqual(stacked(series), [
    [1, 0, 3],
    [11, 20, 3],
  ]);
});

test('a table has the steps with something, the newest first', () => {
  const series = [
    { name: 'a', values: [0, 1, null, 0] },
    { name: 'b', values: [null, 0, 0, 5] },
  ];
  assert.deepEqual(filledSteps(series, ['w', 'x', 'y', 'z']), [3, 1]);
  assert.equal(isEmpty(series), false);
  assert.equal(isEmpty([{ name: 'a', values: [0, null] }]), true);
});
