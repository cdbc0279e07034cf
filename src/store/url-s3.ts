/** URLs of buckets on S3-compatible services. Pure; see `url.ts`. */
import type { BucketOverrides, S3Bucket } from './bucket-settings.ts';
import {
  checkedText,
  checkedWord,
  formatPath,
  formatQuery,
  readCaFile,
  readPath,
  readQuery,
  refuseOthers,
  type SecretRule,
  usage,
} from './url-settings.ts';

const SETTINGS = [
  'endpoint',
  'region',
  'profile',
  'pathStyle',
  'provider',
  'storageClass',
  'sse',
  'sseKeyId',
  'caFile',
] as const;

const NO_SECRETS: SecretRule = {
  message: 'a bucket URL must not hold access keys',
  hint:
    'A URL ends up in shell histories, process lists and logs. Put the keys into the environment ' +
    '(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or into an AWS profile.',
};

/** The settings that an `s3://` URL and overriding options spell. Throws `usage`. */
export function s3Bucket(url: URL, overrides: BucketOverrides): S3Bucket {
  refuseOthers(overrides, SETTINGS, 'an s3:// bucket');
  if (url.username !== '' || url.password !== '') {
    throw usage(NO_SECRETS.message, NO_SECRETS.hint);
  }
  if (url.port !== '') {
    throw usage(
      'an s3:// URL starts with the name of the bucket and takes no port',
      'Name the server in a setting: s3://bucket?endpoint=https://host:port.',
    );
  }
  if (url.hash !== '') throw usage('an s3:// URL takes no "#"', 'In a prefix, write %23.');
  return {
    kind: 's3',
    bucket: checkedBucketName(url.hostname),
    prefix: readPath(url.pathname, 'the prefix in the s3:// URL', 's3://bucket/my/notes'),
    ...readSettings(readQuery(url.searchParams, SETTINGS, 'an s3://', NO_SECRETS), overrides),
  };
}

/** The URL that `s3Bucket` reads back as the same settings. */
export function formatS3Url(settings: S3Bucket): string {
  const prefix = settings.prefix === '' ? '' : `/${formatPath(settings.prefix)}`;
  return `s3://${settings.bucket}${prefix}${formatQuery({ ...settings }, SETTINGS)}`;
}

type Settings = Pick<S3Bucket, (typeof SETTINGS)[number]>;

function readSettings(query: ReadonlyMap<string, string>, overrides: BucketOverrides): Settings {
  const endpoint = overrides.endpoint ?? query.get('endpoint');
  const region = overrides.region ?? query.get('region');
  const profile = overrides.profile ?? query.get('profile');
  const pathStyle = overrides.pathStyle ?? readPathStyle(query.get('pathStyle'));
  const provider = overrides.provider ?? query.get('provider');
  const storageClass = overrides.storageClass ?? query.get('storageClass');
  const sse = readEncryption(overrides.sse ?? query.get('sse'));
  const sseKeyId = overrides.sseKeyId ?? query.get('sseKeyId');
  const caFile = readCaFile(overrides.caFile, query.get('caFile'));
  if (sseKeyId !== undefined && sse !== 'aws:kms') {
    throw usage('sse-key names a key that nothing uses', 'Add sse=aws:kms, or leave it out.');
  }
  return {
    ...(endpoint === undefined ? {} : { endpoint: readEndpoint(endpoint) }),
    ...(region === undefined ? {} : { region: checkedWord('region', region, 'us-east-1') }),
    ...(profile === undefined ? {} : { profile: checkedText('profile', profile) }),
    ...(pathStyle === undefined ? {} : { pathStyle }),
    ...(provider === undefined ? {} : { provider: checkedWord('provider', provider, 'aws') }),
    ...(storageClass === undefined
      ? {}
      : { storageClass: checkedWord('storage-class', storageClass, 'STANDARD_IA') }),
    ...(sse === undefined ? {} : { sse }),
    ...(sseKeyId === undefined ? {} : { sseKeyId: checkedText('sse-key', sseKeyId) }),
    ...(caFile === undefined ? {} : { caFile }),
  };
}

function readPathStyle(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw usage('path-style is neither true nor false', 'Write path-style=true or path-style=false.');
}

function readEncryption(text: string | undefined): S3Bucket['sse'] {
  if (text === undefined || text === 'AES256' || text === 'aws:kms') return text;
  throw usage('sse is neither AES256 nor aws:kms', 'Write sse=AES256 or sse=aws:kms.');
}

/** The naming rules of S3 general purpose buckets (Amazon S3 User Guide). */
function checkedBucketName(name: string): string {
  const wellFormed = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name);
  if (!wellFormed || name.includes('..') || /^\d+\.\d+\.\d+\.\d+$/.test(name)) {
    throw usage(
      name === '' ? 'the s3:// URL names no bucket' : `"${name}" cannot be the name of a bucket`,
      'A name has 3 to 63 lower-case letters, digits, dots and hyphens: s3://my-bucket/prefix.',
    );
  }
  return name;
}

function readEndpoint(text: string): string {
  const hint = 'Write it like https://s3.example.org or http://127.0.0.1:9000.';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw usage('the endpoint is not an http:// or https:// URL', hint);
  }
  if (url.username !== '' || url.password !== '') {
    throw usage('an endpoint must not hold access keys', NO_SECRETS.hint);
  }
  if (url.search !== '' || url.hash !== '') throw usage('an endpoint takes no settings', hint);
  return url.href.replace(/\/+$/, '');
}
