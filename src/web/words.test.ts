import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  comingWords,
  countWords,
  dayWords,
  relativeWords,
  sentence,
  sizeWords,
  spanWords,
} from './words.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

function check<Given>(words: (given: Given) => string, cases: readonly [Given, string][]): void {
  assert.deepEqual(
    cases.map(([given]) => [given, words(given)]),
    cases,
  );
}

test('a size has the unit in which it is short, and no thousand of the smaller one', () => {
  check(sizeWords, [
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [9_940, '9.9 kB'],
    [9_960, '10 kB'],
    [999_499, '999 kB'],
    [999_950, '1.0 MB'],
    [420_000_000, '420 MB'],
    [2_500_000_000_000_000_000, '2500 PB'],
  ]);
});

test('a count takes the plural that belongs to it', () => {
  check(
    (count: number) => countWords(count, 'copy', 'copies'),
    [
      [0, '0 copies'],
      [1, '1 copy'],
      [1_234, '1,234 copies'],
    ],
  );
});

test('a time is told from now, into both directions, and as a day when it is far', () => {
  const now = new Date(2026, 10, 21, 12, 0, 0).getTime();
  check(
    (awayMs: number) => relativeWords(now - awayMs, now),
    [
      [0, 'just now'],
      [-9 * SECOND_MS, 'just now'],
      [10 * SECOND_MS, '10 seconds ago'],
      [-45 * SECOND_MS, 'in 45 seconds'],
      [MINUTE_MS, '1 minute ago'],
      [59 * MINUTE_MS, '59 minutes ago'],
      [-2 * HOUR_MS, 'in 2 hours'],
      [3 * DAY_MS, '3 days ago'],
    ],
  );
  assert.equal(comingWords(now + 2 * HOUR_MS, now), 'in 2 hours');
  assert.equal(comingWords(now - MINUTE_MS, now), 'in a moment');
  assert.match(relativeWords(now - 400 * DAY_MS, now), /2025$/);
});

test('days have their names near now, and the year where it is another one', () => {
  const now = new Date(2026, 2, 1, 0, 30).getTime();
  const at = (...parts: [number, number, number, number]) => new Date(...parts).getTime();
  assert.equal(dayWords(now, now), 'Today');
  assert.equal(dayWords(at(2026, 1, 28, 23), now), 'Yesterday');
  assert.match(dayWords(at(2026, 1, 27, 23), now), /^Friday,? 27 February$/);
  assert.match(dayWords(at(2025, 1, 27, 23), now), /27 February 2025$/);
});

test('what is left is never told as nothing', () => {
  check(spanWords, [
    [0, '1 s'],
    [59, '59 s'],
    [89, '1 min'],
    [3_600, '1 h'],
    [7_500, '2 h 5 min'],
  ]);
});

test('a sentence begins with a capital letter, an empty one stays empty', () => {
  check(sentence, [
    ['the bucket did not answer', 'The bucket did not answer'],
    ['', ''],
  ]);
});
