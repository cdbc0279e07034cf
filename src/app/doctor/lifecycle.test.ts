import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { LifecycleRule } from '../../store/bucket-probe-seen.ts';
import { lifecycleChecks, oldHeadsExpireDays } from './lifecycle.ts';

function rule(given: Partial<LifecycleRule>): LifecycleRule {
  return {
    id: 'tidy',
    isEnabled: true,
    prefix: '',
    hasTagFilter: false,
    transitions: [],
    ...given,
  };
}

function outcomes(rules: readonly LifecycleRule[], base = 'notes/'): readonly string[] {
  return lifecycleChecks(rules, base).map(({ outcome }) => outcome);
}

suite('lifecycle rules that delete', () => {
  const expires = 'after 30 days';

  test('a rule for the whole bucket is a problem that names it, and everything of ours', () => {
    const [check, ...more] = lifecycleChecks([rule({ expires })], 'notes/');
    assert.equal(more.length, 0);
    assert.equal(check?.outcome, 'problem');
    assert.match(check?.message ?? '', /"tidy" deletes .* the whole bucket after 30 days/);
    assert.match(check?.message ?? '', /everything of Satchel/);
    assert.match(check?.hint ?? '', /Remove that rule/);
  });

  test('a rule is a problem where its prefix covers, or lies within, what is kept', () => {
    for (const prefix of ['n', 'notes', 'notes/', 'notes/h', 'notes/heads/', 'notes/blobs/aa/']) {
      assert.deepEqual(outcomes([rule({ expires, prefix })]), ['problem'], prefix);
    }
    const [check] = lifecycleChecks([rule({ expires, prefix: 'notes/blobs/aa/' })], 'notes/');
    assert.match(check?.message ?? '', /"notes\/blobs\/aa\/" .* notes\/blobs\/: /);
  });

  test('old versions in archive/ are kept as well', () => {
    assert.deepEqual(outcomes([rule({ expires, prefix: 'notes/archive/' })]), ['problem']);
  });

  test('a rule for something else is fine: other prefixes, links, copies for other programs', () => {
    for (const prefix of ['logs/', 'notes-old/', 'notes/links/', 'notes/published/', 'heads/']) {
      assert.deepEqual(outcomes([rule({ expires, prefix })]), ['ok'], prefix);
    }
  });

  test('a rule that is off, or asks for tags, touches nothing', () => {
    const off = rule({ expires, isEnabled: false });
    assert.deepEqual(outcomes([off, rule({ expires, hasTagFilter: true })]), ['ok']);
  });

  test('each bad rule is a problem of its own', () => {
    const rules = [rule({ expires }), rule({ id: 'more', expires, prefix: 'notes/keys/' })];
    assert.deepEqual(outcomes(rules), ['problem', 'problem']);
  });
});

suite('lifecycle rules that move', () => {
  const to = (storageClass: string) => ({
    transitions: [{ storageClass, when: 'after 90 days' }],
  });

  test('to where reading takes hours is a problem for all but archive/', () => {
    for (const storageClass of ['GLACIER', 'DEEP_ARCHIVE']) {
      const [check] = lifecycleChecks([rule(to(storageClass))], '');
      assert.equal(check?.outcome, 'problem');
      assert.match(check?.message ?? '', new RegExp(`${storageClass} after 90 days`));
      assert.doesNotMatch(check?.message ?? '', /archive\//);
      assert.deepEqual(outcomes([rule({ ...to(storageClass), prefix: 'notes/blobs/' })]), [
        'problem',
      ]);
    }
  });

  test('of archive/ alone is fine, and says that history gets slow to read', () => {
    const [check] = lifecycleChecks(
      [rule({ ...to('GLACIER'), prefix: 'notes/archive/' })],
      'notes/',
    );
    assert.equal(check?.outcome, 'ok');
    assert.match(check?.hint ?? '', /hours/);
  });

  test('to a class that is read at once is fine anywhere', () => {
    for (const storageClass of ['STANDARD_IA', 'GLACIER_IR', 'INTELLIGENT_TIERING']) {
      const [check] = lifecycleChecks([rule(to(storageClass))], '');
      assert.deepEqual([check?.outcome, check?.hint], ['ok', undefined]);
    }
  });
});

suite('lifecycle rules for old heads', () => {
  const of = (given: Partial<LifecycleRule>) =>
    oldHeadsExpireDays([rule({ noncurrentExpiresDays: 3, ...given })], 'notes/');

  test('count where they cover all heads', () => {
    assert.equal(of({}), 3);
    assert.equal(of({ prefix: 'notes/' }), 3);
    assert.equal(of({ prefix: 'notes/heads/' }), 3);
    assert.equal(of({ prefix: 'notes/heads/a' }), undefined);
    assert.equal(of({ prefix: 'notes/blobs/' }), undefined);
    assert.equal(of({ isEnabled: false }), undefined);
    assert.equal(of({ hasTagFilter: true }), undefined);
  });

  test('the shortest of several counts', () => {
    const rules = [3, 1, 30].map((days) => rule({ noncurrentExpiresDays: days }));
    assert.equal(oldHeadsExpireDays(rules, ''), 1);
  });
});
