/**
 * The merge, against random histories of two to five devices and an oracle that knows what each
 * author had been shown (see merge-fuzz-properties.ts). TEST_SEED repeats a run, TEST_RUNS makes it
 * longer; `npm run fuzz` goes on for as long as one likes.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { chooseSeed } from '../support/ports.ts';
import { BAD_HISTORIES } from './merge-fuzz-bad.ts';
import { BROKEN_RULES, RARE_MISTAKES } from './merge-fuzz-broken.ts';
import { findFailure, shrink, violationOf } from './merge-fuzz-campaign.ts';
import { REAL_RULES } from './merge-fuzz-rules.ts';

const RUNS = Number(process.env.TEST_RUNS ?? 3000);

test(`S1, S2, S3, S7, S9: ${RUNS} histories end the same on every device`, (t) => {
  const seed = chooseSeed();
  t.diagnostic(`TEST_SEED=${seed}`);
  const failure = findFailure(REAL_RULES, seed, 0, RUNS);
  if (failure === undefined) return;
  const { index, message } = failure;
  assert.fail(`TEST_SEED=${seed}, history ${index}: ${message}\n${shrink(REAL_RULES, failure)}`);
});

suite('histories that failed once', () => {
  for (const [name, { history, mistake }] of Object.entries(BAD_HISTORIES)) {
    test(name, () => {
      assert.equal(violationOf(REAL_RULES, history), undefined);
      const broken = BROKEN_RULES[mistake] ?? RARE_MISTAKES[mistake];
      assert.ok(broken, mistake);
      assert.match(violationOf(broken, history) ?? 'nothing found', /^(S\d+|hold): /);
    });
  }
});
