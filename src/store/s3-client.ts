/** Makes the AWS SDK client: transport, timeouts, TLS, region, and what it must not decide. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { doesNotSpeakS3 } from './s3-errors.ts';
import { readStream } from './s3-stream.ts';
import { StoreError } from './store.ts';
import { isLoopbackHost, type S3Bucket, type S3Options } from './url.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 60_000;
const MAX_SOCKETS = 50;
/** A page of 1,000 keys stays far below; only something that is not S3 answers with more. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** Services of one's own mostly ignore the region, and this is the one that they expect. */
const DEFAULT_REGION = 'us-east-1';

/** The SDK warns on the console otherwise. What matters arrives as an error. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

export interface OpenedClient {
  readonly client: S3Client;
  /** The server in words, for messages. */
  readonly host: string;
}

/** A client for one bucket. Sends nothing. Throws `usage` where the settings cannot work. */
export async function createS3Client(bucket: S3Bucket, options: S3Options): Promise<OpenedClient> {
  const insecureTls = options.insecureTls ?? false;
  if (bucket.endpoint !== undefined) refuseClearText(new URL(bucket.endpoint), insecureTls);

  const client = new S3Client({ ...transport(options), ...place(bucket), ...quiet() });
  guardTransport(client, insecureTls);
  guardAnswers(client, bucket.bucket);
  const region = await resolveRegion(client);
  const host =
    bucket.endpoint === undefined ? `Amazon S3 (${region})` : new URL(bucket.endpoint).host;
  return { client, host };
}

function transport(options: S3Options): S3ClientConfig {
  // Agents, not agent options: given options, the handler makes a fresh agent with neither our
  // TLS settings nor keep-alive for every request that carries `Expect: 100-continue`.
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  const httpsAgent = new HttpsAgent({
    ...agent,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: !(options.insecureTls ?? false),
  });
  return {
    requestHandler: new NodeHttpHandler({
      httpAgent: new HttpAgent(agent),
      httpsAgent,
      connectionTimeout: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      // Idle time, in place of a limit on the whole request: a large body on a slow line is
      // lawful, silence is not. It covers the handshake, the answer and the body.
      socketTimeout: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
      logger: SILENT,
    }),
    expectContinueHeader: false,
    // Retrying is the work of one wrapper of ours; two stacked policies multiply.
    maxAttempts: 1,
    followRegionRedirects: false,
    streamCollector: (stream: AsyncIterable<Uint8Array>) => readStream(stream, MAX_ANSWER_BYTES),
  };
}

function place(bucket: S3Bucket): S3ClientConfig {
  const hasEndpoint = bucket.endpoint !== undefined;
  const region = bucket.region ?? (hasEndpoint ? DEFAULT_REGION : undefined);
  return {
    ...(bucket.endpoint === undefined ? {} : { endpoint: bucket.endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(bucket.profile === undefined ? {} : { profile: bucket.profile }),
    forcePathStyle: bucket.pathStyle ?? hasEndpoint,
  };
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
