/** A bucket for Satchel as a Terraform configuration, laid out as `terraform fmt` does. Pure. */
import type { S3Bucket } from '../../store/bucket-settings.ts';
import {
  bucketPolicy,
  iamPolicy,
  type LifecycleRuleDocument,
  lifecycleConfiguration,
} from './documents.ts';
import { type Argument, args, block, expression, jsonencode } from './hcl.ts';

const BUCKET: Argument = ['bucket', ['aws_s3_bucket.satchel.id']];

/**
 * A configuration for the AWS provider, version 5 or newer: the bucket, closed to the public, and
 * a user that may do what Satchel needs. It makes no access key: its secret would be in the state.
 */
export function terraformConfiguration(bucket: S3Bucket): string {
  const rules = lifecycleConfiguration(bucket).Rules.flatMap((rule) => ['', ...ruleBlock(rule)]);
  const parts: readonly (readonly string[])[] = [
    [
      '# A bucket for Satchel. One that is there already is taken over by:',
      `#   terraform import aws_s3_bucket.satchel ${bucket.bucket}`,
      ...resource('aws_s3_bucket', args([['bucket', expression(bucket.bucket)]])),
    ],
    resource(
      'aws_s3_bucket_public_access_block',
      args([
        BUCKET,
        ['block_public_acls', ['true']],
        ['block_public_policy', ['true']],
        ['ignore_public_acls', ['true']],
        ['restrict_public_buckets', ['true']],
      ]),
    ),
    resource('aws_s3_bucket_ownership_controls', [
      ...args([BUCKET]),
      '',
      ...block('rule', args([['object_ownership', expression('BucketOwnerEnforced')]])),
    ]),
    [
      '# Satchel keeps versions itself. A bucket that ever was versioned knows only "Suspended".',
      ...resource('aws_s3_bucket_versioning', [
        ...args([BUCKET]),
        '',
        ...block('versioning_configuration', args([['status', expression('Disabled')]])),
      ]),
    ],
    [
      '# These replace all lifecycle rules that the bucket has.',
      ...resource('aws_s3_bucket_lifecycle_configuration', [...args([BUCKET]), ...rules]),
    ],
    resource('aws_s3_bucket_policy', [
      ...args([BUCKET, ['policy', jsonencode(bucketPolicy(bucket))]]),
      '',
      '# Amazon refuses two such changes to one bucket at the same time.',
      ...args([['depends_on', ['[aws_s3_bucket_public_access_block.satchel]']]]),
    ]),
    [
      '# Make its access key outside of Terraform, whose state would hold the secret:',
      '#   aws iam create-access-key --user-name satchel',
      ...resource('aws_iam_user', args([['name', expression('satchel')]])),
    ],
    resource(
      'aws_iam_user_policy',
      args([
        ['name', expression('satchel')],
        ['user', ['aws_iam_user.satchel.name']],
        ['policy', jsonencode(iamPolicy(bucket))],
      ]),
    ),
  ];
  return parts.map((lines) => lines.join('\n')).join('\n\n');
}

function ruleBlock(rule: LifecycleRuleDocument): readonly string[] {
  const parts: readonly (readonly [string, readonly Argument[]])[] = [
    ['filter', [['prefix', expression(rule.Filter.Prefix)]]],
    ['expiration', when(rule.Expiration, () => [['expired_object_delete_marker', ['true']]])],
    [
      'noncurrent_version_expiration',
      when(rule.NoncurrentVersionExpiration, ({ NoncurrentDays }) => [
        ['noncurrent_days', expression(NoncurrentDays)],
      ]),
    ],
    [
      'abort_incomplete_multipart_upload',
      when(rule.AbortIncompleteMultipartUpload, ({ DaysAfterInitiation }) => [
        ['days_after_initiation', expression(DaysAfterInitiation)],
      ]),
    ],
    ...(rule.Transitions ?? []).map(
      ({ Days, StorageClass }): readonly [string, readonly Argument[]] => [
        'transition',
        [
          ['days', expression(Days)],
          ['storage_class', expression(StorageClass)],
        ],
      ],
    ),
  ];
  return block('rule', [
    ...args([
      ['id', expression(rule.ID)],
      ['status', expression(rule.Status)],
    ]),
    ...parts.flatMap(([name, given]) =>
      given.length === 0 ? [] : ['', ...block(name, args(given))],
    ),
  ]);
}

function when<T>(
  value: T | undefined,
  words: (value: T) => readonly Argument[],
): readonly Argument[] {
  return value === undefined ? [] : words(value);
}

function resource(type: string, body: readonly string[]): readonly string[] {
  return block(`resource "${type}" "satchel"`, body);
}
