/**
 * The fake S3 itself, asked by the AWS SDK as others would ask it: what tests rely on when they say
 * "as Amazon S3 does". Each quirk is seen to make the difference that it is there for.
 */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { suite, type TestContext, test } from 'node:test';
import {
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import type { S3Bucket } from '../src/store/bucket-settings.ts';
import { createBucket, isBucketMissing } from '../src/store/s3-bucket.ts';
import { SILENT } from '../src/store/s3-transport.ts';
import { rejection } from './store-conformance.ts';
import { type FakeS3, startFakeS3 } from './support/fake-s3.ts';
import type { QuirkName } from './support/fake-s3-quirks.ts';

const Bucket = 'test-bucket';
const accessKeys = { accessKeyId: 'test-access-key', secretAccessKey: 'test-secret' };

interface Asked {
  readonly server: FakeS3;
  readonly client: S3Client;
  put(input: Partial<PutObjectCommandInput>): Promise<unknown>;
  keys(prefix?: string): Promise<string[]>;
}

async function ask(context: TestContext, ...quirks: readonly QuirkName[]): Promise<Asked> {
  const server = await startFakeS3(context, undefined, { quirks });
  const client = new S3Client({
    endpoint: server.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { ...accessKeys },
    maxAttempts: 1,
    logger: SILENT,
  });
  context.after(() => client.destroy());
  return {
    server,
    client,
    put: (input) => client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'body', ...input })),
    async keys(Prefix = '') {
      const { Contents } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }));
      return (Contents ?? []).map(({ Key = '' }) => Key);
    },
  };
}

/** Status and code of the refusal. */
async function refusal(request: Promise<unknown>): Promise<string> {
  const error = await request.then(
    () => assert.fail('the request succeeded'),
    (thrown: unknown) => thrown as { Code?: string; $metadata?: { httpStatusCode?: number } },
  );
  return `${error.$metadata?.httpStatusCode} ${error.Code ?? ''}`.trim();
}

suite('objects of the fake S3', () => {
  test('conditions on writes hold, or are ignored, or are refused', async (context) => {
    const { put } = await ask(context);
    assert.equal(await refusal(put({ IfMatch: '"any"' })), '404 NoSuchKey');
    await put({ IfNoneMatch: '*' });
    assert.equal(await refusal(put({ IfNoneMatch: '*' })), '412 PreconditionFailed');
    assert.equal(await refusal(put({ IfMatch: '"other"' })), '412 PreconditionFailed');
    await put({ IfMatch: '"841a2d689ad86bd1611447453c22c6fc"' });

    const ignoring = await ask(context, 'conditions-ignored');
    for (const _ of [1, 2]) await ignoring.put({ IfNoneMatch: '*' });
    const refusing = await ask(context, 'conditions-refused');
    assert.equal(await refusal(refusing.put({ IfNoneMatch: '*' })), '501 NotImplemented');
  });

  test('checksums are compared, beside the body and behind it', async (context) => {
    const { put } = await ask(context);
    const wrong = { ContentMD5: Buffer.alloc(16).toString('base64') };
    assert.equal(await refusal(put(wrong)), '400 BadDigest');
    const wrongSha = { ChecksumSHA256: Buffer.alloc(32).toString('base64') };
    assert.equal(await refusal(put(wrongSha)), '400 BadDigest');
    // A stream makes the SDK put its checksum behind the body.
    const streamed = () => ({ Body: Readable.from([Buffer.from('body')]), ContentLength: 4 });
    await put(streamed());
    const refusing = await ask(context, 'trailers-refused');
    assert.equal(await refusal(refusing.put(streamed())), '411 MissingContentLength');
  });

  test('a streamed body is stored without what it was wrapped in', async (context) => {
    const { client, put } = await ask(context);
    await put({ Body: Readable.from([Buffer.alloc(70_000, 1)]), ContentLength: 70_000 });
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'a' }));
    assert.deepEqual(await Body?.transformToByteArray(), Uint8Array.from(Buffer.alloc(70_000, 1)));
  });

  test('the storage class and the encryption of a write are kept, and must be known', async (context) => {
    const { client, put } = await ask(context);
    await put({ StorageClass: 'STANDARD_IA', ServerSideEncryption: 'aws:kms' });
    const read = await client.send(new GetObjectCommand({ Bucket, Key: 'a' }));
    assert.deepEqual([read.StorageClass, read.ServerSideEncryption], ['STANDARD_IA', 'aws:kms']);
    assert.notEqual(read.ETag, '"841a2d689ad86bd1611447453c22c6fc"', 'no MD5 under a key of KMS');
    const unknown = { StorageClass: 'COLD' as 'GLACIER' };
    assert.equal(await refusal(put(unknown)), '400 InvalidStorageClass');
  });

  test('a versioned bucket keeps what was replaced or deleted', async (context) => {
    const { client, put, keys } = await ask(context);
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await put({});
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    await put({ Body: 'second' });
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
    const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket }));
    assert.equal(Status, 'Enabled');
    assert.deepEqual(await keys(), []);
    const listed = await client.send(new ListObjectVersionsCommand({ Bucket }));
    assert.deepEqual(
      listed.Versions?.map(({ Size, VersionId }) => [Size, VersionId]),
      [
        [6, 'version-1'],
        [4, 'null'],
      ],
    );
    const [marker] = listed.DeleteMarkers ?? [];
    await client.send(
      new DeleteObjectCommand({ Bucket, Key: 'a', VersionId: marker?.VersionId ?? '' }),
    );
    assert.deepEqual(await keys(), ['a']);
  });
});

