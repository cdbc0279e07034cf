/**
 * Answers of the S3 API about a bucket's settings, in the words of `bucket-probe-seen.ts`. Pure. An
 * answer that tells nothing is undefined: some services answer any question with some document.
 */
import type {
  LifecycleRule as AnsweredRule,
  GetBucketAclCommandOutput,
  GetBucketEncryptionCommandOutput,
  GetBucketLifecycleConfigurationCommandOutput,
  GetBucketVersioningCommandOutput,
  GetObjectLockConfigurationCommandOutput,
  GetPublicAccessBlockCommandOutput,
  Transition,
} from '@aws-sdk/client-s3';
import type { LifecycleRule, Retention } from './bucket-probe-seen.ts';

/** Never versioned is told by a document without a status. */
export function versioningIn({
  Status,
}: GetBucketVersioningCommandOutput): 'enabled' | 'suspended' | 'off' {
  if (Status === 'Enabled') return 'enabled';
  return Status === 'Suspended' ? 'suspended' : 'off';
}

export function rulesIn({
  Rules,
}: GetBucketLifecycleConfigurationCommandOutput): readonly LifecycleRule[] | undefined {
  return Rules?.map(ruleIn);
}

function ruleIn(rule: AnsweredRule, index: number): LifecycleRule {
  const { Filter, Expiration } = rule;
  const expires = Expiration === undefined ? undefined : whenOf(Expiration);
  const noncurrentDays = rule.NoncurrentVersionExpiration?.NoncurrentDays;
  return {
    id: rule.ID ?? `number ${index + 1}`,
    isEnabled: rule.Status === 'Enabled',
    prefix: Filter?.Prefix ?? Filter?.And?.Prefix ?? rule.Prefix ?? '',
    hasTagFilter: Filter?.Tag !== undefined || (Filter?.And?.Tags?.length ?? 0) > 0,
    ...(expires === undefined ? {} : { expires }),
    ...(noncurrentDays === undefined ? {} : { noncurrentExpiresDays: noncurrentDays }),
    transitions: (rule.Transitions ?? []).map((transition) => ({
      storageClass: transition.StorageClass ?? 'another storage class',
      when: whenOf(transition) ?? 'at once',
    })),
  };
}

/** `after 30 days`, `on 2027-01-01`; undefined where neither is said. */
function whenOf({ Days, Date: date }: Pick<Transition, 'Days' | 'Date'>): string | undefined {
  if (Days !== undefined) return `after ${Days} ${Days === 1 ? 'day' : 'days'}`;
  return date === undefined ? undefined : `on ${date.toISOString().slice(0, 10)}`;
}

export function accessBlockIn({
  PublicAccessBlockConfiguration: block,
}: GetPublicAccessBlockCommandOutput): 'all' | 'some' | 'none' | undefined {
  if (block === undefined) return undefined;
  const parts = [
    block.BlockPublicAcls,
    block.IgnorePublicAcls,
    block.BlockPublicPolicy,
    block.RestrictPublicBuckets,
  ];
  if (parts.every((part) => part === true)) return 'all';
  return parts.includes(true) ? 'some' : 'none';
}

const PUBLIC_GROUPS: ReadonlyMap<string, string> = new Map([
  ['http://acs.amazonaws.com/groups/global/AllUsers', 'everybody'],
  [
    'http://acs.amazonaws.com/groups/global/AuthenticatedUsers',
    'everybody with an account at the service',
  ],
]);

export function publicGrantsIn({
  Grants,
}: GetBucketAclCommandOutput): readonly string[] | undefined {
  if (Grants === undefined) return undefined;
  const names = Grants.flatMap(({ Grantee, Permission = 'something' }) => {
    const who = PUBLIC_GROUPS.get(Grantee?.URI ?? '');
    return who === undefined ? [] : [`${who} (${Permission})`];
  });
  return [...new Set(names)];
}

export function retentionIn({
  ObjectLockConfiguration: lock,
}: GetObjectLockConfigurationCommandOutput): Retention | 'none' | undefined {
  if (lock === undefined) return undefined;
  const retention = lock.Rule?.DefaultRetention;
  if (retention === undefined) return 'none';
  const { Mode = 'an unknown mode', Days, Years } = retention;
  return { mode: Mode, period: Years === undefined ? `${Days ?? 0} days` : `${Years} years` };
}

export function encryptionIn({
  ServerSideEncryptionConfiguration: encryption,
}: GetBucketEncryptionCommandOutput): string | undefined {
  return encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;
}
