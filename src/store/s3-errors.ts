/**
 * What the errors of an S3 service, of the SDK and of the network mean to a person. Pure, and
 * free of the SDK: it looks only at the shape of what was thrown.
 */
import { messageOf, systemCode } from '../base/errors.ts';
import { networkError } from './s3-network-errors.ts';
import { StreamTooLong } from './s3-stream.ts';
import { StoreError } from './store.ts';

export type S3Operation = 'read' | 'write' | 'list' | 'delete';

/** Where an error arose, for its message. */
export interface S3Place {
  readonly operation: S3Operation;
  readonly bucket: string;
  readonly host: string;
}

/** An answer of the service, in the terms of the S3 error responses. */
interface S3Answer {
  readonly status: number;
  /** The `Code` element; undefined where the answer was no S3 error document. */
  readonly code: string | undefined;
  /** Code and message, as far as they are given. */
  readonly said: string;
  /** The region the bucket is in, where the answer tells. */
  readonly region: string | undefined;
}

const PERMISSIONS: Readonly<Record<S3Operation, string>> = {
  read: 's3:GetObject (and s3:ListBucket, without which a missing object is refused as well)',
  write: 's3:PutObject',
  list: 's3:ListBucket',
  delete: 's3:DeleteObject',
};

const BAD_CREDENTIALS = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
  'TokenRefreshRequired',
  'InvalidSecurity',
  'NotSignedUp',
]);
const WRONG_CLOCK = new Set(['RequestTimeTooSkewed', 'RequestExpired']);
const TOO_FAST = new Set([
  'SlowDown',
  'SlowDownRead',
  'SlowDownWrite',
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TooManyRequests',
  'TooManyRequestsException',
]);
const WRONG_REGION = new Set([
  'PermanentRedirect',
  'TemporaryRedirect',
  'Redirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
]);
/** Client errors by status, passing by nature. */
const PASSING = new Set(['RequestTimeout', 'OperationAborted', 'ConcurrentModification']);
const TOO_LITTLE_SPACE = new Set(['QuotaExceeded', 'XMinioStorageFull', 'StorageFull']);

/** True for the answer to a conditional read of a body that the caller has. */
export function isNotModified(error: unknown): boolean {
  return statusOf(error) === 304;
}

/**
 * True where the service says that the object is missing. The status alone does not do: any web
 * server answers 404.
 */
export function isNoSuchKey(error: unknown): boolean {
  return textOf(error, 'Code') === 'NoSuchKey';
}

/** The error for a server that answers, but not as S3 does. */
export function doesNotSpeakS3(bucket: string, answer: string, cause?: unknown): StoreError {
  return new StoreError(
    'unreachable',
    `the server asked for bucket "${bucket}" does not speak S3: it answered ${answer}`,
    'never',
    {
      hint:
        'Check the endpoint (the API, not the web console), and that no sign-in page of the ' +
        'network stands in between.',
      cause,
    },
  );
}

/** Turns whatever a request threw into the store's one error class. */
export function s3Error(error: unknown, place: S3Place): StoreError {
  if (error instanceof StoreError) return error;
  if (error instanceof StreamTooLong) {
    return doesNotSpeakS3(place.bucket, 'without end', error);
  }
  if (isProviderError(error)) return noCredentials(error);
  const status = statusOf(error);
  if (status === undefined) return networkError(error, place.host);
  const code = textOf(error, 'Code');
  const answer: S3Answer = {
    status,
    code,
    said: [code, messageOf(error)].filter((text) => text && text !== 'UnknownError').join(': '),
    region: textOf(error, 'Region') ?? bucketRegionHeader(error),
  };
  return (
    refusal(answer, place, error) ??
    settingsError(answer, place, error) ??
    passingTrouble(answer, place, error) ??
    otherTrouble(answer, place, error)
  );
}

function refusal(answer: S3Answer, place: S3Place, cause: unknown): StoreError | undefined {
  const { code = '', status } = answer;
  const { operation, bucket, host } = place;
  const refused = (message: string, retry: 'soon' | 'never', hint: string) =>
    new StoreError('refused', message, retry, { hint, cause });
  if (BAD_CREDENTIALS.has(code)) {
    return refused(
      `${host} does not accept the credentials (${answer.said})`,
      'never',
      code === 'ExpiredToken' || code === 'TokenRefreshRequired'
        ? 'The session has expired: sign in again (aws sso login), or renew the session token.'
        : 'Check the access key, its secret and, where one is set, the session token.',
    );
  }
  if (WRONG_CLOCK.has(code)) {
    // The SDK learns the difference from the answer, so the next try may well pass.
    return refused(
      `${host} refused the time on the request: this clock and the server's differ`,
      'soon',
      'Set the clock of this device, or let it be set from the network.',
    );
  }
  if (TOO_LITTLE_SPACE.has(code) || status === 507) {
    return new StoreError('internal', `bucket "${bucket}" at ${host} is full (${code})`, 'never', {
      hint: 'Make space there or raise its quota; what is not yet published stays on this device.',
      cause,
    });
  }
  if (code !== '' && (status === 403 || status === 401)) {
    return refused(
      `${host} refused to ${operation} in bucket "${bucket}" (${answer.said})`,
      'never',
      `Allow ${PERMISSIONS[operation]} on this bucket and prefix for these credentials.`,
    );
  }
  return undefined;
}

