/** What the S3 store makes of servers in trouble: real HTTP, answers by the test. */
import assert from 'node:assert/strict';
import { before, type TestContext, test } from 'node:test';
import { found, rejection } from '../../test/store-conformance.ts';
import {
  type Answer,
  reply,
  s3Failure,
  startServer,
  storedWell,
} from '../../test/support/canned-server.ts';
import {
  closedPort,
  endless,
  expect,
  OPERATIONS,
  type Operation,
  REQUESTS,
  SIGN_IN_PAGE,
  testBrokenLines,
} from '../../test/support/store-faults.ts';
import { utf8 } from '../base/bytes.ts';
import { openS3Store } from './s3.ts';
import type { S3Options } from './s3-options.ts';
import type { ObjectStore, StoreError } from './store.ts';

const QUICK: S3Options = { connectTimeoutMs: 500, idleTimeoutMs: 300 };

before(() => {
  process.env.AWS_ACCESS_KEY_ID = 'test-access-key';
  process.env.AWS_SECRET_ACCESS_KEY = 'test-secret-key';
});

test('a refusal names what was refused, where, and the permission that is lacking', async (context) => {
  const store = await openOn(context, s3Failure(403, 'AccessDenied'));
  const permissions = {
    read: /s3:GetObject/,
    write: /s3:PutObject/,
    list: /s3:ListBucket/,
    delete: /s3:DeleteObject/,
  };
  for (const operation of OPERATIONS) {
    const error = await rejection(REQUESTS[operation](store));
    expect(error, 'refused', 'never', new RegExp(`refused to ${operation} in bucket "my-bucket"`));
    assert.match(error.hint ?? '', permissions[operation]);
  }
});

const ANSWERS = [
  [403, 'InvalidAccessKeyId', 'refused', 'never', /credentials/, /access key/],
  [403, 'SignatureDoesNotMatch', 'refused', 'never', /credentials/, /secret/],
  [400, 'ExpiredToken', 'refused', 'never', /credentials/, /sign in again/],
  [403, 'RequestTimeTooSkewed', 'refused', 'soon', /clock/, /Set the clock/],
  [404, 'NoSuchBucket', 'usage', 'never', /no bucket "my-bucket"/, /Create it/],
  [400, 'InvalidBucketName', 'usage', 'never', /bucket name "my-bucket"/, /Correct/],
  [503, 'SlowDown', 'unreachable', 'slower', /slow down/, /later/],
  [429, 'TooManyRequests', 'unreachable', 'slower', /slow down/, /later/],
  [500, 'InternalError', 'unreachable', 'soon', /in trouble.*500/, /later/],
  [502, 'BadGateway', 'unreachable', 'soon', /in trouble.*502/, /later/],
  [400, 'RequestTimeout', 'unreachable', 'soon', /in trouble/, /later/],
  [400, 'BadDigest', 'damaged', 'soon', /not what was sent/, /alters/],
  [403, 'QuotaExceeded', 'internal', 'never', /is full/, /space/],
  [413, 'EntityTooLarge', 'usage', 'never', /this size/, /64 MiB/],
  [501, 'NotImplemented', 'internal', 'never', /501, NotImplemented: as the service says/, /lack/],
  [400, 'InvalidRequest', 'internal', 'never', /400, InvalidRequest: as the service says/, /lack/],
] as const;

for (const [status, code, kind, retry, message, hint] of ANSWERS) {
  test(`${status} ${code} is ${kind}, to be tried again: ${retry}`, async (context) => {
    const store = await openOn(context, s3Failure(status, code));
    for (const request of Object.values(REQUESTS)) {
      const error = await rejection(request(store));
      expect(error, kind, retry, message);
      assert.match(error.hint ?? '', hint);
    }
  });
}

test('only NoSuchKey means missing; a delete of it succeeds', async (context) => {
  const store = await openOn(context, s3Failure(404, 'NoSuchKey'));
  assert.deepEqual(await store.get('heads/a'), { kind: 'missing' });
  await store.delete('heads/a');
});

