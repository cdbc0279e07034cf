/**
 * A bucket on an S3-compatible service. Only this entrance is imported statically: the AWS SDK
 * behind it takes time to load and is loaded when an S3 bucket is opened.
 */

import type { S3Bucket } from './bucket-settings.ts';
import type { S3Options } from './s3-options.ts';
import type { ObjectStore } from './store.ts';

/**
 * Opens a bucket without sending a request. Credentials are those in `options`, or else come from
 * the AWS SDK's whole default chain: environment, profiles, SSO, `credential_process`, web
 * identity, container, instance.
 * Throws `StoreError` of kind `usage` for settings that cannot work.
 */
export async function openS3Store(bucket: S3Bucket, options: S3Options = {}): Promise<ObjectStore> {
  const [{ createS3Client }, { S3Store }] = await Promise.all([
    import('./s3-client.ts'),
    import('./s3-store.ts'),
  ]);
  const { client, host } = await createS3Client(bucket, options);
  return new S3Store(client, bucket, host);
}
