/** What an S3 server does with objects, beyond what Satchel asks of it. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  type S3ClientConfig,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { forEachConcurrently } from '../../src/base/concurrency.ts';
import type { S3Bucket } from '../../src/store/bucket-settings.ts';
import { placeOf } from '../../src/store/s3-place.ts';
import { SILENT, transport } from '../../src/store/s3-transport.ts';
import { freshFolder } from './buckets.ts';
import {
  countDone,
  isDone,
  type Question,
  type Reply,
  whetherDone,
  whetherRefused,
} from './capabilities.ts';

export interface S3Bench {
  readonly settings: S3Bucket;
  readonly client: S3Client;
  /** A whole key below a folder of this bench. */
  key(name: string): string;
  /** Runs `work` with a client that is set up otherwise. */
  withClient<T>(config: S3ClientConfig, work: (client: S3Client) => Promise<T>): Promise<T>;
  put(key: string, more?: Partial<PutObjectCommandInput>): Promise<Reply>;
  /** Removes what was written. */
  close(): Promise<void>;
}

const BODY = 'a body of the matrix';
const MD5_OF_BODY = createHash('md5').update(BODY).digest();
const PAGE_KEYS = 1_001;
const MIN_PART_BYTES = 5 * 1024 * 1024;
const AT_ONCE = 64;
/** A busy server takes its time until it has stored the first half of a body. */
const LOOKS = 40;
const LOOK_PAUSE_MS = 50;
/** Beyond the quarter of an hour that Amazon S3 allows. */
const SKEW_MS = 20 * 60_000;

export function openS3Bench(settings: S3Bucket): S3Bench {
  const clientWith = (config: S3ClientConfig): S3Client =>
    new S3Client({
      ...transport({}),
      ...placeOf(settings),
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      logger: SILENT,
      ...config,
    });
  const client = clientWith({});
  const folder = freshFolder(settings.prefix);
  const Bucket = settings.bucket;
  return {
    settings,
    client,
    key: (name) => `${folder}/${name}`,
    async withClient(config, work) {
      const other = clientWith(config);
      return await work(other).finally(() => other.destroy());
    },
    put: (Key, more = {}) =>
      replyTo(() => client.send(new PutObjectCommand({ Bucket, Key, Body: BODY, ...more }))),
    async close() {
      for (let isMore = true; isMore; ) {
        const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix: `${folder}/` }));
        await forEachConcurrently(page.Contents ?? [], 16, async ({ Key }) => {
          await client.send(new DeleteObjectCommand({ Bucket, Key }));
        });
        isMore = page.IsTruncated === true;
      }
      client.destroy();
    },
  };
}

/** The status of an answer, be it one that the SDK throws. What got no answer is thrown on. */
export async function replyTo(
  send: () => Promise<{ readonly $metadata: { readonly httpStatusCode?: number | undefined } }>,
): Promise<Reply> {
  try {
    return { status: (await send()).$metadata.httpStatusCode ?? 0 };
  } catch (error) {
    const { name, $metadata } = error as {
      readonly name?: string;
      readonly $metadata?: { readonly httpStatusCode?: number };
    };
    if ($metadata?.httpStatusCode === undefined) throw error;
    return { status: $metadata.httpStatusCode, code: name };
  }
}

export const S3_OBJECT_QUESTIONS: readonly Question<S3Bench>[] = [
  { title: 'ETag is the MD5 of the body', ask: whetherTagIsMd5 },
  { title: 'A wrong `Content-MD5`', ask: (bench) => putWrong(bench, { ContentMD5: wrong(16) }) },
  { title: 'A checksum in a header (CRC32)', ask: whetherChecksumIsKept },
  {
    title: 'A wrong checksum in a header (SHA-256)',
    ask: (bench) => putWrong(bench, { ChecksumSHA256: wrong(32) }),
  },
  { title: 'A checksum in a trailer (`aws-chunked`)', ask: whetherTrailerIsTaken },
  { title: 'A reader in the middle of a PUT sees', ask: whatReaderSees },
  { title: 'A part of a body (`Range`)', ask: whetherRangeIsServed },
  { title: 'Multipart upload', ask: whetherMultipartWorks },
  { title: `Keys in one page, of ${PAGE_KEYS.toLocaleString('en')}`, ask: pageLength },
  { title: 'Any character in a key', ask: whetherOddKeysWork },
  { title: 'A key below another (`a` and `a/b`)', ask: whetherKeysNest },
  { title: `${AT_ONCE} requests at once`, ask: howManyAtOnce },
  { title: 'A storage class', ask: whetherClassIsKept },
  {
    title: 'Encryption by its own key (SSE-S3)',
    ask: async ({ put, key }) =>
      whetherDone(await put(key('sealed'), { ServerSideEncryption: 'AES256' })),
  },
  { title: 'A signature 20 minutes ahead', ask: whatSkewGets },
  { title: 'A signature for another region', ask: whatOtherRegionGets },
];

