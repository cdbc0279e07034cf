/** Keys and the time they are used at: given, renewed, rotated, run out; and a wrong clock. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, type TestContext, test } from 'node:test';
import { rejection } from '../../test/store-conformance.ts';
import {
  type Answer,
  type CannedRequest,
  s3Failure,
  startServer,
  storedWell,
} from '../../test/support/canned-server.ts';
import { createManualClock } from '../../test/support/ports.ts';
import { utf8 } from '../base/bytes.ts';
import type { S3Bucket } from './bucket-settings.ts';
import { withRetry } from './retry.ts';
import { openS3Store } from './s3.ts';
import type { S3Options } from './s3-options.ts';
import type { ObjectStore } from './store.ts';

const DAY_MS = 86_400_000;
/** What Amazon S3 allows between the time on a request and its own. */
const WINDOW_MS = 15 * 60_000;

beforeEach(() => {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('AWS_')) delete process.env[name];
  }
  process.env.AWS_EC2_METADATA_DISABLED = 'true';
  process.env.AWS_CONFIG_FILE = '/nowhere/config';
  process.env.AWS_SHARED_CREDENTIALS_FILE = '/nowhere/credentials';
});

test('keys that were entered are used, whatever the environment has', async (context) => {
  process.env.AWS_ACCESS_KEY_ID = 'test-environment-key';
  process.env.AWS_SECRET_ACCESS_KEY = 'test-environment-secret';
  const server = await startServer(context, storedWell());
  const accessKeys = {
    accessKeyId: 'test-entered-key',
    secretAccessKey: 'test-entered-secret',
    sessionToken: 'test-entered-token',
  };
  const store = await openAt(context, server.endpoint, {}, { accessKeys });
  await store.put('heads/a', utf8('body'));
  const [request = assert.fail()] = server.requests;
  assert.equal(keyOf(request), 'test-entered-key');
  assert.equal(request.headers['x-amz-security-token'], 'test-entered-token');
});

for (const offDays of [2, -2]) {
  test(`with a clock ${offDays} days off, the first request fails once and all others pass`, async (context) => {
    const serverNow = () => Date.now() - offDays * DAY_MS;
    const server = await startServer(context, strictAboutTime(serverNow));
    const accessKeys = { accessKeyId: 'test-access-key', secretAccessKey: 'test-secret-key' };
    const store = retrying(await openAt(context, server.endpoint, {}, { accessKeys }));
    await store.put('heads/a', utf8('body'));
    assert.equal(server.requests.length, 2);
    await store.put('heads/b', utf8('body'));
    assert.equal(server.requests.length, 3);
  });
}

test('the time of the server is told with each answer, also with a refusal', async (context) => {
  const dateMs = Date.UTC(2026, 0, 2, 3, 4, 5);
  const dated =
    (answer: Answer): Answer =>
    (request, response) => {
      response.setHeader('date', new Date(dateMs).toUTCString());
      answer(request, response);
    };
  const told: number[] = [];
  const options = {
    accessKeys: { accessKeyId: 'test-access-key', secretAccessKey: 'test-secret-key' },
    onServerDate: (ms: number) => told.push(ms),
  };
  for (const answer of [storedWell(), s3Failure(403, 'AccessDenied'), s3Failure(500, 'Oops')]) {
    const server = await startServer(context, dated(answer));
    const store = await openAt(context, server.endpoint, {}, options);
    await store.put('heads/a', utf8('body')).catch(() => {});
  }
  assert.deepEqual(told, [dateMs, dateMs, dateMs]);

  const cached = await startServer(context, (request, response) => {
    response.setHeader('age', '100');
    dated(storedWell())(request, response);
  });
  await (await openAt(context, cached.endpoint, {}, options)).put('heads/a', utf8('body'));
  assert.equal(told.length, 3, 'an answer from a cache tells no time');
});

test('temporary keys that the service calls expired are asked for anew, in mid-transfer', async (context) => {
  const accepted = new Set(['test-key-1']);
  const server = await startServer(context, accepting(accepted));
  // Valid for hours by this clock: only the service knows that they were withdrawn.
  useProcess(context, (n) => `test-key-${n}`);
  const store = retrying(await openAt(context, server.endpoint, { profile: 'temporary' }));
  await store.put('heads/a', utf8('body'));
  accepted.clear();
  accepted.add('test-key-2');
  // At once, as in a transfer: each of them was signed with the former key.
  await Promise.all(['b', 'c', 'd'].map((key) => store.put(`heads/${key}`, utf8('body'))));
  await store.put('heads/e', utf8('body'));
  assert.equal(keyOf(server.requests.at(-1) ?? assert.fail()), 'test-key-2');
});

test('temporary keys whose source gives the same again are a refusal, sent once', async (context) => {
  const server = await startServer(context, accepting(new Set()));
  useProcess(context, () => 'test-key-1');
  const store = retrying(await openAt(context, server.endpoint, { profile: 'temporary' }));
  const error = await rejection(store.put('heads/a', utf8('body')));
  assert.deepEqual([error.kind, error.retry], ['refused', 'never']);
  assert.match(error.hint ?? '', /has expired: sign in again/);
  assert.equal(server.requests.length, 1);
});

