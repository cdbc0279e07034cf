import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Scrolled, visibleRows } from './visible-rows.ts';

const LIST: Scrolled = { count: 100_000, rowHeightPx: 40, topPx: 0, heightPx: 400 };

test('all rows in sight are drawn, and few besides, wherever a long list is scrolled to', () => {
  for (const topPx of [0, 1, 39, 40, 12_345, 2_000_000, 40 * 100_000 - 400]) {
    const { first, end } = visibleRows({ ...LIST, topPx });
    assert.ok(first * 40 <= topPx, `the top of ${topPx} is drawn`);
    assert.ok(end * 40 >= topPx + 400, `the bottom of ${topPx} is drawn`);
    assert.ok(first >= 0 && end <= LIST.count && end - first <= 28, `${first} to ${end}`);
  }
});

test('a list that became shorter than it is scrolled shows its end', () => {
  const { first, end } = visibleRows({ ...LIST, count: 5, topPx: 4_000_000 });
  assert.ok(first <= end && end === 5);
});

test('an empty list shows nothing', () => {
  assert.deepEqual(visibleRows({ ...LIST, count: 0 }), { first: 0, end: 0 });
});
