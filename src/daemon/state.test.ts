/** How a home stands, from what the replica and the loop know. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { sampleCollection, sampleStatus } from '../../test/support/status-sample.ts';
import type { CollectionStatus } from '../api/status.ts';
import type { CollectionLife, LiveStatus } from '../app/live-status.ts';
import { homeStatus, type LoopFacts } from './state.ts';

const CALM: LoopFacts = { isBusy: false, failure: undefined, nextTryMs: 5_000, transfers: [] };
const AWAY = { words: 'The bucket does not answer.', isOutOfReach: true };

const LIFE: CollectionLife = {
  isPaused: false,
  pendingBytes: 0,
  schedule: 'automatic',
  turns: 'every-poll',
  nextTurnMs: undefined,
  lastChangeMs: undefined,
};

function collection(name: string, given: Partial<CollectionStatus> = {}): CollectionStatus {
  return sampleCollection({ id: name, name, ...given });
}

function live(
  collections: readonly CollectionStatus[],
  lives: Readonly<Record<string, Partial<CollectionLife>>> = {},
  isPaused = false,
): LiveStatus {
  return {
    status: sampleStatus(collections),
    isPaused,
    collections: collections.map((one) => [one, { ...LIFE, ...lives[one.id] }]),
  };
}

function statesOf(given: LiveStatus, facts: LoopFacts = CALM): string[] {
  const { state, collections } = homeStatus(given, facts);
  return [state, ...collections.map((one) => one.state)];
}

const ATTENTION = collection('Notes', { state: 'attention', conflicts: 2 });

suite('the state of a home', () => {
  test('is the worst of its collections', () => {
    assert.deepEqual(statesOf(live([])), ['connected']);
    assert.deepEqual(statesOf(live([collection('A'), ATTENTION])), [
      'attention',
      'connected',
      'attention',
    ]);
    assert.equal(homeStatus(live([ATTENTION]), CALM).reason, 'Notes: 2 conflicts wait.');
  });

  test('is offline while the bucket is out of reach, with the reason in words', () => {
    const facts = { ...CALM, failure: AWAY };
    assert.deepEqual(statesOf(live([collection('A')]), facts), ['offline', 'offline']);
    assert.deepEqual(statesOf(live([])), ['connected']);
    assert.equal(homeStatus(live([]), facts).reason, AWAY.words);
    const refused = { ...facts, failure: { words: 'No.', isOutOfReach: false } };
    assert.deepEqual(statesOf(live([collection('A')]), refused), ['attention', 'attention']);
  });

  test('is syncing where something is on its way, and not for every look at the bucket', () => {
    const facts = { ...CALM, isBusy: true };
    assert.deepEqual(statesOf(live([collection('A')]), facts), ['connected', 'connected']);
    const pending = [collection('A', { pending: 1 }), collection('B')];
    assert.deepEqual(statesOf(live(pending), facts), ['syncing', 'syncing', 'connected']);
  });

  test('a pause hides that the bucket is away, but nothing that waits for a person', () => {
    const facts = { ...CALM, failure: AWAY };
    const paused = live([collection('A'), ATTENTION], {}, true);
    assert.deepEqual(statesOf(paused, facts), ['attention', 'paused', 'attention']);
    assert.deepEqual(statesOf(live([collection('A')], {}, true), facts), ['paused', 'paused']);
    const one = live([collection('A'), collection('B')], { A: { isPaused: true } });
    assert.deepEqual(statesOf(one), ['connected', 'paused', 'connected']);
    const both = live([collection('A')], { A: { isPaused: true } });
    assert.deepEqual(statesOf(both), ['paused', 'paused']);
  });

  test('the next try is that of the loop, the schedule, or none', () => {
    const lives: Readonly<Record<string, Partial<CollectionLife>>> = {
      Manual: { turns: 'never' },
      Hourly: { turns: 'set', nextTurnMs: 3_600_000 },
      Due: { turns: 'set', nextTurnMs: 1_000 },
      Paused: { isPaused: true },
    };
    const names = ['Plain', 'Manual', 'Hourly', 'Due', 'Paused'];
    const { collections } = homeStatus(
      live(
        names.map((name) => collection(name)),
        lives,
      ),
      CALM,
    );
    const times = collections.map(({ nextTryAt }) =>
      nextTryAt === null ? null : Date.parse(nextTryAt),
    );
    assert.deepEqual(times, [5_000, null, 3_600_000, 5_000, null]);
  });
});
