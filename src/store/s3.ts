/**
 * A bucket on an S3-compatible service. Only this entrance is imported statically: the AWS SDK
 * behind it takes time to load and is loaded when an S3 bucket is opened.
 */

import type { S3Bucket } from './bucket-settings.ts';
import type { StoreCredentials } from './credentials.ts';
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

/** By what a device gets into an S3 bucket. */
export interface S3Access {
  /** Undefined for temporary keys, which would be of no use elsewhere. */
  readonly accessKeys: StoreCredentials['accessKeys'];
  readonly region: string;
}

/**
 * What `openS3Store` would go by. Sends no request to the bucket, though the chain of credentials
 * may ask elsewhere.
 * @throws StoreError `usage` for settings that cannot work.
 */
export async function resolveS3Access(bucket: S3Bucket, options: S3Options): Promise<S3Access> {
  const { createS3Client } = await import('./s3-client.ts');
  const { client } = await createS3Client(bucket, options);
  try {
    const region = await client.config.region();
    const keys = await client.config.credentials();
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = keys;
    const isTemporary = sessionToken !== undefined || expiration !== undefined;
    return { accessKeys: isTemporary ? undefined : { accessKeyId, secretAccessKey }, region };
  } finally {
    client.destroy();
  }
}
