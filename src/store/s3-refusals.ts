/**
 * Answers of an S3 service that only a person can change: what is not allowed, not paid for, or
 * not set right. Codes are those of the Amazon S3 API reference; where others have words of their
 * own for the same, the code or a comment names them. Pure.
 */
import type { S3Answer, S3Operation, S3Place } from './s3-answer.ts';
import { StoreError } from './store.ts';

const PERMISSIONS: Readonly<Record<S3Operation, string>> = {
  read: 's3:GetObject (and s3:ListBucket, without which a missing object is refused as well)',
  write: 's3:PutObject',
  list: 's3:ListBucket',
  delete: 's3:DeleteObject',
};

/** What is told of credentials by code; other codes in `BAD_CREDENTIALS` share one hint. */
const CREDENTIAL_HINTS: Readonly<Record<string, string>> = {
  ExpiredToken:
    'The session has expired: sign in again (aws sso login), or renew the session token.',
  SignatureDoesNotMatch:
    'The secret does not belong to the access key, or was mistyped or cut off; enter both anew.',
  InvalidAccessKeyId:
    'The access key is unknown there: it was mistyped, replaced, or is for another service; check ' +
    'it and its secret. If this device keeps it, "satchel keys bucket" takes the new one.',
};
/** Other codes for the same; the last is of versitygw, with status 404. */
const SAME_CREDENTIAL_HINT: Readonly<Record<string, string>> = {
  ExpiredTokenException: 'ExpiredToken',
  TokenRefreshRequired: 'ExpiredToken',
  XAdminUserNotFound: 'InvalidAccessKeyId',
};
const BAD_CREDENTIALS = new Set([
  ...Object.keys(CREDENTIAL_HINTS),
  ...Object.keys(SAME_CREDENTIAL_HINT),
  'InvalidToken',
  'InvalidSecurity',
  'NotSignedUp',
  // Cloudflare R2.
  'Unauthorized',
]);
/** The second is the code for signed URLs; Cloudflare R2 has the third. */
const WRONG_CLOCK = new Set(['RequestTimeTooSkewed', 'RequestExpired', 'ExpiredRequest']);
const WRONG_REGION = new Set([
  'PermanentRedirect',
  'TemporaryRedirect',
  'Redirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
]);
/** Those that begin with X are of MinIO; the status 507 says the same (RFC 4918). */
const TOO_LITTLE_SPACE = new Set([
  'QuotaExceeded',
  'InsufficientStorage',
  'StorageFull',
  'XMinioStorageFull',
  'XMinioAdminBucketQuotaExceeded',
]);
/** How services answer that do not tell what it is that they lack; Ceph with the first two. */
const REFUSED_EXTRAS = new Set(['InvalidArgument', 'InvalidRequest', 'NotImplemented']);
/**
 * Backblaze B2 tells a cap only in words, as "Transaction cap exceeded", "storage_cap_exceeded" or
 * "transaction (Class B) cap exceeded".
 */
const CAP = /\b(\w+?)(?: \([^)]*\))?[ _]cap[ _]exceeded/i;
/** Amazon, Ceph, MinIO and R2 each say it in words or a code of their own. */
const LOCKED = /object[ -]?lock|\bWORM\b|legal hold|\bretention\b/i;

/** The bucket or the account has no room left. What is queued stays queued. */
export function noSpace(
  { status, code = '' }: S3Answer,
  { bucket, host }: S3Place,
  cause: unknown,
): StoreError | undefined {
  if (!TOO_LITTLE_SPACE.has(code) && status !== 507) return undefined;
  const reason = code === '' ? `status ${status}` : code;
  return new StoreError('internal', `bucket "${bucket}" at ${host} is full (${reason})`, 'never', {
    hint: 'Make space there or raise its quota; what is not yet published stays on this device.',
    cause,
  });
}

