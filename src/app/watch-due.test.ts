/** S11: what the loop does when, and that it sleeps no longer and no shorter than until then. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type LoopTimes, nextDueMs, whatIsDue } from './watch-due.ts';

const LONG_AGO = Number.NEGATIVE_INFINITY;
const NOW_MS = 1_000_000;

function times(given: Partial<LoopTimes> = {}): LoopTimes {
  return {
    lastPollMs: NOW_MS,
    lastScanMs: NOW_MS,
    lastHeadMs: LONG_AGO,
    failures: 0,
    delayMs: 60_000,
    firstChangeMs: undefined,
    lastChangeMs: LONG_AGO,
    lastLookMs: LONG_AGO,
    lookTookMs: 0,
    isUnseen: false,
    ...given,
  };
}

/** What is due when, as the loop finds out that sleeps until it is. */
function turn(given: Partial<LoopTimes>): [due: string | undefined, afterMs: number] {
  const all = times(given);
  const atMs = nextDueMs(all);
  assert.equal(whatIsDue(all, atMs - 1), undefined);
  return [whatIsDue(all, atMs), atMs - NOW_MS];
}

suite('S11: the turns of the loop', () => {
  test('the first thing it does is a poll', () => {
    assert.equal(whatIsDue(times({ lastPollMs: LONG_AGO, delayMs: 0 }), NOW_MS), 'poll');
  });

  test('it polls after the delay, and looks through the folders every five minutes', () => {
    assert.deepEqual(turn({}), ['poll', 60_000]);
    assert.deepEqual(turn({ delayMs: 3_600_000 }), ['publish', 300_000]);
  });

  test('a save leaves a second after the last, and five after the first', () => {
    const save = { firstChangeMs: NOW_MS, lastChangeMs: NOW_MS };
    assert.deepEqual(turn(save), ['publish', 1_000]);
    assert.deepEqual(turn({ ...save, lastChangeMs: NOW_MS + 4_900 }), ['publish', 5_000]);
  });

  test('one head is written every two seconds at most', () => {
    const save = { firstChangeMs: NOW_MS, lastChangeMs: NOW_MS, lastHeadMs: NOW_MS };
    assert.deepEqual(turn(save), ['publish', 2_000]);
  });

  test('saves wait for the next poll while the bucket cannot be reached', () => {
    const save = { firstChangeMs: NOW_MS, lastChangeMs: NOW_MS, failures: 1 };
    assert.deepEqual(turn(save), ['poll', 60_000]);
  });

  test('a folder that changed is looked at before, and a slow one less often', () => {
    const save = { firstChangeMs: NOW_MS, lastChangeMs: NOW_MS, isUnseen: true };
    assert.equal(whatIsDue(times(save), NOW_MS), 'look');
    assert.deepEqual(turn({ ...save, lastLookMs: NOW_MS }), ['look', 500]);
    const slow = { ...save, lastLookMs: NOW_MS, lookTookMs: 4_000 };
    assert.deepEqual(turn(slow), ['publish', 1_000]);
  });
});
