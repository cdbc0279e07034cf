/** Makes the AWS SDK client: region, credentials, and what it must not decide. */
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { S3Bucket } from './bucket-settings.ts';
import { renewSpentCredentials } from './s3-credentials.ts';
import { doesNotSpeakS3 } from './s3-errors.ts';
import type { S3Options } from './s3-options.ts';
import { placeOf } from './s3-place.ts';
import { SILENT, transport } from './s3-transport.ts';
import { StoreError } from './store.ts';
import { isLoopbackHost } from './url.ts';

export interface OpenedClient {
  readonly client: S3Client;
  /** The server in words, for messages. */
  readonly host: string;
}

/** A client for one bucket. Sends nothing. Throws `usage` where the settings cannot work. */
export async function createS3Client(bucket: S3Bucket, options: S3Options): Promise<OpenedClient> {
  const insecureTls = options.insecureTls ?? false;
  const place = placeOf(bucket);
  const endpoint = place.endpoint === undefined ? undefined : new URL(place.endpoint);
  if (endpoint !== undefined) refuseClearText(endpoint, insecureTls);

  const client = new S3Client({
    ...transport(options),
    ...place,
    ...(bucket.profile === undefined ? {} : { profile: bucket.profile }),
    ...identity(options),
    ...quiet(),
  });
  guardTransport(client, insecureTls);
  guardAnswers(client, bucket.bucket);
  renewSpentCredentials(client);
  if (options.onServerDate !== undefined) tellServerDate(client, options.onServerDate);
  const region = await resolveRegion(client);
  const host = endpoint?.host ?? `Amazon S3 (${region})`;
  return { client, host };
}

/** Keys that a person entered for this bucket, or else the SDK's whole chain. */
function identity({ accessKeys }: S3Options): S3ClientConfig {
  // Files of keys are read again when keys are asked for again, as after a rotation.
  const chain = { ignoreCache: true };
  // A copy, for the SDK notes in it where the keys came from, and the caller keeps its own.
  return accessKeys === undefined ? chain : { credentials: { ...accessKeys } };
}

/** The SDK's newer checksums are unknown to many services, which refuse or ignore them. */
function quiet(): S3ClientConfig {
  return {
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    logger: SILENT,
  };
}

async function resolveRegion(client: S3Client): Promise<string> {
  try {
    return await client.config.region();
  } catch (cause) {
    throw new StoreError('usage', 'no region is known for the bucket', 'never', {
      hint:
        'Add ?region=eu-west-1 (say) to the bucket URL, give --region, or set AWS_REGION. For a ' +
        'service other than Amazon also give its endpoint.',
      cause,
    });
  }
}

/** Checks every request, since the endpoint may also come from AWS_ENDPOINT_URL or a profile. */
function guardTransport(client: S3Client, insecureTls: boolean): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const { request } = args;
      if (hasText(request, 'protocol') && hasText(request, 'hostname')) {
        refuseClearText(request, insecureTls);
      }
      return next(args);
    },
    { step: 'build', name: 'refuseClearText' },
  );
}

function refuseClearText(
  target: { readonly protocol: string; readonly hostname: string },
  insecureTls: boolean,
): void {
  if (target.protocol !== 'http:' || insecureTls || isLoopbackHost(target.hostname)) return;
  throw new StoreError(
    'usage',
    `the endpoint http://${target.hostname} would be spoken to in clear text`,
    'never',
    { hint: 'Use https://, or allow it with --insecure-tls on a network you trust.' },
  );
}

/**
 * Stops a web page that came with a success status, as from a captive portal: the SDK would read
 * it as an empty listing or a completed write. No S3 answer is a page without an ETag.
 */
function guardAnswers(client: S3Client, bucket: string): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { response } = result;
      if (!isHttpResponse(response) || response.statusCode >= 300) return result;
      const contentType = response.headers['content-type'] ?? '';
      if (!/^text\/html\b/i.test(contentType) || response.headers.etag !== undefined) return result;
      response.body?.destroy?.();
      throw doesNotSpeakS3(bucket, `a web page (status ${response.statusCode})`);
    },
    { step: 'deserialize', priority: 'low', name: 'refuseWebPages' },
  );
}

/** Tells the time of the server with each of its answers; one from a cache tells an old time. */
function tellServerDate(client: S3Client, tell: (dateMs: number) => void): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { response } = result;
      if (isHttpResponse(response) && response.headers.age === undefined) {
        const dateMs = Date.parse(response.headers.date ?? '');
        if (!Number.isNaN(dateMs)) tell(dateMs);
      }
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'tellServerDate' },
  );
}

interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: { destroy?: () => void };
}

function isHttpResponse(value: unknown): value is HttpResponse {
  return (
    typeof value === 'object' &&
    value !== null &&
    'statusCode' in value &&
    typeof value.statusCode === 'number' &&
    'headers' in value &&
    typeof value.headers === 'object'
  );
}

function hasText<K extends string>(value: unknown, key: K): value is Readonly<Record<K, string>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Readonly<Record<string, unknown>>)[key] === 'string'
  );
}
