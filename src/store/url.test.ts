import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { SatchelError } from '../base/errors.ts';
import { type BucketSettings, formatBucketUrl, isLoopbackHost, parseBucketUrl } from './url.ts';

test('a folder is named by a file:// URL or its absolute path', () => {
  const root = '/mnt/disk/my notes';
  assert.deepEqual(parseBucketUrl('file:///mnt/disk/my%20notes'), { kind: 'file', root });
  assert.deepEqual(parseBucketUrl('file:///mnt/disk/my notes/'), { kind: 'file', root });
  assert.deepEqual(parseBucketUrl('/mnt/disk/my notes'), { kind: 'file', root });
  assert.deepEqual(parseBucketUrl('/mnt/./disk/x/../my notes//'), { kind: 'file', root });
  assert.deepEqual(parseBucketUrl('/a%20b?c#d'), { kind: 'file', root: '/a%20b?c#d' });
});

test('an S3 bucket takes a prefix and settings, all but the name optional', () => {
  assert.deepEqual(parseBucketUrl('s3://my-bucket'), {
    kind: 's3',
    bucket: 'my-bucket',
    prefix: '',
  });
  assert.deepEqual(
    parseBucketUrl(
      's3://my.bucket-1/a/b%20c/?endpoint=http://127.0.0.1:9000/&region=us-east-1&profile=my+own&path-style=false',
    ),
    {
      kind: 's3',
      bucket: 'my.bucket-1',
      prefix: 'a/b c',
      endpoint: 'http://127.0.0.1:9000',
      region: 'us-east-1',
      profile: 'my own',
      pathStyle: false,
    },
  );
});

test('options win over the URL', () => {
  assert.deepEqual(
    parseBucketUrl('s3://bucket?region=one&profile=kept', {
      region: 'two',
      endpoint: 'https://s3.example.org/base/',
      pathStyle: true,
    }),
    {
      kind: 's3',
      bucket: 'bucket',
      prefix: '',
      endpoint: 'https://s3.example.org/base',
      region: 'two',
      profile: 'kept',
      pathStyle: true,
    },
  );
  assert.match(failure('/mnt/disk', { region: 'x' }).message, /a folder has no region/);
  assert.equal(parseBucketUrl('/mnt/disk', { region: undefined }).kind, 'file');
});

test('a folder may be named by a path relative to the working folder, if it says that it is one', () => {
  assert.deepEqual(parseBucketUrl('./disk/x'), { kind: 'file', root: resolve('disk/x') });
  assert.deepEqual(parseBucketUrl('../disk'), { kind: 'file', root: resolve('..', 'disk') });
  assert.match(failure('.disk').message, /URL or a path/);
});