test('a bucket in another region is a usage error that names the region', async (context) => {
  const answers = [
    s3Failure(301, 'PermanentRedirect', '', { 'x-amz-bucket-region': 'eu-south-2' }),
    s3Failure(400, 'AuthorizationHeaderMalformed', '<Region>eu-south-2</Region>'),
    reply(307, '', { 'x-amz-bucket-region': 'eu-south-2', location: 'http://127.0.0.1:1/' }),
  ];
  for (const answer of answers) {
    const error = await rejection((await openOn(context, answer)).list(''));
    expect(error, 'usage', 'never', /is in region eu-south-2/);
    assert.match(error.hint ?? '', /region=eu-south-2/);
  }
});

test('a web page is not S3, whatever its status and whatever was asked', async (context) => {
  const page = { 'content-type': 'text/html; charset=utf-8' };
  for (const status of [200, 400, 403, 404]) {
    const store = await openOn(context, reply(status, SIGN_IN_PAGE, page));
    for (const request of Object.values(REQUESTS)) {
      const error = await rejection(request(store));
      expect(error, 'unreachable', 'never', /does not speak S3/);
      assert.match(error.hint ?? '', /endpoint/);
    }
  }
  const redirect = reply(302, '', { location: 'http://sign-in.example.org/' });
  expect(await failureOf(context, redirect, 'list'), 'unreachable', 'never', /does not speak S3/);
});

test('answers that are no listing are not an empty bucket', async (context) => {
  const answers = [
    reply(200, '<?xml version="1.0"?><feed><entry/></feed>'),
    reply(200, '{"objects":[]}', { 'content-type': 'application/json' }),
    reply(200, 'hello', { 'content-type': 'text/plain' }),
    reply(200, ''),
  ];
  for (const answer of answers) {
    expect(await failureOf(context, answer, 'list'), 'unreachable', 'never', /does not speak S3/);
  }
});

test('a listing that never ends is given up', async (context) => {
  const page = reply(
    200,
    '<ListBucketResult><Name>my-bucket</Name><IsTruncated>true</IsTruncated>' +
      '<NextContinuationToken>same</NextContinuationToken></ListBucketResult>',
  );
  expect(await failureOf(context, page, 'list'), 'unreachable', 'never', /never ends/);
});

test('a page of a web server in trouble is trouble, not another protocol', async (context) => {
  const page = { 'content-type': 'text/html' };
  const broken = await failureOf(context, reply(502, SIGN_IN_PAGE, page), 'read');
  expect(broken, 'unreachable', 'soon', /status 502/);
  const busy = await failureOf(context, reply(503, SIGN_IN_PAGE, page), 'read');
  expect(busy, 'unreachable', 'slower', /slow down/);
  const limited = await failureOf(context, reply(413, SIGN_IN_PAGE, page), 'write');
  expect(limited, 'usage', 'never', /this size/);
});

test('a write that was stored otherwise than sent is damaged, and one without ETag no S3', async (context) => {
  const wrong = reply(200, '', { etag: '"0123456789abcdef0123456789abcdef"' });
  expect(await failureOf(context, wrong, 'write'), 'damaged', 'soon', /something else/);
  expect(await failureOf(context, reply(200, ''), 'write'), 'unreachable', 'never', /no ETag/);
});

test('an ETag that is no MD5 proves nothing, and is a tag all the same', async (context) => {
  const md5LikeTag = '"0123456789abcdef0123456789abcdef"';
  const headers = [
    { etag: '"0123-2"' },
    { etag: md5LikeTag, 'x-amz-server-side-encryption': 'aws:kms' },
    { etag: md5LikeTag, 'x-amz-server-side-encryption-customer-algorithm': 'AES256' },
  ];
  for (const header of headers) {
    const store = await openOn(context, reply(200, '', header));
    assert.deepEqual(await store.put('a', utf8('body')), { tag: header.etag });
  }
  const weak = await openOn(context, reply(200, 'body', { etag: 'W/"abc"' }));
  assert.equal(found(await weak.get('a')).tag, undefined);
});

