/** The merge fuzz finds what it is there for: rules with one mistake each fail it (merge-fuzz-broken.ts). */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BROKEN_RULES } from './merge-fuzz-broken.ts';
import { findFailure } from './merge-fuzz-campaign.ts';

suite('the fuzz finds the mistake', () => {
  // Always the same histories: whether a mistake is found within them must not be left to chance.
  const SEED = 4;
  const MOST = 5000;
  for (const [name, rules] of Object.entries(BROKEN_RULES)) {
    test(name, () => {
      const failure = findFailure(rules, SEED, 0, MOST);
      assert.match(failure?.message ?? 'nothing found', /^(S\d+|hold): /);
    });
  }
});
