/**
 * Makes a bucket on a test server: `node scripts/make-bucket.ts <bucket-url> [--versioned]`.
 * Keys come from the environment. A bucket that is there is left as it is, but for versioning.
 */
import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { createS3Client } from '../src/store/s3-client.ts';
import { parseBucketUrl } from '../src/store/url.ts';

const [url = '', ...flags] = process.argv.slice(2);
const settings = parseBucketUrl(url);
if (settings.kind !== 's3') throw new Error('only s3:// buckets can be made');
const Bucket = settings.bucket;
const { client } = await createS3Client(settings, {});

await client.send(new CreateBucketCommand({ Bucket })).catch((error: unknown) => {
  const name = error instanceof Error ? error.name : '';
  if (name !== 'BucketAlreadyOwnedByYou' && name !== 'BucketAlreadyExists') throw error;
});
if (flags.includes('--versioned')) {
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
}
client.destroy();