/** The base64 of so many zeros, which is the sum of nothing that is ever sent. */
function wrong(sumBytes: number): string {
  return Buffer.alloc(sumBytes).toString('base64');
}

async function putWrong(
  { put, key }: S3Bench,
  more: Partial<PutObjectCommandInput>,
): Promise<string> {
  return whetherRefused(await put(key('wrong'), more));
}

async function whetherTagIsMd5({ client, settings, put, key }: S3Bench): Promise<string> {
  await put(key('etag'));
  const { ETag } = await client.send(
    new HeadObjectCommand({ Bucket: settings.bucket, Key: key('etag') }),
  );
  return ETag === `"${MD5_OF_BODY.toString('hex')}"` ? 'yes' : 'no';
}

async function whetherChecksumIsKept({ client, settings, put, key }: S3Bench): Promise<string> {
  const reply = await put(key('checksum'), { ChecksumAlgorithm: 'CRC32' });
  if (!isDone(reply)) return whetherDone(reply);
  const { ChecksumCRC32 } = await client.send(
    new HeadObjectCommand({
      Bucket: settings.bucket,
      Key: key('checksum'),
      ChecksumMode: 'ENABLED',
    }),
  );
  return ChecksumCRC32 === undefined ? 'forgotten' : 'kept';
}

/** Newer SDKs send streams in this way unless told otherwise. */
async function whetherTrailerIsTaken({ settings, key, withClient }: S3Bench): Promise<string> {
  const put = new PutObjectCommand({
    Bucket: settings.bucket,
    Key: key('trailer'),
    Body: Readable.from([Buffer.from(BODY)]),
    ContentLength: BODY.length,
  });
  const reply = await withClient({ requestChecksumCalculation: 'WHEN_SUPPORTED' }, (client) =>
    replyTo(() => client.send(put)),
  );
  return whetherDone(reply);
}

async function whatReaderSees({ client, settings, put, key }: S3Bench): Promise<string> {
  const place = { Bucket: settings.bucket, Key: key('slow') };
  await put(place.Key);
  const half = Buffer.alloc(MIN_PART_BYTES, 'x');
  const rest = Promise.withResolvers<void>();
  async function* slowly() {
    yield half;
    await rest.promise;
    yield half;
  }
  const Body = Readable.from(slowly());
  const written = replyTo(() =>
    client.send(new PutObjectCommand({ ...place, Body, ContentLength: 2 * half.length })),
  );
  let isFormer = true;
  for (let look = 0; look < LOOKS && isFormer; look += 1) {
    await wait(LOOK_PAUSE_MS);
    isFormer = false;
    await replyTo(async () => {
      const answer = await client.send(new GetObjectCommand(place));
      isFormer = (await answer.Body?.transformToString()) === BODY;
      return answer;
    });
  }
  rest.resolve();
  const reply = await written;
  if (!isDone(reply)) return whetherDone(reply);
  return isFormer ? 'the former body' : 'something else';
}

async function whetherRangeIsServed({ client, settings, put, key }: S3Bench): Promise<string> {
  await put(key('range'));
  const place = { Bucket: settings.bucket, Key: key('range') };
  const part = await client.send(new GetObjectCommand({ ...place, Range: 'bytes=2-5' }));
  const text = await part.Body?.transformToString();
  const beyond = await replyTo(() =>
    client.send(new GetObjectCommand({ ...place, Range: 'bytes=500-' })),
  );
  return `${text === BODY.slice(2, 6) ? 'yes' : 'no'}, beyond the end ${beyond.status}`;
}