test('keys that were rotated in the credentials file are read from it again', async (context) => {
  const accepted = new Set(['test-old-key']);
  const server = await startServer(context, accepting(accepted, 'InvalidAccessKeyId'));
  const file = useFile(context, 'test-old-key');
  const store = retrying(await openAt(context, server.endpoint, { profile: 'lasting' }));
  await store.put('heads/a', utf8('body'));
  accepted.clear();
  const error = await rejection(store.put('heads/b', utf8('body')));
  assert.deepEqual([error.kind, error.retry], ['refused', 'never'], 'not yet renewed in the file');
  assert.match(error.hint ?? '', /replaced/);

  accepted.add('test-new-key');
  writeFileSync(file, readFileSync(file, 'utf8').replace('test-old-key', 'test-new-key'));
  await store.put('heads/b', utf8('body'));
  assert.equal(keyOf(server.requests.at(-1) ?? assert.fail()), 'test-new-key');
});

test('keys that were entered and have expired are a refusal that says so', async (context) => {
  const server = await startServer(context, accepting(new Set()));
  const accessKeys = {
    accessKeyId: 'test-entered-key',
    secretAccessKey: 'test-entered-secret',
    sessionToken: 'test-entered-token',
  };
  const store = retrying(await openAt(context, server.endpoint, {}, { accessKeys }));
  const error = await rejection(store.list(''));
  assert.deepEqual([error.kind, error.retry], ['refused', 'never']);
  assert.match(error.message, /ExpiredToken/);
  assert.match(error.hint ?? '', /renew the session token/);
  assert.equal(server.requests.length, 1);
});

/** A server that refuses requests dated outside of its window, as Amazon's does. */
function strictAboutTime(now: () => number): Answer {
  return (request, response) => {
    response.setHeader('date', new Date(now()).toUTCString());
    const [, y, mo, d, h, mi, s] =
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(request.headers['x-amz-date'])) ?? [];
    const sentMs = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
    const isNear = Math.abs(sentMs - now()) < WINDOW_MS;
    const answer = isNear ? storedWell() : s3Failure(403, 'RequestTimeTooSkewed');
    answer(request, response);
  };
}

/** A server that knows these keys and no others. */
function accepting(keys: ReadonlySet<string>, refusal = 'ExpiredToken'): Answer {
  return (request, response) => {
    const answer = keys.has(keyOf(request)) ? storedWell() : s3Failure(400, refusal);
    answer(request, response);
  };
}

function keyOf({ headers }: CannedRequest): string {
  return /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
}

/** A profile whose keys come from a program, which counts how often it is asked. */
function useProcess(context: TestContext, keyOnAsking: (times: number) => string): void {
  const folder = temporaryFolder(context);
  const program = join(folder, 'keys.mjs');
  const keys = [1, 2, 3, 4, 5].map(keyOnAsking);
  writeFileSync(
    program,
    `import { readdirSync, writeFileSync } from 'node:fs';
     const asked = readdirSync(import.meta.dirname).filter((name) => name.startsWith('asked')).length;
     writeFileSync(import.meta.dirname + '/asked-' + (asked + 1), '');
     console.log(JSON.stringify({
       Version: 1,
       AccessKeyId: ${JSON.stringify(keys)}[asked],
       SecretAccessKey: 'test-secret',
       SessionToken: 'test-token-' + ${JSON.stringify(keys)}[asked],
       Expiration: new Date(Date.now() + 6 * 3_600_000).toISOString(),
     }));`,
  );
  const config = join(folder, 'config');
  writeFileSync(
    config,
    `[profile temporary]\ncredential_process = "${process.execPath}" "${program}"\n`,
  );
  process.env.AWS_CONFIG_FILE = config;
}

/** A profile with keys in a file. */
function useFile(context: TestContext, key: string): string {
  const file = join(temporaryFolder(context), 'credentials');
  writeFileSync(
    file,
    `[lasting]\naws_access_key_id = ${key}\naws_secret_access_key = test-secret\n`,
  );
  process.env.AWS_SHARED_CREDENTIALS_FILE = file;
  return file;
}

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'satchel-keys-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Tries again as the program does, without the waiting. */
function retrying(store: ObjectStore): ObjectStore {
  const random = { bytes: (count: number) => new Uint8Array(count) };
  return withRetry(store, { clock: createManualClock(0), random });
}

async function openAt(
  context: TestContext,
  endpoint: string,
  settings: Partial<S3Bucket>,
  options: S3Options = {},
): Promise<ObjectStore> {
  const bucket = { kind: 's3', bucket: 'my-bucket', prefix: '', endpoint, ...settings } as const;
  const store = await openS3Store(bucket, options);
  context.after(() => store.close());
  return store;
}
