/** How requests to S3 travel and what they ask for: authorities, proxies, classes, encryption. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { beforeEach, type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import { rejection } from '../../test/store-conformance.ts';
import { s3Failure, startServer, storedWell } from '../../test/support/canned-server.ts';
import { utf8 } from '../base/bytes.ts';
import type { S3Bucket } from './bucket-settings.ts';
import { openS3Store } from './s3.ts';
import type { S3Options } from './s3-options.ts';
import type { ObjectStore } from './store.ts';

const PROXY_SETTINGS = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'].flatMap((name) => [
  name,
  name.toLowerCase(),
]);
const ca = readFileSync(
  join(import.meta.dirname, '../../test/fixtures/self-signed-for-tests.cert.pem'),
  'utf8',
);

beforeEach(() => {
  process.env.AWS_ACCESS_KEY_ID = 'test-access-key';
  process.env.AWS_SECRET_ACCESS_KEY = 'test-secret-key';
  for (const name of PROXY_SETTINGS) delete process.env[name];
});

test('an authority that is named is trusted by that bucket, and by no other', async (context) => {
  const server = await startServer(context, storedWell(), { tls: true });
  const trusting = await openAt(context, server.endpoint, {}, { ca });
  await trusting.put('heads/a', utf8('body'));
  assert.equal(server.requests.length, 1);
  const strict = await openAt(context, server.endpoint);
  assert.match((await rejection(strict.list(''))).message, /no secure connection/);
});

test('HTTPS_PROXY is heeded, and NO_PROXY takes hosts out of it', async (context) => {
  const server = await startServer(context, storedWell(), { tls: true });
  const { proxy, asked } = await startProxy(context);
  // Without a scheme, as other programs take it too.
  process.env.HTTPS_PROXY = proxy.replace('http://', '');
  const store = await openAt(context, server.endpoint, {}, { ca });
  await store.put('heads/a', utf8('body'));
  assert.deepEqual(asked, [new URL(server.endpoint).host]);
  assert.equal(server.requests.length, 1);

  process.env.NO_PROXY = 'localhost';
  const direct = await openAt(context, server.endpoint, {}, { ca });
  await direct.put('heads/a', utf8('body'));
  assert.equal(asked.length, 1);
  assert.equal(server.requests.length, 2);
});

test('a proxy that does not let through, and one that cannot be named, are told as such', async (context) => {
  const { proxy } = await startProxy(context, 'refusing');
  process.env.HTTPS_PROXY = proxy;
  const store = await openAt(context, 'https://s3.example.invalid');
  const error = await rejection(store.list(''));
  assert.deepEqual([error.kind, error.retry], ['unreachable', 'soon']);
  assert.match(error.message, /the proxy would not connect to s3\.example\.invalid/);

  for (const name of ['no proxy at all', 'http://', 'socks5://127.0.0.1:1080']) {
    process.env.HTTPS_PROXY = name;
    const unnamed = await rejection(openAt(context, 'https://s3.example.invalid'));
    assert.equal(unnamed.kind, 'usage', name);
    assert.match(unnamed.hint ?? '', /HTTPS_PROXY/);
  }
});

test('the password of a proxy that cannot be read is told to nobody', async (context) => {
  // None of these characters may stand in a password as it is.
  for (const password of ['test#word', 'test/word', 'test?word', 'test%word']) {
    process.env.HTTPS_PROXY = `http://me:${password}@proxy.example.invalid:3128`;
    const error = await rejection(openAt(context, 'https://s3.example.invalid'));
    assert.deepEqual([error.kind, error.retry], ['usage', 'never']);
    assert.match(error.hint ?? '', /%23 for "#"/);
    // With its hint, its stack and its cause.
    assert.doesNotMatch(inspect(error), /test.word/);
  }
});

test('the storage class is for blobs of 128 KiB and more; all else stays standard', async (context) => {
  const server = await startServer(context, storedWell());
  const store = await openAt(context, server.endpoint, { storageClass: 'STANDARD_IA' });
  const bodies: readonly [string, number, string | undefined][] = [
    ['blobs/ab/large', 128 * 1024, 'STANDARD_IA'],
    ['blobs/ab/small', 128 * 1024 - 1, undefined],
    ['segments/a/1', 200 * 1024, undefined],
    ['heads/a', 200 * 1024, undefined],
  ];
  for (const [key, sizeBytes] of bodies) await store.put(key, new Uint8Array(sizeBytes));
  assert.deepEqual(
    server.requests.map(({ headers }) => headers['x-amz-storage-class']),
    bodies.map(([, , storageClass]) => storageClass),
  );
});

test('server-side encryption is asked for with every write, and with no other request', async (context) => {
  const settings: readonly [Partial<S3Bucket>, readonly (string | undefined)[]][] = [
    [{}, [undefined, undefined]],
    [{ sse: 'AES256' }, ['AES256', undefined]],
    [{ sse: 'aws:kms', sseKeyId: 'test-kms-key' }, ['aws:kms', 'test-kms-key']],
  ];
  for (const [setting, expected] of settings) {
    const server = await startServer(context, (request, response) =>
      (request.method === 'PUT' ? storedWell() : s3Failure(404, 'NoSuchKey'))(request, response),
    );
    const store = await openAt(context, server.endpoint, setting);
    await store.put('heads/a', utf8('body'));
    await store.put('blobs/ab/large', new Uint8Array(200_000));
    await store.get('heads/a');
    await store.delete('heads/a');
    const asked = server.requests.map(({ headers }) => [
      headers['x-amz-server-side-encryption'],
      headers['x-amz-server-side-encryption-aws-kms-key-id'],
    ]);
    const nothing = [undefined, undefined];
    assert.deepEqual(asked, [expected, expected, nothing, nothing]);
  }
});

test('a class or encryption that the service refuses without a reason is named', async (context) => {
  const server = await startServer(context, s3Failure(400, 'InvalidArgument'));
  const store = await openAt(context, server.endpoint, { storageClass: 'COLD', sse: 'AES256' });
  const small = await rejection(store.put('heads/a', utf8('body')));
  assert.deepEqual([small.kind, small.retry], ['usage', 'never']);
  assert.match(small.message, /with encryption AES256 \(/);
  const large = await rejection(store.put('blobs/ab/large', new Uint8Array(200_000)));
  assert.match(large.message, /with storage class COLD and encryption AES256/);
  assert.match(large.hint ?? '', /set another, or none/);
  // Of a request that asked for neither, the answer says something else.
  assert.equal((await rejection(store.list(''))).kind, 'internal');
});

/** A proxy for `CONNECT` (RFC 9110, section 9.3.6). */
async function startProxy(
  context: TestContext,
  manner: 'connecting' | 'refusing' = 'connecting',
): Promise<{ readonly proxy: string; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const server: Server = createServer();
  server.on('connect', ({ url = '' }, client) => {
    asked.push(url);
    client.on('error', () => client.destroy());
    if (manner === 'refusing') {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const target = connect(Number(new URL(`http://${url}`).port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      client.pipe(target).pipe(client);
    });
    target.on('error', () => client.destroy());
    context.after(() => target.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { proxy: `http://127.0.0.1:${port}`, asked };
}

async function openAt(
  context: TestContext,
  endpoint: string,
  settings: Partial<S3Bucket> = {},
  options: S3Options = {},
): Promise<ObjectStore> {
  const bucket = { kind: 's3', bucket: 'my-bucket', prefix: '', endpoint, ...settings } as const;
  const store = await openS3Store(bucket, options);
  context.after(() => store.close());
  return store;
}