function settingsError(answer: S3Answer, place: S3Place, cause: unknown): StoreError | undefined {
  const { code = '', status, region } = answer;
  const { bucket, host } = place;
  const usage = (message: string, hint: string) =>
    new StoreError('usage', message, 'never', { hint, cause });
  if (code === 'NoSuchBucket') {
    return usage(
      `there is no bucket "${bucket}" at ${host}`,
      'Create it with the tools of the service, or correct the name.',
    );
  }
  if (code === 'InvalidBucketName') {
    return usage(`${host} does not allow the bucket name "${bucket}"`, 'Correct the name.');
  }
  if (WRONG_REGION.has(code) || (status >= 300 && status < 400 && region !== undefined)) {
    return usage(
      region === undefined
        ? `bucket "${bucket}" is not in this region, or not at ${host} (${answer.said})`
        : `bucket "${bucket}" is in region ${region}`,
      region === undefined
        ? 'Give the region and endpoint of the bucket.'
        : `Use ?region=${region} in the bucket URL, or --region ${region}.`,
    );
  }
  if (code === 'EntityTooLarge' || status === 413) {
    return usage(
      `${host} refuses bodies of this size`,
      'Raise the limit for request bodies there (a proxy in front of it may set one) to 64 MiB.',
    );
  }
  return undefined;
}

function passingTrouble(answer: S3Answer, place: S3Place, cause: unknown): StoreError | undefined {
  const { code = '', status } = answer;
  if (code === 'BadDigest') {
    return new StoreError('damaged', `what arrived at ${place.host} is not what was sent`, 'soon', {
      hint: 'If this stays, something on the way to the service alters data.',
      cause,
    });
  }
  if (TOO_FAST.has(code) || status === 429 || status === 503) {
    return new StoreError('unreachable', `${place.host} asks to slow down`, 'slower', {
      hint: 'Try again later.',
      cause,
    });
  }
  const serverTrouble = status >= 500 && status !== 501;
  if (serverTrouble || PASSING.has(code) || status === 408) {
    return new StoreError(
      'unreachable',
      `${place.host} is in trouble (status ${status}${code && `, ${code}`})`,
      'soon',
      { hint: 'Try again later; what is not yet published stays on this device.', cause },
    );
  }
  return undefined;
}

function otherTrouble(answer: S3Answer, place: S3Place, cause: unknown): StoreError {
  if (answer.code === undefined) {
    return doesNotSpeakS3(place.bucket, `status ${answer.status} without an S3 error`, cause);
  }
  return new StoreError(
    'internal',
    `${place.host} would not ${place.operation} in bucket "${place.bucket}" ` +
      `(status ${answer.status}, ${answer.said})`,
    'never',
    { hint: 'The service may lack something that Satchel needs.', cause },
  );
}

function isProviderError(error: unknown): boolean {
  const name = textOf(error, 'name');
  return name === 'CredentialsProviderError' || name === 'TokenProviderError';
}

function noCredentials(error: unknown): StoreError {
  return new StoreError('refused', `no credentials for S3: ${messageOf(error)}`, 'never', {
    hint:
      'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile (?profile= in the bucket ' +
      'URL, --profile or AWS_PROFILE), or sign in with "aws sso login".',
    cause: error,
  });
}

/** The status of an answer, or undefined where none came. */
function statusOf(error: unknown): number | undefined {
  // A connection that broke or went silent within a body carries the status that came before.
  if (systemCode(error) !== undefined || textOf(error, 'name') === 'TimeoutError') return undefined;
  const status = property(property(error, '$metadata'), 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
}

function bucketRegionHeader(error: unknown): string | undefined {
  return textOf(property(property(error, '$response'), 'headers'), 'x-amz-bucket-region');
}

function textOf(value: unknown, key: string): string | undefined {
  const text = property(value, key);
  return typeof text === 'string' ? text : undefined;
}

function property(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
