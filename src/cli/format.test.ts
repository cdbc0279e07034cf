import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTime } from '../base/time.ts';
import { formatCount, formatDuration, formatRelativeTime, formatSize } from './format.ts';

test('sizes have two digits where they tell something, and never a thousand of a unit', () => {
  const cases: readonly [number, string][] = [
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [1_449, '1.4 kB'],
    [9_949, '9.9 kB'],
    [9_951, '10 kB'],
    [999_499, '999 kB'],
    [999_501, '1.0 MB'],
    [1_400_000, '1.4 MB'],
    [23_456_000_000, '23 GB'],
    [5e18, '5000 PB'],
  ];
  for (const [bytes, text] of cases) assert.equal(formatSize(bytes), text);
});

test('durations have at most two units', () => {
  const cases: readonly [number, string][] = [
    [0, '0.0 s'],
    [-5, '0.0 s'],
    [449, '0.4 s'],
    [9_949, '9.9 s'],
    [9_950, '10 s'],
    [59_499, '59 s'],
    [59_500, '1 min'],
    [200_000, '3 min 20 s'],
    [3_599_600, '1 h'],
    [7_500_000, '2 h 5 min'],
    [86_399_999, '1 d'],
    [273_600_000, '3 d 4 h'],
  ];
  for (const [ms, text] of cases) assert.equal(formatDuration(ms), text);
});

test('times are told relative to now, on both sides of it, and as a date when far away', () => {
  const now = Date.UTC(2026, 2, 1, 12);
  const cases: readonly [number, string][] = [
    [0, 'just now'],
    [-9_999, 'just now'],
    [10_000, '10 seconds ago'],
    [60_000, '1 minute ago'],
    [3 * 60_000, '3 minutes ago'],
    [90 * 60_000, '1 hour ago'],
    [-2 * 3_600_000, 'in 2 hours'],
    [29 * 86_400_000, '29 days ago'],
    [45 * 86_400_000, '2026-01-15'],
  ];
  for (const [agoMs, text] of cases) assert.equal(formatRelativeTime(now - agoMs, now), text);
});

test('a time is in the time zone of this device, without a locale', () => {
  const local = new Date(2026, 2, 1, 4, 5, 9).getTime();
  assert.equal(formatTime(local), '2026-03-01 04:05:09');
});

test('counts are grouped and have the right number', () => {
  assert.equal(formatCount(0, 'file'), '0 files');
  assert.equal(formatCount(1, 'file'), '1 file');
  assert.equal(formatCount(1_234_567, 'file'), '1,234,567 files');
  assert.equal(formatCount(2, 'copy', 'copies'), '2 copies');
});
