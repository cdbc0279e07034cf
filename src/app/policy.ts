/** The policies for a bucket, with what to know before pasting them. */
import { SatchelError } from '../base/errors.ts';
import type { BucketOverrides, S3Bucket } from '../store/bucket-settings.ts';
import { parseBucketUrl } from '../store/url.ts';
import type { AppContext } from './context.ts';
import { readSettings } from './home.ts';
import {
  iamPolicy,
  isAmazon,
  lifecycleConfiguration,
  namesKeyByAlias,
} from './policy/documents.ts';
import { terraformConfiguration } from './policy/terraform.ts';

export type PolicyName = 'iam' | 'terraform' | 'lifecycle';

export interface Policy {
  /** What to paste. */
  readonly text: string;
  /** The same for a program. */
  readonly document: unknown;
  /** What to do with it, and what it leaves out; a sentence each. */
  readonly notes: readonly string[];
}

/**
 * @param bucketUrl undefined for the bucket of this home.
 * @throws SatchelError `usage` where that is no S3 bucket, saying what to do instead.
 */
export function makePolicy(
  { home }: AppContext,
  name: PolicyName,
  bucketUrl: string | undefined,
  overrides: BucketOverrides,
): Policy {
  const bucket = policyBucket(bucketUrl ?? readSettings(home).bucket, overrides);
  switch (name) {
    case 'iam':
      return asJson(iamPolicy(bucket), iamNotes(bucket));
    case 'lifecycle':
      return asJson(lifecycleConfiguration(bucket), lifecycleNotes(bucket));
    case 'terraform': {
      const text = terraformConfiguration(bucket);
      return { text, document: { terraform: text }, notes: terraformNotes(bucket) };
    }
  }
}

function policyBucket(url: string, overrides: BucketOverrides): S3Bucket {
  const settings = parseBucketUrl(url, overrides);
  switch (settings.kind) {
    case 's3':
      return settings;
    case 'file':
      throw new SatchelError('usage', 'A folder has no policies.', {
        hint: `Let nobody else into ${settings.root} instead, by its permissions.`,
      });
    case 'dav':
      throw new SatchelError('usage', 'A WebDAV server knows no such policies.', {
        hint: 'Make a user or an app password for Satchel there, and let it into this folder alone.',
      });
  }
}

function asJson(document: unknown, notes: readonly string[]): Policy {
  return { text: JSON.stringify(document, undefined, 2), document, notes };
}

function iamNotes(bucket: S3Bucket): readonly string[] {
  return [
    isAmazon(bucket)
      ? 'Attach it to the user or role whose keys Satchel uses, and to nothing else.'
      : 'Where the service has no policies of this form, limit the keys to this bucket, with the ' +
        'rights to read, write, list and delete.',
    ...(namesKeyByAlias(bucket)
      ? [
          'Add kms:GenerateDataKey and kms:Decrypt on the key behind the alias: a policy needs its ARN.',
        ]
      : []),
  ];
}

function lifecycleNotes(bucket: S3Bucket): readonly string[] {
  const { endpoint } = bucket;
  const at = endpoint === undefined ? '' : ` --endpoint-url ${endpoint}`;
  return [
    `Save it as lifecycle.json, then: aws s3api put-bucket-lifecycle-configuration --bucket ` +
      `${bucket.bucket} --lifecycle-configuration file://lifecycle.json${at}`,
    'That replaces all lifecycle rules of the bucket: add those that it has and that should stay.',
    isAmazon(bucket)
      ? 'archive/ holds old versions only. GLACIER_IR is read at once; with GLACIER or DEEP_ARCHIVE ' +
        'in its place, they can be read only hours after somebody restores them.'
      : 'Storage classes differ from service to service, so old versions in archive/ stay where they ' +
        'are. A service without versioning may refuse the rules for noncurrent versions: it needs none.',
  ];
}

function terraformNotes(bucket: S3Bucket): readonly string[] {
  return isAmazon(bucket)
    ? ['Look at what "terraform plan" says before you apply it to a bucket with data in it.']
    : [
        'This is for Amazon. Of other services most know only a part of it: lifecycle rules, seldom ' +
          'policies and users. "satchel policy lifecycle" and "satchel policy iam" print those alone.',
      ];
}
