/** How an S3 bucket is set up, in words. Pure. */
import type { BucketSettingsSeen, Look } from '../../store/bucket-probe-seen.ts';
import { type Check, ok, problem, unknown, warning } from './check.ts';
import { lifecycleChecks, oldHeadsExpireDays } from './lifecycle.ts';

const LEAST_PRIVILEGE =
  'Keys that may do only what Satchel needs may not look. Whoever owns the bucket can see it in ' +
  'the console of the service.';

/** @param base what stands before our keys in the bucket: empty, or ending in `/`. */
export function settingsChecks(seen: BucketSettingsSeen, base: string): readonly Check[] {
  return [
    versioningCheck(seen, base),
    ...told(
      'lifecycle',
      'lifecycle rules',
      's3:GetLifecycleConfiguration',
      seen.lifecycle,
      (rules) => lifecycleChecks(rules, base),
    ),
    ...publicAccessChecks(seen),
    ...told(
      'object-lock',
      'object lock',
      's3:GetBucketObjectLockConfiguration',
      seen.retention,
      (retention) => [objectLockCheck(retention)],
    ),
    ...told(
      'encryption',
      'default encryption',
      's3:GetEncryptionConfiguration',
      seen.encryption,
      (algorithm) => [encryptionCheck(algorithm)],
    ),
  ];
}

/** True where each version is kept from being removed, for a while or for ever. */
export function isLocked({ retention }: BucketSettingsSeen): boolean {
  return retention.kind === 'seen' && retention.value !== 'none';
}

/** True where what is overwritten or removed stays as an old version. */
export function keepsVersions({ versioning }: BucketSettingsSeen): boolean {
  return versioning.kind === 'seen' && versioning.value === 'enabled';
}

function versioningCheck({ versioning, lifecycle }: BucketSettingsSeen, base: string): Check {
  const id = 'versioning';
  if (versioning.kind !== 'seen') {
    return notTold(id, 'versioning', 's3:GetBucketVersioning', versioning);
  }
  if (versioning.value === 'off') return ok(id, 'Versioning is off: what is overwritten is gone.');
  if (versioning.value === 'suspended') {
    return ok(id, 'Versioning is suspended: what is overwritten from now on is gone.');
  }
  const days = lifecycle.kind === 'seen' ? oldHeadsExpireDays(lifecycle.value, base) : undefined;
  if (days !== undefined) {
    return ok(
      id,
      `Versioning is on, and a lifecycle rule deletes old versions of heads after ${inDays(days)}.`,
    );
  }
  const everySave = 'each save overwrites a head, and its old versions are kept and billed';
  return lifecycle.kind === 'seen'
    ? warning(
        id,
        `Versioning is on: ${everySave} for ever.`,
        'Add the lifecycle rules that "satchel policy lifecycle <bucket-url>" prints, or suspend ' +
          'versioning: Satchel keeps versions itself.',
      )
    : warning(
        id,
        `Versioning is on: ${everySave}, unless a lifecycle rule deletes them.`,
        'Let whoever owns the bucket look whether it has the rules that "satchel policy lifecycle ' +
          '<bucket-url>" prints.',
      );
}

function publicAccessChecks(seen: BucketSettingsSeen): readonly Check[] {
  const id = 'public-access';
  const { publicAccessBlock, policyIsPublic, publicGrants } = seen;
  const isBlocked = publicAccessBlock.kind === 'seen' && publicAccessBlock.value === 'all';
  if (isBlocked) return [ok(id, 'Public access to the bucket is blocked.')];
  const problems: Check[] = [];
  const hint = 'Block public access in the settings of the bucket; Satchel never needs it.';
  if (policyIsPublic.kind === 'seen' && policyIsPublic.value) {
    problems.push(problem(id, 'The policy of the bucket lets everybody in.', hint));
  }
  if (publicGrants.kind === 'seen' && publicGrants.value.length > 0) {
    const who = publicGrants.value.join(', ');
    problems.push(problem(id, `The access control list of the bucket names ${who}.`, hint));
  }
  if (problems.length > 0) return problems;
  // Either look alone proves nothing: a bucket may be open by its policy or by its list.
  const unseen = [policyIsPublic, publicGrants].find(
    ({ kind }) => kind === 'refused' || kind === 'failed',
  );
  if (unseen !== undefined) {
    return [notTold(id, 'public access', 's3:GetBucketPolicyStatus, s3:GetBucketAcl', unseen)];
  }
  if (policyIsPublic.kind !== 'seen' && publicGrants.kind !== 'seen') {
    return [notTold(id, 'public access', '', policyIsPublic)];
  }
  return publicAccessBlock.kind === 'unsupported'
    ? [ok(id, 'The bucket is not public.')]
    : [
        ok(
          id,
          'The bucket is not public.',
          'Block public access in the settings of the bucket, and no later mistake can open it.',
        ),
      ];
}

function objectLockCheck(
  retention: Extract<BucketSettingsSeen['retention'], { kind: 'seen' }>['value'],
): Check {
  const id = 'object-lock';
  if (retention === 'none') return ok(id, 'Object lock keeps nothing from being removed.');
  return warning(
    id,
    `Object lock keeps every version for ${retention.period} (${retention.mode}): saving works, but ` +
      'each overwritten head and each removed object is kept and billed for that long.',
    'Use a bucket without a default retention, or count on paying for everything written.',
  );
}

function encryptionCheck(algorithm: string): Check {
  const id = 'encryption';
  if (algorithm === 'none') {
    return ok(id, 'The service does not encrypt by default; a Satchel repository encrypts itself.');
  }
  return algorithm.startsWith('aws:kms')
    ? ok(
        id,
        `The service encrypts at rest (${algorithm}).`,
        'The keys in use also need kms:GenerateDataKey and kms:Decrypt on the KMS key, and each ' +
          'request to KMS is billed.',
      )
    : ok(id, `The service encrypts at rest (${algorithm}).`);
}

function told<T>(
  id: string,
  what: string,
  right: string,
  look: Look<T>,
  words: (value: T) => readonly Check[],
): readonly Check[] {
  return look.kind === 'seen' ? words(look.value) : [notTold(id, what, right, look)];
}

function notTold(id: string, what: string, right: string, look: Look<unknown>): Check {
  switch (look.kind) {
    case 'refused':
      return unknown(id, `These keys may not look at ${what} (${right}).`, LEAST_PRIVILEGE);
    case 'failed':
      return unknown(id, `It could not be seen how ${what} is set: ${look.error.message}`);
    default:
      return unknown(id, `The service tells nothing about ${what}.`);
  }
}

function inDays(days: number): string {
  return days === 1 ? '1 day' : `${days} days`;
}
