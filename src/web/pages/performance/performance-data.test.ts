import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Day,
  latencyWords,
  newestSending,
  ownSeries,
  savesByDevice,
} from './performance-data.ts';

const STEPS = ['2027-01-01', '2027-01-02'];

function own(day: string, saves: number, publishP50Ms: number | null = null): Day {
  const rest = { publishP95Ms: publishP50Ms, bytesUp: 10, bytesDown: 20, retries: 0 };
  return { day, device: 'laptop', self: true, saves, publishP50Ms, ...rest };
}

function other(day: string, device: string, saves: number): Day {
  const unknown = { publishP95Ms: null, bytesUp: null, bytesDown: null, retries: null };
  return { day, device, self: false, saves, publishP50Ms: null, ...unknown };
}

test('saves are told by device: this one first, then those that save most', () => {
  const days = [
    other('2027-01-01', 'phone', 5),
    own('2027-01-01', 1),
    other('2027-01-02', 'desktop', 9),
  ];
  assert.deepEqual(savesByDevice(days, STEPS), [
    { name: 'laptop', values: [1, 0] },
    { name: 'desktop', values: [0, 9] },
    { name: 'phone', values: [5, 0] },
  ]);
});

test('of many devices the smallest are together, and none is left out', () => {
  const days = Array.from({ length: 9 }, (_, index) => other('2027-01-01', `d${index}`, index + 1));
  const series = savesByDevice(days, STEPS);
  assert.equal(series.length, 6);
  assert.deepEqual(series.at(-1), { name: 'Other devices', values: [1 + 2 + 3 + 4, 0] });
});

test('what is known of this device only has gaps, not zeros', () => {
  const days = [own('2027-01-02', 3, 1_200), other('2027-01-01', 'phone', 5)];
  assert.deepEqual(ownSeries(days, STEPS, [['Half of them', 'publishP50Ms']]), [
    { name: 'Half of them', values: [null, 1_200] },
  ]);
  assert.equal(newestSending([own('2027-01-01', 1, 900), own('2027-01-02', 0)])?.day, '2027-01-01');
});

test('latencies have the digits that matter', () => {
  assert.deepEqual([340, 1_000, 1_240, 9_900, 12_000, 180_000].map(latencyWords), [
    '340 ms',
    '1.0 s',
    '1.2 s',
    '9.9 s',
    '12 s',
    '3 min',
  ]);
});
