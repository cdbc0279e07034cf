import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { SatchelError } from '../base/errors.ts';
import type { BucketSettings } from './bucket-settings.ts';
import { formatBucketUrl, isLoopbackHost, parseBucketUrl } from './url.ts';

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

test('an S3 bucket may name a provider, how objects are stored, and whom to trust', () => {
  assert.deepEqual(
    parseBucketUrl(
      's3://bucket?provider=scaleway&storage-class=STANDARD_IA&sse=aws:kms&sse-key=arn:aws:kms:x/1&ca-file=/etc/own.pem',
    ),
    {
      kind: 's3',
      bucket: 'bucket',
      prefix: '',
      provider: 'scaleway',
      storageClass: 'STANDARD_IA',
      sse: 'aws:kms',
      sseKeyId: 'arn:aws:kms:x/1',
      caFile: '/etc/own.pem',
    },
  );
});

test('a WebDAV bucket is a folder on a server; dav:// is clear text', () => {
  assert.deepEqual(parseBucketUrl('davs://dav.example.org'), {
    kind: 'dav',
    secure: true,
    host: 'dav.example.org',
    path: '',
  });
  assert.deepEqual(parseBucketUrl('DAV://DAV.Example.org:8080/My%20Files/n%C3%B6tes/?user=m+e&'), {
    kind: 'dav',
    secure: false,
    host: 'dav.example.org:8080',
    path: 'My Files/nötes',
    user: 'm e',
  });
  // The port that the protocol has anyway is none of the settings.
  assert.equal(formatBucketUrl(parseBucketUrl('davs://[::1]:443/x')), 'davs://[::1]/x');
});

test('a WebDAV user before the host is written as a setting', () => {
  const bucket = parseBucketUrl('davs://me%40home@dav.example.org/notes?ca-file=/etc/own.pem');
  assert.equal(
    formatBucketUrl(bucket),
    'davs://dav.example.org/notes?user=me%40home&ca-file=/etc/own.pem',
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
  assert.deepEqual(
    parseBucketUrl('davs://one@host/x?ca-file=/a.pem', { user: 'two', caFile: 'own.pem' }),
    {
      kind: 'dav',
      secure: true,
      host: 'host',
      path: 'x',
      user: 'two',
      caFile: resolve('own.pem'),
    },
  );
  assert.match(failure('/mnt/disk', { region: 'x' }).message, /a folder has no region/);
  assert.match(failure('/mnt/disk', { sseKeyId: 'x' }).message, /a folder has no sse key/);
  assert.match(failure('davs://host/x', { endpoint: 'x' }).message, /a WebDAV bucket has no/);
  assert.match(failure('s3://bucket', { user: 'x' }).message, /an s3:\/\/ bucket has no user/);
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
  ['https://s3.example.org/bucket', /does not start with https/, /endpoint=.*davs:\/\//],
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
  ['s3://bucket?user=me', /no setting called "user"/, /endpoint/],
  ['s3://bucket?provider=a b', /provider is not a plain word/, /provider=/],
  ['s3://bucket?storage-class=', /storage-class/, /STANDARD_IA/],
  ['s3://bucket?sse=yes', /neither AES256 nor aws:kms/, /sse=aws:kms/],
  ['s3://bucket?sse=AES256&sse-key=x', /a key that nothing uses/, /aws:kms/],
  ['s3://bucket?ca-file=ca.pem', /not an absolute path/, /\/path/],
  ['davs://', /cannot be read/, /davs:\/\//],
  ['davs://host:port/x', /cannot be read/, /davs:\/\//],
  ['davs://host/x#y', /takes no "#"/, /%23/],
  ['davs://host/a//b', /not a plain path/, /davs:\/\//],
  ['davs://host/a%zz', /broken %-escape/, /%25/],
  [`davs://host/${'p'.repeat(801)}`, /longer than 800/, /shorter/],
  ['davs://host/x?region=y', /no setting called "region"/, /user, ca-file/],
  ['davs://me@host/x?user=me', /given twice/, /Keep one/],
  ['davs://me%3Ax@host/x', /cannot hold a colon/, /name alone/],
  ['davs://host/x?user=', /user is empty/, /Leave user out/],
  ['davs://host/x?ca-file=../ca.pem', /not an absolute path/, /\/path/],
  ['dav://127.0.0.1/x?ca-file=/ca.pem', /speaks no TLS/, /davs:\/\//],
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

test('a password in a WebDAV URL is refused, with the reason, and not repeated', () => {
  for (const url of [
    'davs://test-user:test-password@host/x',
    'davs://host/x?password=test-password',
    'davs://host/x?pass=test-password',
  ]) {
    const error = failure(url);
    assert.match(error.message, /must not hold a password/);
    assert.match(error.hint ?? '', /histor.*SATCHEL_WEBDAV_PASSWORD/s);
    assert.doesNotMatch(`${error.message} ${error.hint}`, /test-user|test-password/);
  }
});

test('formatBucketUrl spells what parseBucketUrl reads back', () => {
  const segment = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 12 })
    .filter((text) => text.isWellFormed() && !/\p{Cc}|\/|\\/u.test(text) && !/^\.\.?$/.test(text));
  const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);
  const caFile = fc
    .array(segment, { minLength: 1, maxLength: 3 })
    .map((path) => `/${path.join('/')}`);
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
        provider: word,
        storageClass: word,
        sse: fc.constantFrom('AES256' as const, 'aws:kms' as const),
        caFile,
      },
      { requiredKeys: ['kind', 'bucket', 'prefix'], noNullPrototype: true },
    ),
    fc.record(
      {
        kind: fc.constant('s3' as const),
        bucket: fc.constant('bucket'),
        prefix: fc.constant(''),
        sse: fc.constant('aws:kms' as const),
        sseKeyId: segment,
      },
      { noNullPrototype: true },
    ),
    fc.record(
      {
        kind: fc.constant('dav' as const),
        secure: fc.constant(true),
        host: fc.constantFrom('dav.example.org', 'dav.example.org:8443', '127.0.0.1:7', '[::1]:7'),
        path: fc.array(segment, { maxLength: 4 }).map((path) => path.join('/')),
        user: segment.filter((user) => !user.includes(':')),
        caFile,
      },
      { requiredKeys: ['kind', 'secure', 'host', 'path'], noNullPrototype: true },
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
