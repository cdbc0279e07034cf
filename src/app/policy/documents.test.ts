import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { S3Bucket } from '../../store/bucket-settings.ts';
import { parseBucketUrl } from '../../store/url.ts';
import {
  bucketPolicy,
  iamPolicy,
  isAmazon,
  lifecycleConfiguration,
  type Statement,
} from './documents.ts';

function bucket(url: string): S3Bucket {
  const settings = parseBucketUrl(url);
  return settings.kind === 's3' ? settings : assert.fail('no s3:// URL');
}

function statement(url: string, sid: string): Statement | undefined {
  return iamPolicy(bucket(url)).Statement.find(({ Sid }) => Sid === sid);
}

suite('the rights that Satchel needs', () => {
  test('are four actions on the prefix, over TLS, and nothing else', () => {
    assert.deepEqual(iamPolicy(bucket('s3://my-bucket/my/notes')), {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'SatchelObjects',
          Effect: 'Allow',
          Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
          Resource: 'arn:aws:s3:::my-bucket/my/notes/*',
        },
        {
          Sid: 'SatchelList',
          Effect: 'Allow',
          Action: 's3:ListBucket',
          Resource: 'arn:aws:s3:::my-bucket',
          Condition: { StringLike: { 's3:prefix': 'my/notes/*' } },
        },
        {
          Sid: 'SatchelTlsOnly',
          Effect: 'Deny',
          Action: 's3:*',
          Resource: ['arn:aws:s3:::my-bucket', 'arn:aws:s3:::my-bucket/my/notes/*'],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    });
  });

  test('are for the whole bucket where there is no prefix', () => {
    assert.equal(
      statement('s3://my-bucket', 'SatchelObjects')?.Resource,
      'arn:aws:s3:::my-bucket/*',
    );
    assert.equal(statement('s3://my-bucket', 'SatchelList')?.Condition, undefined);
  });

  test('take wildcards and variables in a prefix for what they are', () => {
    const { Resource } = statement('s3://my-bucket/a*b/$%7Bx%7D%3F', 'SatchelObjects') ?? {};
    assert.equal(Resource, 'arn:aws:s3:::my-bucket/a${*}b/${$}{x}${?}/*');
  });

  test('name things as in the part of Amazon that the region belongs to', () => {
    for (const [region, partition] of [
      ['eu-central-1', 'aws'],
      ['cn-north-1', 'aws-cn'],
      ['us-gov-west-1', 'aws-us-gov'],
    ] as const) {
      const list = statement(`s3://my-bucket?region=${region}`, 'SatchelList');
      assert.equal(list?.Resource, `arn:${partition}:s3:::my-bucket`);
    }
  });

  test('hold the encryption key that the bucket names', () => {
    const of = (key: string) =>
      statement(`s3://my-bucket?sse=aws:kms&sse-key=${key}`, 'SatchelEncryptionKey')?.Resource;
    assert.equal(of('0a-1b'), 'arn:aws:kms:*:*:key/0a-1b');
    assert.equal(of('arn:aws:kms:eu-west-1:1:key/0a'), 'arn:aws:kms:eu-west-1:1:key/0a');
    assert.equal(of('alias/mine'), undefined);
    assert.equal(statement('s3://my-bucket?sse=aws:kms', 'SatchelEncryptionKey'), undefined);
  });

  test('the policy of the bucket refuses clear text to everybody', () => {
    const [only, ...more] = bucketPolicy(bucket('s3://my-bucket/notes')).Statement;
    assert.equal(more.length, 0);
    assert.deepEqual([only?.Effect, only?.Principal, only?.Action], ['Deny', '*', 's3:*']);
    assert.deepEqual(only?.Resource, ['arn:aws:s3:::my-bucket', 'arn:aws:s3:::my-bucket/*']);
  });
});

suite('the lifecycle rules', () => {
  const of = (url: string) => lifecycleConfiguration(bucket(url)).Rules;

  test('delete no present object, and end old heads after a day', () => {
    const rules = of('s3://my-bucket/notes');
    for (const rule of rules) {
      assert.deepEqual(
        Object.keys(rule.Expiration ?? {}),
        rule.Expiration ? ['ExpiredObjectDeleteMarker'] : [],
      );
    }
    const heads = rules.find(({ Filter }) => Filter.Prefix === 'notes/heads/');
    assert.equal(heads?.NoncurrentVersionExpiration?.NoncurrentDays, 1);
    assert.ok(rules.every(({ Filter }) => Filter.Prefix.startsWith('notes/')));
  });

  test('move archive/ alone, and only to where it is read at once', () => {
    const moving = of('s3://my-bucket').filter(({ Transitions }) => Transitions !== undefined);
    assert.deepEqual(
      moving.map(({ Filter, Transitions }) => [Filter.Prefix, Transitions]),
      [['archive/', [{ Days: 90, StorageClass: 'GLACIER_IR' }]]],
    );
  });

  test('name no storage class of Amazon at another service', () => {
    const rules = of('s3://my-bucket?endpoint=https://s3.example.org');
    assert.ok(rules.every(({ Transitions }) => Transitions === undefined));
    assert.ok(isAmazon(bucket('s3://my-bucket?endpoint=https://s3.eu-west-1.amazonaws.com')));
    assert.ok(!isAmazon(bucket('s3://my-bucket?endpoint=https://amazonaws.com.example.org')));
    assert.ok(!isAmazon(bucket('s3://my-bucket?provider=r2')));
  });
});
