/** Long work under way, as people watch it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Transfer } from '../api/status.ts';
import { createTransfers } from './transfers.ts';

test('a transfer tells its rate and the time left, and no more than four times a second', () => {
  let nowMs = 0;
  const told: (readonly Transfer[])[] = [];
  const transfers = createTransfers(
    () => nowMs,
    (list) => told.push(list),
  );
  for (; nowMs <= 2_000; nowMs += 10)
    transfers.update('Uploading', nowMs * 1_000, 10_000_000, 'bytes');
  assert.deepEqual(transfers.list(), [
    {
      step: 'Uploading',
      done: 2_000_000,
      total: 10_000_000,
      unit: 'bytes',
      perSecond: 1_000_000,
      secondsLeft: 8,
    },
  ]);
  assert.equal(told.length, 9);
  transfers.update('Downloading', 5, undefined, 'files');
  assert.deepEqual(transfers.list(), [
    {
      step: 'Downloading',
      done: 5,
      total: null,
      unit: 'files',
      perSecond: null,
      secondsLeft: null,
    },
  ]);
  transfers.end();
  transfers.end();
  assert.deepEqual(transfers.list(), []);
  assert.deepEqual([told.length, told.at(-1)], [11, []]);
});