const WRONG = [
  ['notes', /URL or a path/, /s3:\/\/.*file:\/\//],
  ['~/notes', /URL or a path/, /without "~"/],
  ['ftp://host/x', /no kind of bucket is called ftp/, /s3:\/\/.*file:\/\//],
  ['dav://host/x', /not there yet/, /s3:\/\//],
  ['davs://host/x', /not there yet/, /s3:\/\//],
  ['https://s3.example.org/bucket', /does not start with https/, /endpoint=/],
  ['file://mnt/disk', /not absolute/, /three slashes/],
  ['file:///mnt/disk?region=x', /takes no settings/, /%3F/],
  ['file:///', /whole disk/, /folder/],
  ['s3://', /names no bucket/, /3 to 63/],
  ['s3://ab', /"ab" cannot be/, /3 to 63/],
  ['s3://My-Bucket', /"My-Bucket" cannot be/, /lower-case/],
  ['s3://my_bucket', /cannot be/, /3 to 63/],
  ['s3://a..b', /cannot be/, /3 to 63/],
  ['s3://192.168.0.1', /cannot be/, /3 to 63/],
  ['s3://bucket:9000/x', /takes no port/, /endpoint=/],
  ['s3://bucket/a//b', /not a plain path/, /s3:/],
  ['s3://bucket/a%00b', /not a plain path/, /s3:/],
  ['s3://bucket/a%zz', /broken %-escape/, /%25/],
  ['s3://bucket/x#y', /takes no "#"/, /%23/],
  [`s3://bucket/${'p'.repeat(801)}`, /longer than 800/, /shorter/],
  ['s3://bucket?regoin=x', /no setting called "regoin"/, /endpoint, region, profile, path-style/],
  ['s3://bucket?region=a&region=b', /given twice/, /Keep one/],
  ['s3://bucket?region=', /region/, /us-east-1/],
  ['s3://bucket?profile=', /profile is empty/, /default/],
  ['s3://bucket?path-style=yes', /neither true nor false/, /true/],
  ['s3://bucket?endpoint=minio.local:9000', /not an http/, /https:\/\//],
  ['s3://bucket?endpoint=https://h/?x=1', /takes no settings/, /https:\/\//],
] as const;

for (const [url, message, hint] of WRONG) {
  test(`${url.slice(0, 60)} is a usage error with a hint`, () => {
    const error = failure(url);
    assert.equal(error.kind, 'usage');
    assert.match(error.message, message);
    assert.match(error.hint ?? '', hint);
  });
}

test('access keys in a URL are refused, with the reason, and not repeated', () => {
  for (const url of [
    's3://TESTKEY:test-secret@bucket/x',
    's3://TESTKEY@bucket',
    's3://bucket?secret-access-key=test-secret',
    's3://bucket?AWS_ACCESS_KEY_ID=TESTKEY',
    's3://bucket?endpoint=https://TESTKEY:test-secret@host',
  ]) {
    const error = failure(url);
    assert.match(error.message, /must not hold access keys/);
    assert.match(error.hint ?? '', /histor.*AWS_ACCESS_KEY_ID/s);
    assert.doesNotMatch(`${error.message} ${error.hint}`, /TESTKEY|test-secret/);
  }
});

test('formatBucketUrl spells what parseBucketUrl reads back', () => {
  const segment = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 12 })
    .filter((text) => text.isWellFormed() && !/\p{Cc}|\/|\\/u.test(text) && !/^\.\.?$/.test(text));
  const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);
  const settings: fc.Arbitrary<BucketSettings> = fc.oneof(
    fc.array(segment, { minLength: 1, maxLength: 4 }).map((path) => ({
      kind: 'file' as const,
      root: `/${path.join('/')}`,
    })),
    fc.record(
      {
        kind: fc.constant('s3' as const),
        bucket: fc.stringMatching(/^[a-z0-9][a-z0-9-]{1,20}[a-z0-9]$/),
        prefix: fc.array(segment, { maxLength: 4 }).map((path) => path.join('/')),
        endpoint: fc.constantFrom('https://s3.example.org', 'http://127.0.0.1:9000/base'),
        region: word,
        profile: segment,
        pathStyle: fc.boolean(),
      },
      { requiredKeys: ['kind', 'bucket', 'prefix'], noNullPrototype: true },
    ),
  );
  fc.assert(
    fc.property(settings, (before) => {
      assert.deepEqual(parseBucketUrl(formatBucketUrl(before)), before);
    }),
  );
  assert.equal(
    formatBucketUrl({
      kind: 's3',
      bucket: 'bucket',
      prefix: 'a b',
      endpoint: 'http://127.0.0.1:9000',
      region: 'us-east-1',
    }),
    's3://bucket/a%20b?endpoint=http://127.0.0.1:9000&region=us-east-1',
  );
});

test('only this machine is loopback', () => {
  for (const host of ['localhost', 's3.localhost', '127.0.0.1', '127.8.9.10', '[::1]']) {
    assert.equal(isLoopbackHost(host), true, host);
  }
  for (const host of ['localhost.example.org', '127.0.0.1.example.org', '10.0.0.1', '0.0.0.0']) {
    assert.equal(isLoopbackHost(host), false, host);
  }
});

function failure(url: string, overrides = {}): SatchelError {
  try {
    parseBucketUrl(url, overrides);
  } catch (error) {
    if (error instanceof SatchelError) return error;
    throw error;
  }
  return assert.fail(`${url} was accepted`);
}
