/**
 * What the errors of an S3 service, of the SDK and of the network mean to a person. Pure, and
 * free of the SDK: it looks only at the shape of what was thrown.
 */
import { messageOf, systemCode } from '../base/errors.ts';
import type { S3Answer, S3Place } from './s3-answer.ts';
import { networkError } from './s3-network-errors.ts';
import { noSpace, refusal, settingsError } from './s3-refusals.ts';
import { StoreError } from './store.ts';
import { StreamTooLong } from './stream.ts';

const TOO_FAST = new Set([
  'SlowDown',
  'SlowDownRead',
  'SlowDownWrite',
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TooManyRequests',
  'TooManyRequestsException',
  'RequestRateLimitExceeded',
]);
/** Client errors by status, passing by nature. */
const PASSING = new Set(['RequestTimeout', 'OperationAborted', 'ConcurrentModification']);

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
  if (isProviderError(error)) return noCredentials(error, place);
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
    noSpace(answer, place, error) ??
    refusal(answer, place, error) ??
    settingsError(answer, place, error) ??
    passingTrouble(answer, place, error) ??
    otherTrouble(answer, place, error)
  );
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

function noCredentials(error: unknown, { profile }: S3Place): StoreError {
  const where = profile === undefined ? 'for S3' : `in the profile "${profile}"`;
  const other =
    profile === undefined ? '' : 'Check the name of the profile, or choose another way. ';
  return new StoreError('refused', `no credentials ${where}: ${messageOf(error)}`, 'never', {
    hint:
      `${other}Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile (?profile= in the bucket ` +
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
