/** Whether a bucket of an S3 service is there, and making one. For setting up; sync needs neither. */
import {
  CreateBucketCommand,
  type CreateBucketCommandInput,
  HeadBucketCommand,
} from '@aws-sdk/client-s3';
import type { S3Bucket } from './bucket-settings.ts';
import { createS3Client } from './s3-client.ts';
import type { S3Options } from './s3-options.ts';
import { StoreError } from './store.ts';

/** True where the service says that there is no such bucket; false where it says anything else. */
export async function isBucketMissing(bucket: S3Bucket, options: S3Options): Promise<boolean> {
  const { client } = await createS3Client(bucket, options);
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket.bucket }));
    return false;
  } catch (error) {
    return statusOf(error) === 404;
  } finally {
    client.destroy();
  }
}

/**
 * Makes the bucket: in the region of its URL, closed to the public where the service knows that.
 * @throws StoreError `refused` where the keys may not, `usage` where the name is taken.
 */
export async function createBucket(bucket: S3Bucket, options: S3Options): Promise<void> {
  const { client, host } = await createS3Client(bucket, options);
  try {
    const region = await client.config.region();
    // Only Amazon wants its region said once more, and not for the oldest one (CreateBucket, S3 API).
    const isPlaced = bucket.endpoint === undefined && region !== 'us-east-1';
    const input: CreateBucketCommandInput = {
      Bucket: bucket.bucket,
      ...(isPlaced
        ? { CreateBucketConfiguration: { LocationConstraint: asLocation(region) } }
        : {}),
    };
    await client.send(new CreateBucketCommand(input));
  } catch (cause) {
    throw notCreated(bucket.bucket, host, cause);
  } finally {
    client.destroy();
  }
}

type Location = NonNullable<
  NonNullable<CreateBucketCommandInput['CreateBucketConfiguration']>['LocationConstraint']
>;

/** The SDK lists the regions of its own day. */
function asLocation(region: string): Location {
  return region as Location;
}

function notCreated(name: string, host: string, cause: unknown): StoreError {
  const reason = cause instanceof Error ? cause.name : '';
  if (reason === 'BucketAlreadyExists' || reason === 'BucketAlreadyOwnedByYou') {
    const isOwn = reason === 'BucketAlreadyOwnedByYou';
    return new StoreError('usage', `The bucket ${name} exists already at ${host}.`, 'never', {
      hint: isOwn ? 'It is yours: use it.' : 'It is somebody else’s. Choose another name.',
      cause,
    });
  }
  const isRefused = [401, 403].includes(statusOf(cause) ?? 0);
  return new StoreError(
    isRefused ? 'refused' : 'unreachable',
    `The bucket ${name} could not be made at ${host}: ${cause instanceof Error ? cause.message : String(cause)}`,
    'never',
    { hint: 'Make it in the console of the service, closed to the public, and try again.', cause },
  );
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  return 'httpStatusCode' in metadata && typeof metadata.httpStatusCode === 'number'
    ? metadata.httpStatusCode
    : undefined;
}
