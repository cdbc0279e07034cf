/**
 * The least that Satchel needs of an S3 service, as documents to paste: rights, the policy of the
 * bucket, lifecycle rules. Pure. The forms are those of Amazon, which some other services read.
 */
import type { S3Bucket } from '../../store/bucket-settings.ts';

/** A statement in the policy language of AWS IAM, version 2012-10-17. */
export type Statement = {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  /** Only in the policy of a bucket. */
  readonly Principal?: '*';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

/** A type and no interface, so that it counts as plain data. */
export type PolicyDocument = {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
};

/** A rule as `PutBucketLifecycleConfiguration` takes it. */
export interface LifecycleRuleDocument {
  readonly ID: string;
  readonly Status: 'Enabled';
  readonly Filter: { readonly Prefix: string };
  readonly Expiration?: { readonly ExpiredObjectDeleteMarker: true };
  readonly NoncurrentVersionExpiration?: { readonly NoncurrentDays: number };
  readonly AbortIncompleteMultipartUpload?: { readonly DaysAfterInitiation: number };
  readonly Transitions?: readonly { readonly Days: number; readonly StorageClass: string }[];
}

export interface LifecycleDocument {
  readonly Rules: readonly LifecycleRuleDocument[];
}

/** An old head tells nothing that the new one does not; a day leaves time to notice a mishap. */
const OLD_HEADS_DAYS = 1;
const OLD_VERSIONS_DAYS = 30;
const ABANDONED_UPLOAD_DAYS = 7;
const ARCHIVE_DAYS = 90;
/**
 * The cheapest class of Amazon that is still read at once. The cheaper ones would make old versions
 * unreadable until somebody restores them, for hours.
 */
const ARCHIVE_CLASS = 'GLACIER_IR';

/** True for a bucket at Amazon itself, and not at a service that speaks the same language. */
export function isAmazon({ endpoint, provider = 'aws' }: S3Bucket): boolean {
  if (endpoint === undefined) return provider === 'aws';
  return /\.amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname);
}

/**
 * What a user or role of Satchel may do: the four actions that it uses, on this bucket and prefix,
 * over TLS. The condition on listing also decides whether a missing object is told as missing: for
 * that, the service takes the object's key for the prefix.
 */
export function iamPolicy(bucket: S3Bucket): PolicyDocument {
  const objects = `${arnOf(bucket)}/${escapeWildcards(basePrefix(bucket))}*`;
  const listing: Statement = {
    Sid: 'SatchelList',
    Effect: 'Allow',
    Action: 's3:ListBucket',
    Resource: arnOf(bucket),
    ...(bucket.prefix === ''
      ? {}
      : { Condition: { StringLike: { 's3:prefix': `${escapeWildcards(basePrefix(bucket))}*` } } }),
  };
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'SatchelObjects',
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
        Resource: objects,
      },
      listing,
      ...encryptionStatements(bucket),
      { Sid: 'SatchelTlsOnly', ...denyClearText([arnOf(bucket), objects]) },
    ],
  };
}

/** The policy of the bucket itself: nobody speaks to it in clear text. */
export function bucketPolicy(bucket: S3Bucket): PolicyDocument {
  const { Effect, ...rest } = denyClearText([arnOf(bucket), `${arnOf(bucket)}/*`]);
  return {
    Version: '2012-10-17',
    Statement: [{ Sid: 'TlsOnly', Effect, Principal: '*', ...rest }],
  };
}

/** Rules that take away what Satchel is done with, and nothing else. */
export function lifecycleConfiguration(bucket: S3Bucket): LifecycleDocument {
  const base = basePrefix(bucket);
  const rule = (id: string, prefix: string): Omit<LifecycleRuleDocument, 'Transitions'> => ({
    ID: `satchel-${id}`,
    Status: 'Enabled',
    Filter: { Prefix: prefix },
  });
  const Rules: LifecycleRuleDocument[] = [
    {
      ...rule('old-heads', `${base}heads/`),
      NoncurrentVersionExpiration: { NoncurrentDays: OLD_HEADS_DAYS },
    },
    {
      ...rule('leftovers', base),
      Expiration: { ExpiredObjectDeleteMarker: true },
      NoncurrentVersionExpiration: { NoncurrentDays: OLD_VERSIONS_DAYS },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: ABANDONED_UPLOAD_DAYS },
    },
  ];
  // Other services have other storage classes, or none.
  if (isAmazon(bucket)) {
    Rules.push({
      ...rule('archive', `${base}archive/`),
      Transitions: [{ Days: ARCHIVE_DAYS, StorageClass: ARCHIVE_CLASS }],
    });
  }
  return { Rules };
}

/** A key of one's own for encryption at rest has to be permitted besides the bucket. */
function encryptionStatements(bucket: S3Bucket): readonly Statement[] {
  const { sse, sseKeyId = '', region } = bucket;
  if (sse !== 'aws:kms' || sseKeyId === '' || namesKeyByAlias(bucket)) return [];
  const isArn = sseKeyId.startsWith('arn:');
  return [
    {
      Sid: 'SatchelEncryptionKey',
      Effect: 'Allow',
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
      Resource: isArn ? sseKeyId : `arn:${partitionOf(region)}:kms:*:*:key/${sseKeyId}`,
    },
  ];
}

/** True where the encryption key is named by an alias, which policies cannot name as a resource. */
export function namesKeyByAlias({ sseKeyId = '' }: S3Bucket): boolean {
  return /(?:^|:)alias\//.test(sseKeyId);
}

function denyClearText(resources: readonly string[]): Omit<Statement, 'Sid'> {
  return {
    Effect: 'Deny',
    Action: 's3:*',
    Resource: resources,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/** What stands before our keys: empty, or ending in `/`. */
function basePrefix({ prefix }: S3Bucket): string {
  return prefix === '' ? '' : `${prefix}/`;
}

function arnOf({ bucket, region }: S3Bucket): string {
  return `arn:${partitionOf(region)}:s3:::${bucket}`;
}

/** Amazon's separate clouds have names of resources of their own. */
function partitionOf(region = ''): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** In policies these characters mean something; as policy variables they mean themselves. */
function escapeWildcards(text: string): string {
  return text.replace(/[*?$]/g, (character) => `\${${character}}`);
}