test('a request goes out once, with the MD5 of its body and without the newer checksums', async (context) => {
  const server = await startServer(context, s3Failure(503, 'SlowDown'));
  const store = await openAt(context, server.endpoint);
  await rejection(store.put('heads/a', utf8('body')));
  assert.equal(server.requests.length, 1);
  const [{ headers, url, method } = assert.fail()] = server.requests;
  assert.equal(`${method} ${url}`, 'PUT /my-bucket/heads/a?x-id=PutObject');
  assert.equal(headers['content-md5'], 'hBotaJrYa9FhFEdFPCLG/A==');
  assert.deepEqual(
    Object.keys(headers).filter((name) => /checksum|trailer/.test(name)),
    [],
  );
});

testBrokenLines({
  openOn,
  begin(_request, response) {
    response.writeHead(200, { 'content-length': '1000', etag: '"x"' });
    response.write('<ListBucketResult>');
  },
});

test('a body that never ends is cut off at maxBytes, and a listing as well', async (context) => {
  const store = await openOn(context, endless(200));
  const error = await rejection(store.get('heads/a', { maxBytes: 100_000 }));
  expect(error, 'damaged', 'never', /heads\/a is longer than the 100000 bytes/);
  expect(await rejection(store.list('')), 'unreachable', 'never', /does not speak S3/);
});

test('an endpoint where nothing listens, or that no name leads to, is unreachable', async (context) => {
  const closed = await openAt(context, `http://127.0.0.1:${await closedPort()}`);
  expect(
    await rejection(closed.list('')),
    'unreachable',
    'soon',
    /nothing answers at 127\.0\.0\.1/,
  );
  const nameless = await openAt(context, 'https://s3.nowhere.invalid');
  const error = await rejection(nameless.list(''));
  expect(error, 'unreachable', 'soon', /s3\.nowhere\.invalid cannot be found/);
});

test('a self-signed certificate is told as such; --insecure-tls accepts it for every request', async (context) => {
  const server = await startServer(context, storedWell(), { tls: true });
  const strict = await openAt(context, server.endpoint);
  const error = await rejection(strict.put('heads/a', utf8('body')));
  expect(error, 'unreachable', 'never', /no secure connection to localhost.*trusts/);
  assert.match(error.hint ?? '', /NODE_EXTRA_CA_CERTS/);
  assert.equal(server.requests.length, 0);

  const trusting = await openAt(context, server.endpoint, { insecureTls: true });
  await trusting.put('heads/a', utf8('body'));
  // Large enough for the SDK's "Expect: 100-continue", which used agents without our settings.
  await trusting.put('heads/a', new Uint8Array(3 * 1024 * 1024));
  assert.equal(server.requests.length, 2);
});

test('https:// to a port that speaks plain HTTP is a failed handshake', async (context) => {
  const server = await startServer(context, storedWell());
  const store = await openAt(context, server.endpoint.replace('http:', 'https:'));
  expect(await rejection(store.list('')), 'unreachable', 'never', /handshake failed/);
});

async function openOn(context: TestContext, answer: Answer): Promise<ObjectStore> {
  const server = await startServer(context, answer);
  return openAt(context, server.endpoint);
}

async function openAt(
  context: TestContext,
  endpoint: string,
  options: S3Options = {},
): Promise<ObjectStore> {
  const bucket = { kind: 's3', bucket: 'my-bucket', prefix: '', endpoint } as const;
  const store = await openS3Store(bucket, { ...QUICK, ...options });
  context.after(() => store.close());
  return store;
}

async function failureOf(
  context: TestContext,
  answer: Answer,
  operation: Operation,
): Promise<StoreError> {
  return rejection(REQUESTS[operation](await openOn(context, answer)));
}