/** Credentials, clock, caps, locks, encryption keys and permissions. */
export function refusal(answer: S3Answer, place: S3Place, cause: unknown): StoreError | undefined {
  const { code = '', status, said } = answer;
  const { operation, bucket, host } = place;
  const refused = (message: string, hint: string, retry: 'soon' | 'never' = 'never') =>
    new StoreError('refused', message, retry, { hint, cause });
  if (BAD_CREDENTIALS.has(code)) {
    return refused(`${host} does not accept the credentials (${said})`, credentialHint(code));
  }
  if (WRONG_CLOCK.has(code)) {
    // The SDK learns the difference from the answer, so the next try may well pass.
    return refused(
      `${host} refused the time on the request: this clock and the server's differ`,
      'Set the clock of this device, or let it be set from the network.',
      'soon',
    );
  }
  const cap = CAP.exec(said)?.[1]?.toLowerCase();
  if (cap !== undefined) {
    return refused(
      `${host} refused to ${operation}: the ${cap} cap of the account is reached`,
      `Raise the ${cap} cap on the provider's page for caps and alerts, or wait until it starts anew.`,
    );
  }
  if (status < 500 && LOCKED.test(said)) {
    return refused(
      `an object lock in bucket "${bucket}" at ${host} refused to ${operation} (${said})`,
      'Satchel replaces its heads and deletes what it no longer needs: end the lock or its default ' +
        'retention, or use a bucket without one.',
    );
  }
  return (
    keyRefusal(answer, place, cause) ??
    (code !== '' && (status === 403 || status === 401)
      ? refused(
          `${host} refused to ${operation} in bucket "${bucket}" (${said})`,
          `Allow ${PERMISSIONS[operation]} on this bucket and prefix for these credentials.`,
        )
      : undefined)
  );
}

/** The key that the service encrypts with (AWS KMS) is not there, not usable, or not allowed. */
function keyRefusal(
  { status, code = '', said }: S3Answer,
  { operation, bucket, host }: S3Place,
  cause: unknown,
): StoreError | undefined {
  const isKeyError = /^KMS[.A-Z]/.test(code);
  const isKeyPermission = status === 403 && /\bkms:\w+/.test(said);
  if (!isKeyError && !isKeyPermission) return undefined;
  return new StoreError(
    'refused',
    `${host} refused to ${operation} in bucket "${bucket}" over its encryption key (${said})`,
    'never',
    {
      hint: isKeyPermission
        ? 'Allow kms:GenerateDataKey and kms:Decrypt on the key for these credentials.'
        : 'Check that the key exists in the region of the bucket and is enabled, or choose another with sse-key.',
      cause,
    },
  );
}

/** Names, regions, sizes and classes that the service does not have or allow. */
export function settingsError(
  answer: S3Answer,
  place: S3Place,
  cause: unknown,
): StoreError | undefined {
  const { code = '', status, said } = answer;
  const { bucket, host, extras = [] } = place;
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
  if (code === 'InvalidStorageClass') {
    return usage(
      `${host} does not have the storage class that is set for bucket "${bucket}"`,
      'Set a storage-class that the service lists, or none.',
    );
  }
  if (code === 'InvalidEncryptionAlgorithmError') {
    return usage(
      `${host} does not have the encryption that is set for bucket "${bucket}"`,
      'Set sse to one that the service has, or leave it out: Satchel encrypts by itself.',
    );
  }
  if (extras.length > 0 && REFUSED_EXTRAS.has(code)) {
    const asked = extras.join(' and ');
    return usage(
      `${host} refused to write to bucket "${bucket}" with ${asked} (${said})`,
      'It may not have that: set another, or none.',
    );
  }
  if (code === 'EntityTooLarge' || status === 413) {
    return usage(
      `${host} refuses bodies of this size`,
      'Raise the limit for request bodies there (a proxy in front of it may set one) to 64 MiB.',
    );
  }
  return wrongRegion(answer, place, usage);
}

function wrongRegion(
  { status, code = '', region, said }: S3Answer,
  { bucket, host }: S3Place,
  usage: (message: string, hint: string) => StoreError,
): StoreError | undefined {
  if (!WRONG_REGION.has(code) && !(status >= 300 && status < 400 && region !== undefined)) {
    return undefined;
  }
  return region === undefined
    ? usage(
        `bucket "${bucket}" is not in this region, or not at ${host} (${said})`,
        'Give the region and endpoint of the bucket.',
      )
    : usage(
        `bucket "${bucket}" is in region ${region}`,
        `Use ?region=${region} in the bucket URL, or --region ${region}.`,
      );
}

function credentialHint(code: string): string {
  return (
    CREDENTIAL_HINTS[SAME_CREDENTIAL_HINT[code] ?? code] ??
    'Check the access key, its secret and, where one is set, the session token.'
  );
}