suite('listings of the fake S3', () => {
  const ODD = ['odd/a b+c', 'odd/é&<>"', 'odd/100%25', 'odd/\u0001', 'odd/deep/er', 'odd/z'];

  async function filled(context: TestContext, ...quirks: readonly QuirkName[]): Promise<Asked> {
    const asked = await ask(context, ...quirks);
    for (const Key of ODD) await asked.put({ Key });
    return asked;
  }

  test('come in pages, in the order of bytes, each key once, however it is spelled', async (context) => {
    const { client } = await filled(context, 'pages-of-2');
    const seen: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket, EncodingType: 'url', ContinuationToken }),
      );
      assert.ok((page.KeyCount ?? 0) <= 2);
      for (const { Key = '' } of page.Contents ?? []) {
        seen.push(decodeURIComponent(Key.replaceAll('+', ' ')));
      }
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    assert.deepEqual(
      seen,
      ODD.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
  });

  test('have common prefixes below a delimiter, and begin where they are told', async (context) => {
    const { client } = await filled(context);
    const page = await client.send(
      new ListObjectsV2Command({ Bucket, Prefix: 'odd/', Delimiter: '/', StartAfter: 'odd/b' }),
    );
    assert.deepEqual(page.CommonPrefixes, [{ Prefix: 'odd/deep/' }]);
    assert.deepEqual(
      page.Contents?.map(({ Key }) => Key),
      ['odd/z', 'odd/é&<>"'],
    );
    const wrong = new ListObjectsV2Command({ Bucket, ContinuationToken: 'of another service' });
    assert.equal(await refusal(client.send(wrong)), '400 InvalidArgument');
  });

  test('do not show the newest writes where they are late', async (context) => {
    const { keys } = await filled(context, 'lists-late');
    assert.equal((await keys('odd/')).length, ODD.length - 3);
  });

  test('reads that are late see the former object, once for each write', async (context) => {
    const { client, put } = await ask(context, 'reads-late');
    const get = () => client.send(new GetObjectCommand({ Bucket, Key: 'a' }));
    await put({ Body: 'one' });
    assert.equal(await refusal(get()), '404 NoSuchKey');
    await put({ Body: 'two' });
    assert.equal(await (await get()).Body?.transformToString(), 'one');
    assert.equal(await (await get()).Body?.transformToString(), 'two');
  });
});

suite('requests that the fake S3 does not let in', () => {
  test('one that nobody signed, and one whose body is another than was signed', async (context) => {
    const { server } = await ask(context);
    const url = `${server.endpoint}/${Bucket}/a`;
    const unsigned = await fetch(url);
    assert.equal(unsigned.status, 403);
    assert.match(await unsigned.text(), /<Code>AccessDenied</);
    assert.ok(unsigned.headers.has('date'), 'refusals tell the time');

    const { put } = await ask(context);
    const altered = new S3Client({
      endpoint: server.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { ...accessKeys },
      maxAttempts: 1,
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
    context.after(() => altered.destroy());
    altered.middlewareStack.add(
      (next) => async (args) => {
        (args.request as { body: unknown }).body = 'evil';
        return next(args);
      },
      { step: 'deserialize', name: 'alterAfterSigning' },
    );
    const request = altered.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'body' }));
    assert.equal(await refusal(request), '400 XAmzContentSHA256Mismatch');
    await put({});
  });

  test('one without the session token that belongs to a temporary key', async (context) => {
    const { server, put } = await ask(context);
    server.keys.set('test-access-key', { secret: 'test-secret', sessionToken: 'test-token' });
    assert.equal(await refusal(put({})), '400 InvalidToken');
  });
});

suite('a bucket for a new repository', () => {
  async function bucketCalled(context: TestContext, name: string): Promise<S3Bucket> {
    const { endpoint } = await startFakeS3(context);
    return { kind: 's3', bucket: name, prefix: '', endpoint };
  }

  test('is missing until it is made, and made once', async (context) => {
    const bucket = await bucketCalled(context, 'test-new-bucket');
    assert.equal(await isBucketMissing(bucket, { accessKeys }), true);
    await createBucket(bucket, { accessKeys });
    assert.equal(await isBucketMissing(bucket, { accessKeys }), false);
    const error = await rejection(createBucket(bucket, { accessKeys }));
    assert.equal(error.kind, 'usage');
    assert.match(error.message, /The bucket test-new-bucket exists already at 127/);
    assert.match(error.hint ?? '', /It is yours: use it/);
  });

  test('is not said to be missing by whoever does not know the keys', async (context) => {
    const bucket = await bucketCalled(context, 'test-new-bucket');
    const wrong = { accessKeyId: 'test-access-key', secretAccessKey: 'test-other-secret' };
    assert.equal(await isBucketMissing(bucket, { accessKeys: wrong }), false);
    const error = await rejection(createBucket(bucket, { accessKeys: wrong }));
    assert.equal(error.kind, 'refused');
  });
});
