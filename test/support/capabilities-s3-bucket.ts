/** Which parts of the S3 API about buckets a server has. Each is tried on a bucket of its own. */
import {
  CreateBucketCommand,
  type CreateBucketCommandInput,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetObjectLockConfigurationCommand,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { createS3Client } from '../../src/store/s3-client.ts';
import { freshFolder } from './buckets.ts';
import { isDone, type Question, type Reply, whetherDone } from './capabilities.ts';
import { replyTo, type S3Bench } from './capabilities-s3.ts';

export const S3_BUCKET_QUESTIONS: readonly Question<S3Bench>[] = [
  { title: 'Versioning', ask: whetherVersionsAreKept },
  { title: 'Lifecycle rules', ask: whetherRulesAreKept },
  { title: 'Object lock', ask: whetherBucketsLock },
  { title: 'Tells its time (`Date`)', ask: whetherTimeIsTold },
];

async function inOwnBucket(
  { client }: S3Bench,
  options: Partial<CreateBucketCommandInput>,
  work: (bucket: string) => Promise<string>,
): Promise<string> {
  const Bucket = freshFolder('');
  const made = await replyTo(() => client.send(new CreateBucketCommand({ Bucket, ...options })));
  if (!isDone(made)) return whetherDone(made);
  try {
    return await work(Bucket);
  } finally {
    await client.send(new DeleteBucketCommand({ Bucket }));
  }
}

async function whetherVersionsAreKept(bench: S3Bench): Promise<string> {
  const { client } = bench;
  return await inOwnBucket(bench, {}, async (Bucket) => {
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    const reply = await replyTo(() =>
      client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration })),
    );
    if (!isDone(reply)) return whetherDone(reply);
    for (const Body of ['first', 'second']) {
      await client.send(new PutObjectCommand({ Bucket, Key: 'a', Body }));
    }
    const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }));
    for (const { Key, VersionId } of Versions) {
      await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    }
    return Versions.length === 2 ? 'yes' : `no, ${Versions.length} versions of 2`;
  });
}

async function whetherRulesAreKept(bench: S3Bench): Promise<string> {
  const { client } = bench;
  return await inOwnBucket(bench, {}, async (Bucket) => {
    const rule = {
      ID: 'test',
      Status: 'Enabled',
      Filter: { Prefix: 'heads/' },
      Expiration: { Days: 30 },
    } as const;
    const reply = await replyTo(() =>
      client.send(
        new PutBucketLifecycleConfigurationCommand({
          Bucket,
          LifecycleConfiguration: { Rules: [rule] },
        }),
      ),
    );
    if (!isDone(reply)) return whetherDone(reply);
    const kept: Reply = await replyTo(() =>
      client.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
    );
    return isDone(kept) ? 'yes' : 'accepted and forgotten';
  });
}

async function whetherBucketsLock(bench: S3Bench): Promise<string> {
  const { client } = bench;
  return await inOwnBucket(bench, { ObjectLockEnabledForBucket: true }, async (Bucket) =>
    whetherDone(
      await replyTo(() => client.send(new GetObjectLockConfigurationCommand({ Bucket }))),
    ),
  );
}

async function whetherTimeIsTold({ settings }: S3Bench): Promise<string> {
  const datesMs: number[] = [];
  const { client } = await createS3Client(settings, {
    onServerDate: (dateMs) => datesMs.push(dateMs),
  });
  await client.send(new ListObjectVersionsCommand({ Bucket: settings.bucket, MaxKeys: 1 }));
  client.destroy();
  return datesMs.length > 0 ? 'yes' : 'no';
}
