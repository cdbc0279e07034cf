import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { S3Bucket } from '../../store/bucket-settings.ts';
import { parseBucketUrl } from '../../store/url.ts';
import { args, expression, jsonencode } from './hcl.ts';
import { terraformConfiguration } from './terraform.ts';

function configuration(url: string): string {
  const settings = parseBucketUrl(url) as S3Bucket;
  return terraformConfiguration(settings);
}

suite("text in Terraform's language", () => {
  test('lines up the equals signs of what stands on one line each', () => {
    assert.deepEqual(
      args([
        ['a', expression('x')],
        ['longer', expression(1)],
        ['list', expression([{ b: true }])],
        ['c', expression(['x', 'y'])],
      ]),
      [
        'a      = "x"',
        'longer = 1',
        'list = [',
        '  {',
        '    b = true',
        '  },',
        ']',
        'c = ["x", "y"]',
      ],
    );
  });

  test('quotes names that need it, and what would begin a template', () => {
    const said = expression({ 'aws:x': 'a${*}b%{c}"\\' });
    assert.deepEqual(said, ['{', '  "aws:x" = "a$${*}b%%{c}\\"\\\\"', '}']);
  });

  test('encodes a value as JSON by a call', () => {
    assert.deepEqual(jsonencode({ a: 1 }), ['jsonencode({', '  a = 1', '})']);
    assert.deepEqual(jsonencode('x'), ['jsonencode("x")']);
  });
});

suite('a bucket for Satchel in Terraform', () => {
  const text = configuration('s3://my-bucket/notes?region=eu-west-1');

  test('holds what a bucket needs, each once', () => {
    const resources = [...text.matchAll(/^resource "(\w+)" "satchel" \{$/gm)].map(
      ([, type]) => type,
    );
    assert.deepEqual(resources, [
      'aws_s3_bucket',
      'aws_s3_bucket_public_access_block',
      'aws_s3_bucket_ownership_controls',
      'aws_s3_bucket_versioning',
      'aws_s3_bucket_lifecycle_configuration',
      'aws_s3_bucket_policy',
      'aws_iam_user',
      'aws_iam_user_policy',
    ]);
  });

  test('opens and closes each bracket, in order', () => {
    const pairs: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };
    const open: string[] = [];
    for (const character of text.replace(/"(?:\\.|[^"\\])*"|#.*$/gm, '')) {
      const closing = pairs[character];
      if (closing !== undefined) open.push(closing);
      else if ('}])'.includes(character)) assert.equal(open.pop(), character);
    }
    assert.deepEqual(open, []);
  });

  test('holds the rules and rights below the prefix, and makes no access key', () => {
    for (const prefix of ['notes/', 'notes/heads/', 'notes/archive/']) {
      assert.ok(text.includes(`prefix = "${prefix}"`), prefix);
    }
    assert.match(text, /"s3:prefix" = "notes\/\*"/);
    assert.equal(text.match(/"aws:SecureTransport" = "false"/g)?.length, 2);
    assert.doesNotMatch(text, /"aws_iam_access_key"/);
  });
});
