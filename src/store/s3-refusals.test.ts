/** Answers of S3 services that only a person can change, in the words of several services. */
import assert from 'node:assert/strict';
import { beforeEach, type TestContext, test } from 'node:test';
import { rejection } from '../../test/store-conformance.ts';
import { reply, startServer } from '../../test/support/canned-server.ts';
import { createManualClock } from '../../test/support/ports.ts';
import { utf8 } from '../base/bytes.ts';
import { withRetry } from './retry.ts';
import { openS3Store } from './s3.ts';
import type { S3Operation } from './s3-answer.ts';
import type { ObjectStore, StoreError } from './store.ts';

beforeEach(() => {
  process.env.AWS_ACCESS_KEY_ID = 'test-access-key';
  process.env.AWS_SECRET_ACCESS_KEY = 'test-secret-key';
});

const REQUESTS: Readonly<Record<S3Operation, (store: ObjectStore) => Promise<unknown>>> = {
  read: (store) => store.get('heads/a'),
  write: (store) => store.put('heads/a', utf8('body')),
  list: (store) => store.list(''),
  delete: (store) => store.delete('heads/a'),
};

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly says: string;
  readonly when?: readonly S3Operation[];
  readonly kind: StoreError['kind'];
  readonly message: RegExp;
  readonly hint: RegExp;
}

const EACH: readonly S3Operation[] = ['read', 'write', 'list', 'delete'];

const REFUSALS: readonly Refusal[] = [
  ...[
    { status: 403, code: 'QuotaExceeded' },
    { status: 507, code: 'InsufficientStorage' },
    { status: 507, code: 'XMinioStorageFull' },
    { status: 400, code: 'XMinioAdminBucketQuotaExceeded' },
    { status: 507, code: 'SomethingElse' },
  ].map(
    ({ status, code }): Refusal => ({
      status,
      code,
      says: 'no room',
      when: ['write'],
      kind: 'internal',
      message: new RegExp(`bucket "my-bucket" at .* is full \\(${code}\\)`),
      hint: /Make space.*stays on this device/,
    }),
  ),
  ...[
    { says: 'Cannot upload files, storage cap exceeded. See the Caps page.', cap: 'storage' },
    { says: 'Transaction cap exceeded, see the Cloud Storage Caps page.', cap: 'transaction' },
    { says: 'download_cap_exceeded', cap: 'download' },
  ].map(
    ({ says, cap }): Refusal => ({
      status: 403,
      code: 'AccessDenied',
      says,
      when: EACH,
      kind: 'refused',
      message: new RegExp(`the ${cap} cap of the account is reached`),
      hint: new RegExp(`Raise the ${cap} cap`),
    }),
  ),
  ...[
    {
      status: 403,
      code: 'AccessDenied',
      says: 'Access Denied because object protected by object lock.',
    },
    { status: 403, code: 'AccessDenied', says: 'forbidden by object lock' },
    {
      status: 400,
      code: 'InvalidRequest',
      says: 'Object is WORM protected and cannot be overwritten',
    },
    { status: 403, code: 'ObjectLockedByBucketPolicy', says: 'a bucket rule protects it' },
  ].map(
    (answer): Refusal => ({
      ...answer,
      when: ['delete', 'write'],
      kind: 'refused',
      message: /an object lock in bucket "my-bucket".*refused to (delete|write)/,
      hint: /end the lock.*or use a bucket without/,
    }),
  ),
  ...['KMS.DisabledException', 'KMS.NotFoundException', 'KMS.KMSInvalidStateException'].map(
    (code): Refusal => ({
      status: 400,
      code,
      says: 'the key is not usable',
      when: ['read', 'write'],
      kind: 'refused',
      message: new RegExp(`over its encryption key \\(${code}`),
      hint: /exists in the region of the bucket and is enabled/,
    }),
  ),
  {
    status: 403,
    code: 'AccessDenied',
    says: 'User: me is not authorized to perform: kms:GenerateDataKey on resource: the-key',
    when: ['write'],
    kind: 'refused',
    message: /over its encryption key/,
    hint: /Allow kms:GenerateDataKey and kms:Decrypt/,
  },
  {
    status: 400,
    code: 'InvalidStorageClass',
    says: 'The storage class you specified is not valid',
    when: ['write'],
    kind: 'usage',
    message: /does not have the storage class/,
    hint: /storage-class/,
  },
  {
    status: 400,
    code: 'InvalidEncryptionAlgorithmError',
    says: 'no such encryption',
    when: ['write'],
    kind: 'usage',
    message: /does not have the encryption/,
    hint: /sse/,
  },
  {
    status: 403,
    code: 'SignatureDoesNotMatch',
    says: 'The request signature we calculated does not match',
    when: EACH,
    kind: 'refused',
    message: /does not accept the credentials/,
    hint: /secret does not belong to the access key/,
  },
  {
    status: 401,
    code: 'Unauthorized',
    says: 'Unauthorized',
    when: EACH,
    kind: 'refused',
    message: /does not accept the credentials/,
    hint: /Check the access key/,
  },
];

