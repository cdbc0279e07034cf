import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Trial } from './choice.ts';
import { sortedChecks, trialWords } from './trial-words.ts';

const check = (outcome: Trial['checks'][number]['outcome'], message: string = outcome) => ({
  id: message,
  outcome,
  message,
});

const trial = (rest: Partial<Trial>): Trial => ({
  bucket: 's3://notes',
  checks: [check('ok')],
  holds: 'none',
  encrypted: null,
  ...rest,
});

test('a bucket that works can be used', () => {
  assert.equal(trialWords(trial({}), 'begin').next, 'Use this bucket');
  assert.equal(trialWords(trial({}), 'move').next, 'Use this bucket');
});

test('one with warnings can be used, and says so', () => {
  const { tone, next } = trialWords(trial({ checks: [check('warning')] }), 'begin');
  assert.equal(tone, 'warn');
  assert.ok(next);
});

test('one with a problem, or that is missing, cannot be used as it is', () => {
  const checks = [check('problem')];
  assert.equal(trialWords(trial({ checks, holds: 'unknown' }), 'begin').next, undefined);
  assert.match(trialWords(trial({ checks, holds: 'missing' }), 'begin').words, /make it/);
  assert.equal(trialWords(trial({ checks, holds: 'missing' }), 'begin').next, undefined);
});

test('one with a repository is joined, and is no place to move to', () => {
  const found = trial({ holds: 'repository', encrypted: true });
  assert.equal(trialWords(found, 'begin').next, 'Join with this device');
  assert.equal(trialWords(found, 'move').next, undefined);
});

test('one with a copy that a stopped move began is gone on with', () => {
  const begun = trial({ holds: 'own', encrypted: true });
  assert.equal(trialWords(begun, 'move').next, 'Go on there');
});

test('trouble is told first, the gravest before all', () => {
  const checks = [check('ok'), check('warning'), check('unknown'), check('problem')];
  const { troubles, others } = sortedChecks(checks);
  assert.deepEqual(
    troubles.map(({ outcome }) => outcome),
    ['problem', 'warning'],
  );
  assert.deepEqual(
    others.map(({ outcome }) => outcome),
    ['unknown', 'ok'],
  );
});
