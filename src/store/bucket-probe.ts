/**
 * What can be asked of an S3 bucket besides its objects: how it is set up. Satchel needs none of
 * it to work, and keys that may do only what Satchel needs may ask none of it. As with `s3.ts`,
 * the AWS SDK is loaded only when a probe is opened.
 */
import type { BucketProbe } from './bucket-probe-seen.ts';
import type { S3Bucket } from './bucket-settings.ts';
import type { S3Options } from './s3-options.ts';

/** @throws StoreError `usage` for settings that cannot work. Sends no request. */
export async function openBucketProbe(
  bucket: S3Bucket,
  options: S3Options = {},
): Promise<BucketProbe> {
  const { createBucketProbe } = await import('./bucket-probe-s3.ts');
  return await createBucketProbe(bucket, options);
}