for (const { status, code, says, when = EACH, kind, message, hint } of REFUSALS) {
  test(`${status} ${code} "${says}" is ${kind}, and trying again does not help`, async (context) => {
    const store = await openOn(context, status, code, says);
    for (const operation of when) {
      const error = await rejection(REQUESTS[operation](store));
      assert.match(error.message, message);
      assert.match(error.hint ?? '', hint);
      assert.deepEqual([error.kind, error.retry], [kind, 'never'], error.message);
    }
  });
}

test('a key without List says that s3:ListBucket is lacking, and can still write', async (context) => {
  const server = await startServer(context, (request, response) => {
    const isList = request.url.includes('list-type=2');
    const answer = isList
      ? errorReply(403, 'AccessDenied', 'not authorized to perform: s3:ListBucket')
      : reply(200, '', { etag: '"0123-1"' });
    answer(request, response);
  });
  const store = await openAt(context, server.endpoint);
  const error = await rejection(store.list('heads/'));
  assert.equal(error.kind, 'refused');
  assert.match(error.hint ?? '', /^Allow s3:ListBucket /);
  await store.put('heads/a', utf8('body'));
});

test('429 without end is tried 7 times, each later than the last, and ends as unreachable', async (context) => {
  const server = await startServer(context, errorReply(429, 'TooManyRequests', 'slow down'));
  const clock = createManualClock(0);
  const inner = await openAt(context, server.endpoint);
  const random = { bytes: (count: number) => new Uint8Array(count).fill(255) };
  const error = await rejection(withRetry(inner, { clock, random }).put('heads/a', utf8('body')));
  assert.deepEqual([error.kind, error.retry], ['unreachable', 'slower']);
  assert.equal(server.requests.length, 7);
  assert.deepEqual(clock.pausesMs, [1_000, 2_000, 4_000, 8_000, 16_000, 20_000]);
});

test('a rate limit that comes with status 400 is one as well', async (context) => {
  const store = await openOn(context, 400, 'RequestRateLimitExceeded', 'too many');
  const error = await rejection(store.list(''));
  assert.deepEqual([error.kind, error.retry], ['unreachable', 'slower']);
});

function errorReply(status: number, code: string, says: string) {
  return reply(
    status,
    `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code>` +
      `<Message>${says}</Message><RequestId>test</RequestId></Error>`,
  );
}

async function openOn(
  context: TestContext,
  status: number,
  code: string,
  says: string,
): Promise<ObjectStore> {
  const server = await startServer(context, errorReply(status, code, says));
  return openAt(context, server.endpoint);
}

async function openAt(context: TestContext, endpoint: string): Promise<ObjectStore> {
  const store = await openS3Store({ kind: 's3', bucket: 'my-bucket', prefix: '', endpoint });
  context.after(() => store.close());
  return store;
}
