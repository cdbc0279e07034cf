/** Asks an S3 service how a bucket is set up. Made by `openBucketProbe`. */
import {
  DeleteObjectCommand,
  GetBucketAclCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyStatusCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import {
  accessBlockIn,
  encryptionIn,
  publicGrantsIn,
  retentionIn,
  rulesIn,
  versioningIn,
} from './bucket-probe-answers.ts';
import type { BucketProbe, BucketSettingsSeen, Look } from './bucket-probe-seen.ts';
import type { S3Bucket } from './bucket-settings.ts';
import { createS3Client } from './s3-client.ts';
import { s3Error } from './s3-errors.ts';
import type { S3Options } from './s3-options.ts';

/** What services answer that have nothing set, by the setting. */
const NOTHING_SET = new Set([
  'NoSuchLifecycleConfiguration',
  'NoSuchPublicAccessBlockConfiguration',
  'NoSuchBucketPolicy',
  'ObjectLockConfigurationNotFoundError',
  'ServerSideEncryptionConfigurationNotFoundError',
]);

export async function createBucketProbe(
  bucket: S3Bucket,
  options: S3Options,
): Promise<BucketProbe> {
  const { client, host } = await createS3Client(bucket, options);
  return {
    serverUrl: () => serverUrl(client, bucket),
    settings: () => readSettings(client, bucket.bucket, host),
    removeVersions: (prefix) => {
      const base = bucket.prefix === '' ? '' : `${bucket.prefix}/`;
      return removeVersions(client, bucket.bucket, `${base}${prefix}`);
    },
    close: () => client.destroy(),
  };
}

async function readSettings(
  client: S3Client,
  name: string,
  host: string,
): Promise<BucketSettingsSeen> {
  const of = { Bucket: name };
  const place = { operation: 'read', bucket: name, host } as const;
  /** @param read undefined for an answer that tells nothing. */
  const look = async <T>(
    read: () => Promise<T | undefined>,
    whenNothingIsSet?: T,
  ): Promise<Look<T>> => {
    try {
      const value = await read();
      return value === undefined ? { kind: 'unsupported' } : { kind: 'seen', value };
    } catch (error) {
      const { code, status } = answerOf(error);
      if (NOTHING_SET.has(code) && whenNothingIsSet !== undefined) {
        return { kind: 'seen', value: whenNothingIsSet };
      }
      if (status === 403 || status === 401) return { kind: 'refused' };
      if (isUnknownQuestion(code, status)) return { kind: 'unsupported' };
      return { kind: 'failed', error: s3Error(error, place) };
    }
  };
  const [
    versioning,
    lifecycle,
    publicAccessBlock,
    policyIsPublic,
    publicGrants,
    retention,
    encryption,
  ] = await Promise.all([
    look(async () => versioningIn(await client.send(new GetBucketVersioningCommand(of)))),
    look(
      async () => rulesIn(await client.send(new GetBucketLifecycleConfigurationCommand(of))),
      [],
    ),
    look(
      async () => accessBlockIn(await client.send(new GetPublicAccessBlockCommand(of))),
      'none' as const,
    ),
    look(
      async () => (await client.send(new GetBucketPolicyStatusCommand(of))).PolicyStatus?.IsPublic,
      false,
    ),
    look(async () => publicGrantsIn(await client.send(new GetBucketAclCommand(of)))),
    look(
      async () => retentionIn(await client.send(new GetObjectLockConfigurationCommand(of))),
      'none' as const,
    ),
    look(
      async () => encryptionIn(await client.send(new GetBucketEncryptionCommand(of))),
      'none' as const,
    ),
  ]);
  return {
    versioning,
    lifecycle,
    publicAccessBlock,
    policyIsPublic,
    publicGrants,
    retention,
    encryption,
  };
}

/**
 * The address that the SDK makes of endpoint, region, profile and environment: a request is built
 * as far as its address and stopped there.
 */
async function serverUrl(client: S3Client, bucket: S3Bucket): Promise<URL> {
  const command = new HeadBucketCommand({ Bucket: bucket.bucket });
  command.middlewareStack.add(
    () => async (args) => {
      const { protocol, hostname, port } = args.request as Address;
      throw new AddressKnown(
        new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`),
      );
    },
    { step: 'build', name: 'stopAtAddress', priority: 'low' },
  );
  try {
    await client.send(command);
  } catch (error) {
    if (error instanceof AddressKnown) return error.url;
  }
  // Without credentials the SDK does not get as far as the address.
  return new URL(bucket.endpoint ?? `https://s3.${await client.config.region()}.amazonaws.com`);
}

/** Stops a request once its address is known. */
class AddressKnown extends Error {
  readonly url: URL;

  constructor(url: URL) {
    super('stopped at its address');
    this.url = url;
  }
}

interface Address {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
}

async function removeVersions(client: S3Client, name: string, prefix: string): Promise<boolean> {
  try {
    const found = await client.send(
      new ListObjectVersionsCommand({ Bucket: name, Prefix: prefix }),
    );
    for (const { Key, VersionId } of [...(found.Versions ?? []), ...(found.DeleteMarkers ?? [])]) {
      if (Key === undefined || VersionId === undefined || !Key.startsWith(prefix)) continue;
      await client.send(new DeleteObjectCommand({ Bucket: name, Key, VersionId }));
    }
    return found.IsTruncated !== true;
  } catch {
    // What stays is told by the caller; keys of least privilege may not remove versions.
    return false;
  }
}

/** True for the many ways in which services say that they lack a part of the S3 API. */
function isUnknownQuestion(code: string, status: number | undefined): boolean {
  if (/NotImplemented|NotSupported|Unsupported|MethodNotAllowed/.test(code)) return true;
  return status === 501 || status === 405 || status === 404 || status === 400;
}

function answerOf(error: unknown): { readonly code: string; readonly status: number | undefined } {
  const { Code, name, $metadata } = (error ?? {}) as Readonly<{
    Code?: string;
    name?: string;
    $metadata?: { readonly httpStatusCode?: number };
  }>;
  return { code: Code ?? name ?? '', status: $metadata?.httpStatusCode };
}
