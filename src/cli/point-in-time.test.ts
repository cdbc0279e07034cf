import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isErrorKind } from '../base/errors.ts';
import { parsePointInTime } from './point-in-time.ts';

const NOW = new Date(2026, 2, 15, 12, 0, 0).getTime();
const local = (text: string): number => new Date(text).getTime();

test('a time is read to its last millisecond: what was saved in it counts', () => {
  assert.equal(parsePointInTime('2026-03-01 14:05', NOW), local('2026-03-01T14:05:00.999'));
  assert.equal(parsePointInTime('2026-03-01T14:05:09', NOW), local('2026-03-01T14:05:09.999'));
});

test('a zone is kept to; without one, that of the device counts', () => {
  const utc = Date.UTC(2026, 2, 1, 14, 5, 9, 999);
  assert.equal(parsePointInTime('2026-03-01T14:05:09Z', NOW), utc);
  assert.equal(parsePointInTime('2026-03-01T16:05:09+02:00', NOW), utc);
  assert.equal(parsePointInTime('2026-03-01T16:05:09+0200', NOW), utc);
});

test('fractions of a second are kept to, as what "restore --folder" prints to undo it', () => {
  for (const text of ['.12', '.120', '.120999999']) {
    const expected = Date.UTC(2026, 2, 1, 14, 5, 9, 120);
    assert.equal(parsePointInTime(`2026-03-01T14:05:09${text}Z`, NOW), expected, text);
    assert.equal(parsePointInTime(`2026-03-01T16:05:09${text}+02:00`, NOW), expected, text);
  }
  const expected = local('2026-03-01T14:05:09.005');
  assert.equal(parsePointInTime('2026-03-01 14:05:09.005', NOW), expected);
});

test('a day means its end', () => {
  assert.equal(parsePointInTime('2026-03-01', NOW), local('2026-03-02T00:00:00') - 1);
  assert.equal(parsePointInTime('2026-12-31', NOW), local('2027-01-01T00:00:00') - 1);
});

test('a clock time is today, and an amount is so long ago', () => {
  assert.equal(parsePointInTime('9:30', NOW), local('2026-03-15T09:30:00.999'));
  assert.equal(parsePointInTime('30m', NOW), NOW - 30 * 60_000);
  assert.equal(parsePointInTime('2h', NOW), NOW - 2 * 3_600_000);
  assert.equal(parsePointInTime(' 3 D ', NOW), NOW - 3 * 86_400_000);
  assert.equal(parsePointInTime('1w', NOW), NOW - 7 * 86_400_000);
});

test('anything else is wrong usage, days that there are not included', () => {
  const wrong = ['', 'yesterday', '2026-02-30', '2026-13-01', '25:00', '2026-03-01 14:61', '3y'];
  for (const text of wrong) {
    assert.throws(
      () => parsePointInTime(text, NOW),
      (error) => isErrorKind(error, 'usage'),
      text,
    );
  }
});