async function whetherMultipartWorks({ client, settings, key }: S3Bench): Promise<string> {
  const place = { Bucket: settings.bucket, Key: key('parts') };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(place));
  const bodies = [Buffer.alloc(MIN_PART_BYTES, 'x'), Buffer.from('y')];
  const Parts = [];
  for (const [index, Body] of bodies.entries()) {
    const part = { ...place, UploadId, PartNumber: index + 1 };
    const { ETag } = await client.send(new UploadPartCommand({ ...part, Body }));
    Parts.push({ ETag, PartNumber: part.PartNumber });
  }
  const complete = { ...place, UploadId, MultipartUpload: { Parts } };
  const reply = await replyTo(() => client.send(new CompleteMultipartUploadCommand(complete)));
  if (!isDone(reply)) {
    await client.send(new AbortMultipartUploadCommand({ ...place, UploadId }));
    return whetherDone(reply);
  }
  const { ContentLength } = await client.send(new HeadObjectCommand(place));
  return ContentLength === MIN_PART_BYTES + 1 ? 'yes' : `no, ${ContentLength} bytes`;
}

async function pageLength({ client, settings, put, key }: S3Bench): Promise<string> {
  const names = Array.from({ length: PAGE_KEYS }, (_, index) => key(`page/${index}`));
  await forEachConcurrently(names, 16, async (name) => {
    await put(name, { Body: '' });
  });
  const { KeyCount } = await client.send(
    new ListObjectsV2Command({
      Bucket: settings.bucket,
      Prefix: key('page/'),
      MaxKeys: 2 * PAGE_KEYS,
    }),
  );
  return (KeyCount ?? 0).toLocaleString('en');
}

async function whetherOddKeysWork({ client, settings, put, key }: S3Bench): Promise<string> {
  const name = key('odd/Größe 1+1 & <2> %41 "it\'s" \t 🏔️');
  const reply = await put(name);
  if (!isDone(reply)) return whetherDone(reply);
  const { Contents, EncodingType } = await client.send(
    new ListObjectsV2Command({
      Bucket: settings.bucket,
      Prefix: key('odd/'),
      EncodingType: 'url',
    }),
  );
  const listed = Contents?.[0]?.Key ?? '';
  // A server may leave the encoding out, and then does not say that it is there.
  if (EncodingType !== 'url') return listed === name ? 'yes, in plain' : 'under another name';
  const plain = decodeURIComponent(listed.replaceAll('+', ' '));
  return plain === name ? 'yes' : 'under another name';
}

async function whetherKeysNest({ client, settings, put, key }: S3Bench): Promise<string> {
  const outer = await put(key('nest/a'));
  const inner = isDone(outer) ? await put(key('nest/a/b')) : outer;
  if (!isDone(inner)) return whetherDone(inner);
  const place = { Bucket: settings.bucket, Key: key('nest/a') };
  return whetherDone(await replyTo(() => client.send(new HeadObjectCommand(place))));
}

async function howManyAtOnce({ put, key }: S3Bench): Promise<string> {
  const done = await countDone(AT_ONCE, (index) => put(key(`many/${index}`)));
  return done === AT_ONCE ? 'all done' : `${done} done`;
}

async function whetherClassIsKept({ client, settings, put, key }: S3Bench): Promise<string> {
  const reply = await put(key('class'), { StorageClass: 'STANDARD_IA' });
  if (!isDone(reply)) return whetherDone(reply);
  const { StorageClass } = await client.send(
    new HeadObjectCommand({ Bucket: settings.bucket, Key: key('class') }),
  );
  return StorageClass === 'STANDARD_IA' ? 'kept' : 'ignored';
}

async function whatSkewGets(bench: S3Bench): Promise<string> {
  return whetherRefused(await listWith(bench, { systemClockOffset: SKEW_MS }));
}

async function whatOtherRegionGets(bench: S3Bench): Promise<string> {
  return whetherRefused(await listWith(bench, { region: 'test-region-1' }));
}

function listWith({ settings, withClient }: S3Bench, config: S3ClientConfig): Promise<Reply> {
  const list = new ListObjectsV2Command({ Bucket: settings.bucket, MaxKeys: 1 });
  return withClient(config, (client) => replyTo(() => client.send(list)));
}
