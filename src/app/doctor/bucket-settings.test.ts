import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { BucketSettingsSeen } from '../../store/bucket-probe-seen.ts';
import { StoreError } from '../../store/store.ts';
import { settingsChecks } from './bucket-settings.ts';
import type { Check } from './check.ts';

const seen = <T>(value: T) => ({ kind: 'seen', value }) as const;
const refused = { kind: 'refused' } as const;
const unsupported = { kind: 'unsupported' } as const;

/** A bucket as it should be. */
const GOOD: BucketSettingsSeen = {
  versioning: seen('off'),
  lifecycle: seen([]),
  publicAccessBlock: seen('all'),
  policyIsPublic: seen(false),
  publicGrants: seen([]),
  retention: seen('none'),
  encryption: seen('AES256'),
};

function check(id: string, given: Partial<BucketSettingsSeen>): Check {
  const found = settingsChecks({ ...GOOD, ...given }, '').find((one) => one.id === id);
  return found ?? assert.fail(`no check is called ${id}`);
}

suite('how a bucket is set up', () => {
  test('a bucket as it should be gets nothing but ok', () => {
    const checks = settingsChecks(GOOD, '');
    assert.deepEqual(
      checks.map(({ id, outcome }) => `${id} ${outcome}`),
      ['versioning ok', 'lifecycle ok', 'public-access ok', 'object-lock ok', 'encryption ok'],
    );
  });

  test('keys of least privilege see nothing, and that is no problem', () => {
    const blind: BucketSettingsSeen = {
      versioning: refused,
      lifecycle: refused,
      publicAccessBlock: refused,
      policyIsPublic: refused,
      publicGrants: refused,
      retention: refused,
      encryption: refused,
    };
    const checks = settingsChecks(blind, '');
    assert.equal(checks.length, 5);
    for (const { outcome, message, hint } of checks) {
      assert.equal(outcome, 'unknown');
      assert.match(message, /^These keys may not look at .* \(s3:Get/);
      assert.match(hint ?? '', /only what Satchel needs/);
    }
  });

  test('what the service lacks, or fails to tell, is no problem either', () => {
    assert.equal(check('versioning', { versioning: unsupported }).outcome, 'unknown');
    const error = new StoreError('unreachable', 'the service is in trouble', 'soon');
    const failing = check('encryption', { encryption: { kind: 'failed', error } });
    assert.equal(failing.outcome, 'unknown');
    assert.match(failing.message, /in trouble/);
  });

  test('versioning warns that old heads are billed, unless a rule deletes them', () => {
    const versioning = seen('enabled' as const);
    const warned = check('versioning', { versioning });
    assert.equal(warned.outcome, 'warning');
    assert.match(warned.message, /kept and billed/);
    assert.match(warned.hint ?? '', /satchel policy lifecycle/);
    const rules = {
      id: 'old',
      isEnabled: true,
      prefix: 'heads/',
      hasTagFilter: false,
      transitions: [],
      noncurrentExpiresDays: 1,
    };
    const tidied = check('versioning', { versioning, lifecycle: seen([rules]) });
    assert.equal(tidied.outcome, 'ok');
    assert.match(tidied.message, /after 1 day\./);
    assert.equal(check('versioning', { versioning, lifecycle: refused }).outcome, 'warning');
    assert.equal(check('versioning', { versioning: seen('suspended') }).outcome, 'ok');
  });

  test('public access by policy or by list is a problem, unless it is blocked', () => {
    const open = { policyIsPublic: seen(true), publicGrants: seen(['everybody (READ)']) };
    const checks = settingsChecks({ ...GOOD, ...open, publicAccessBlock: seen('some') }, '');
    const problems = checks.filter(({ outcome }) => outcome === 'problem');
    assert.match(problems[0]?.message ?? '', /lets everybody in/);
    assert.match(problems[1]?.message ?? '', /everybody \(READ\)/);
    assert.equal(check('public-access', open).outcome, 'ok');
  });

  test('a bucket whose list cannot be seen is not called closed', () => {
    const half = { publicAccessBlock: seen('none' as const), publicGrants: refused };
    assert.equal(check('public-access', half).outcome, 'unknown');
    const neither = { publicAccessBlock: unsupported, policyIsPublic: unsupported };
    assert.equal(
      check('public-access', { ...neither, publicGrants: unsupported }).outcome,
      'unknown',
    );
    assert.equal(check('public-access', neither).outcome, 'ok');
  });

  test('object lock warns what it costs', () => {
    const retention = seen({ mode: 'COMPLIANCE', period: '30 days' });
    const { outcome, message } = check('object-lock', { retention });
    assert.equal(outcome, 'warning');
    assert.match(message, /30 days \(COMPLIANCE\)/);
  });

  test('a KMS key of the bucket needs rights of its own', () => {
    assert.match(check('encryption', { encryption: seen('aws:kms') }).hint ?? '', /kms:Decrypt/);
    assert.equal(check('encryption', { encryption: seen('none') }).outcome, 'ok');
  });
});
