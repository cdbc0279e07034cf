/** Opening an S3 bucket: addresses, regions, profiles, clear text. Answers come from the test. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, type TestContext, test } from 'node:test';
import { found, rejection } from '../../test/store-conformance.ts';
import { reply, s3Failure, startServer } from '../../test/support/canned-server.ts';
import { utf8 } from '../base/bytes.ts';
import type { S3Bucket } from './bucket-settings.ts';
import { openS3Store } from './s3.ts';
import type { S3Options } from './s3-options.ts';
import type { ObjectStore } from './store.ts';

beforeEach(() => {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('AWS_')) delete process.env[name];
  }
  process.env.AWS_EC2_METADATA_DISABLED = 'true';
  process.env.AWS_CONFIG_FILE = '/nowhere/config';
  process.env.AWS_SHARED_CREDENTIALS_FILE = '/nowhere/credentials';
});

test('an endpoint means path style and us-east-1, unless told otherwise', async (context) => {
  useKeys();
  const server = await startServer(context, s3Failure(404, 'NoSuchKey'));
  const plain = await open(context, { endpoint: server.endpoint, prefix: 'a b/ä' });
  await plain.get('heads/x');
  const told = await open(context, { endpoint: server.endpoint, region: 'garage' });
  await told.get('heads/x');
  const [first = assert.fail(), second = assert.fail()] = server.requests;
  assert.equal(first.url, '/my-bucket/a%20b/%C3%A4/heads/x?x-id=GetObject');
  assert.match(first.headers.authorization ?? '', /test-access-key\/\d+\/us-east-1\/s3\//);
  assert.match(second.headers.authorization ?? '', /\/garage\/s3\//);
});

test('path-style=false puts the bucket into the host name', async (context) => {
  useKeys();
  const server = await startServer(context, s3Failure(404, 'NoSuchKey'));
  const endpoint = server.endpoint.replace('127.0.0.1', 'localhost');
  const store = await open(context, { endpoint, pathStyle: false });
  const result = await store.get('heads/x').catch((error: unknown) => error);
  // Not every resolver knows names below localhost; then the error tells the name it sought.
  const [request] = server.requests;
  if (request !== undefined) assert.match(request.headers.host ?? '', /^my-bucket\.localhost:/);
  else assert.match(String((result as Error).cause), /my-bucket\.localhost/);
});

test('a region comes from the URL, the environment or the profile; none is a usage error', async (context) => {
  useKeys();
  const error = await rejection(openS3Store({ kind: 's3', bucket: 'my-bucket', prefix: '' }));
  assert.equal(error.kind, 'usage');
  assert.match(error.message, /no region/);
  assert.match(error.hint ?? '', /region=/);
  process.env.AWS_REGION = 'eu-west-1';
  assert.match((await open(context, {})).name, /Amazon S3 \(eu-west-1\)/);
  assert.match((await open(context, { region: 'eu-west-2' })).name, /Amazon S3 \(eu-west-2\)/);
  useProfile(context);
  delete process.env.AWS_REGION;
  assert.match((await open(context, { profile: 'travel' })).name, /Amazon S3 \(eu-north-1\)/);
});

test('a profile gives the keys, even beside keys in the environment', async (context) => {
  useKeys();
  useProfile(context);
  const server = await startServer(context, s3Failure(404, 'NoSuchKey'));
  const store = await open(context, { endpoint: server.endpoint, profile: 'travel' });
  await store.get('heads/x');
  assert.match(server.requests[0]?.headers.authorization ?? '', /test-profile-key\//);
});

test('no credentials at all is a refusal that tells the ways to give them', async (context) => {
  const server = await startServer(context, s3Failure(404, 'NoSuchKey'));
  for (const profile of [undefined, 'unknown']) {
    const settings = profile === undefined ? {} : { profile };
    const store = await open(context, { endpoint: server.endpoint, ...settings });
    const error = await rejection(store.list(''));
    assert.equal(error.kind, 'refused');
    assert.equal(error.retry, 'never');
    assert.match(error.hint ?? '', /AWS_ACCESS_KEY_ID.*profile.*sso/s);
    assert.equal(error.message.includes('profile "unknown"'), profile !== undefined);
  }
  assert.equal(server.requests.length, 0);
});

test('keys that were entered are used, and stay as they are', async (context) => {
  const server = await startServer(context, s3Failure(404, 'NoSuchKey'));
  const accessKeys = { accessKeyId: 'test-entered-key', secretAccessKey: 'test-entered-secret' };
  const store = await open(context, { endpoint: server.endpoint }, { accessKeys });
  await store.get('heads/x');
  assert.match(server.requests[0]?.headers.authorization ?? '', /test-entered-key\//);
  // They are what the device keeps: nothing that the SDK notes for itself may come along.
  assert.deepEqual(Object.keys(accessKeys), ['accessKeyId', 'secretAccessKey']);
});

test('clear text beyond this machine is refused before anything is sent, unless allowed', async (context) => {
  useKeys();
  const bucket = bucketWith({ endpoint: 'http://s3.example.invalid' });
  const error = await rejection(openS3Store(bucket));
  assert.equal(error.kind, 'usage');
  assert.match(error.message, /http:\/\/s3\.example\.invalid.*clear text/);
  assert.match(error.hint ?? '', /--insecure-tls/);

  const allowed = await open(context, bucket, { insecureTls: true });
  assert.match((await rejection(allowed.list(''))).message, /cannot be found/);
});

test('clear text is refused as well where the endpoint comes from the environment', async (context) => {
  useKeys();
  process.env.AWS_ENDPOINT_URL_S3 = 'http://s3.example.invalid';
  const store = await open(context, { region: 'us-east-1' });
  const error = await rejection(store.put('heads/a', utf8('body')));
  assert.equal(error.kind, 'usage');
  assert.match(error.message, /clear text/);
});

test('keys that a service spells without encoding are read as they are', async (context) => {
  useKeys();
  const listing =
    '<ListBucketResult><Name>my-bucket</Name><IsTruncated>false</IsTruncated>' +
    ['home/heads/a', 'home/heads/100%25+1', 'home/']
      .map((key) => `<Contents><Key>${key}</Key><Size>7</Size></Contents>`)
      .join('') +
    '</ListBucketResult>';
  const server = await startServer(context, reply(200, listing));
  const store = await open(context, { endpoint: server.endpoint, prefix: 'home' });
  assert.deepEqual(await store.list('heads/'), {
    objects: [{ key: 'heads/a', sizeBytes: 7 }],
    strange: ['heads/100%25+1'],
    pages: 1,
  });
  assert.match(server.requests[0]?.url ?? '', /prefix=home%2Fheads%2F/);
});

test('an ETag is sent back as it came, and 304 means unchanged', async (context) => {
  useKeys();
  const server = await startServer(context, (request, response) => {
    const isKnown = request.headers['if-none-match'] === '"tag 1"';
    response.writeHead(isKnown ? 304 : 200, { etag: '"tag 1"' }).end(isKnown ? '' : 'body');
  });
  const store = await open(context, { endpoint: server.endpoint });
  const { tag } = found(await store.get('heads/a'));
  assert.deepEqual(await store.get('heads/a', { ifNoneMatch: tag }), { kind: 'unchanged' });
  assert.equal(found(await store.get('heads/a', { ifNoneMatch: '"other"' })).tag, '"tag 1"');
});

function useKeys(): void {
  process.env.AWS_ACCESS_KEY_ID = 'test-access-key';
  process.env.AWS_SECRET_ACCESS_KEY = 'test-secret-key';
}

function useProfile(context: TestContext): void {
  const folder = mkdtempSync(join(tmpdir(), 'satchel-profile-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const credentials = join(folder, 'credentials');
  const config = join(folder, 'config');
  writeFileSync(
    credentials,
    '[travel]\naws_access_key_id = test-profile-key\naws_secret_access_key = test-profile-secret\n',
  );
  writeFileSync(config, '[profile travel]\nregion = eu-north-1\n');
  process.env.AWS_SHARED_CREDENTIALS_FILE = credentials;
  process.env.AWS_CONFIG_FILE = config;
}

function bucketWith(settings: Partial<S3Bucket>): S3Bucket {
  return { kind: 's3', bucket: 'my-bucket', prefix: '', ...settings };
}

async function open(
  context: TestContext,
  settings: Partial<S3Bucket>,
  options: S3Options = {},
): Promise<ObjectStore> {
  const store = await openS3Store(bucketWith(settings), options);
  context.after(() => store.close());
  return store;
}
