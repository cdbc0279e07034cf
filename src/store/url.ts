/**
 * Bucket URLs: what a person types to say where the bucket is. Pure.
 *
 *   file:///mnt/disk/satchel      a folder; a bare path that starts with /, ./ or ../ means one too
 *   s3://bucket/prefix?endpoint=https://s3.example.org&region=eu-west-1&profile=x&path-style=true
 *
 * Every error is a `usage` error, and none repeats the URL, which may hold a secret.
 */
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { SatchelError } from '../base/errors.ts';

export interface FileBucket {
  readonly kind: 'file';
  /** Absolute, in the form of this platform. */
  readonly root: string;
}

export interface S3Bucket {
  readonly kind: 's3';
  readonly bucket: string;
  /** Without a slash at either end; empty for the whole bucket. */
  readonly prefix: string;
  /** `http(s)://host[:port][/path]` of a service other than Amazon's. */
  readonly endpoint?: string;
  readonly region?: string;
  /** A profile of the AWS configuration files. */
  readonly profile?: string;
  /** `host/bucket/key` instead of `bucket.host/key`. */
  readonly pathStyle?: boolean;
}

/** Settings of this device, not of the bucket; they are no part of a bucket URL. */
export interface S3Options {
  /** Allows `http://` beyond this machine and certificates that cannot be verified. */
  readonly insecureTls?: boolean;
  /** How long a TCP connection may take to come about. Default 5,000. */
  readonly connectTimeoutMs?: number;
  /** How long a connection may stay without a byte in either direction. Default 60,000. */
  readonly idleTimeoutMs?: number;
}

export type BucketSettings = FileBucket | S3Bucket;

/** Settings from the command line, which win over those in the URL. */
export type BucketOverrides = {
  readonly [Name in 'endpoint' | 'region' | 'profile' | 'pathStyle']?: S3Bucket[Name] | undefined;
};

const KNOWN =
  'Known are s3://bucket/prefix, file:///path/to/folder, and a path that starts with /, ./ or ../.';
const S3_SETTINGS = ['endpoint', 'region', 'profile', 'path-style'] as const;
const SECRET_HINT =
  'A URL ends up in shell histories, process lists and logs. Put the keys into the environment ' +
  '(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or into an AWS profile.';
/** An S3 key has at most 1,024 bytes, of which ours need 200. */
const MAX_PREFIX_BYTES = 800;

/** The settings that a bucket URL and overriding options spell. Throws `usage`. */
export function parseBucketUrl(text: string, overrides: BucketOverrides = {}): BucketSettings {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase();
  // Relative to the working folder; a bare name could be that of an S3 bucket.
  if (isAbsolute(text) || /^\.\.?(?:[/\\]|$)/.test(text)) return fileBucket(text, overrides);
  switch (scheme) {
    case undefined:
      throw usage(
        'a bucket is named by a URL or a path',
        text.startsWith('~') ? 'Write the path out, without "~".' : KNOWN,
      );
    case 'file':
      return fileBucket(pathOfFileUrl(parseUrl(text)), overrides);
    case 's3':
      return s3Bucket(parseUrl(text), overrides);
    case 'dav':
    case 'davs':
      throw usage('WebDAV buckets (dav://, davs://) are not there yet', KNOWN);
    case 'http':
    case 'https':
      throw usage(
        `a bucket URL does not start with ${scheme}://`,
        'For an S3 service of your own write s3://bucket?endpoint=https://host.',
      );
    default:
      throw usage(`no kind of bucket is called ${scheme}://`, KNOWN);
  }
}

/** The URL that `parseBucketUrl` reads back as the same settings. */
export function formatBucketUrl(settings: BucketSettings): string {
  if (settings.kind === 'file') return pathToFileURL(settings.root).href;
  const prefix = settings.prefix.split('/').map(encodeURIComponent).join('/');
  const query = [
    ['endpoint', settings.endpoint],
    ['region', settings.region],
    ['profile', settings.profile],
    ['path-style', settings.pathStyle?.toString()],
  ].flatMap(([name, value]) =>
    // Slashes and colons are lawful in a query and keep an endpoint readable.
    value === undefined
      ? []
      : [`${name}=${encodeURIComponent(value).replaceAll('%2F', '/').replaceAll('%3A', ':')}`],
  );
  return `s3://${settings.bucket}${prefix && `/${prefix}`}${query.length > 0 ? '?' : ''}${query.join('&')}`;
}

/** True for a host that only this machine can answer for (RFC 6761, RFC 5735, RFC 4291). */
export function isLoopbackHost(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname) ||
    hostname === '[::1]' ||
    hostname === '::1'
  );
}

function fileBucket(path: string, overrides: BucketOverrides): FileBucket {
  const foreign = Object.entries(overrides).find(([, value]) => value !== undefined)?.[0];
  if (foreign !== undefined) {
    throw usage(`a folder has no ${settingName(foreign)}`, 'That setting is for s3:// buckets.');
  }
  const root = resolve(path);
  if (root === resolve('/')) {
    throw usage(
      'a whole disk cannot be a bucket',
      'Name a folder on it, such as file:///mnt/disk/satchel.',
    );
  }
  if (root.includes('\0')) throw usage('a path cannot hold a NUL character', KNOWN);
  return { kind: 'file', root };
}

function pathOfFileUrl(url: URL): string {
  if (url.host !== '') {
    throw usage(
      'the path in a file:// URL is not absolute',
      'Write three slashes: file:///mnt/disk/satchel.',
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw usage(
      'a file:// URL takes no settings',
      'Where "?" or "#" belongs to the path, write %3F or %23, or give the path alone.',
    );
  }
  try {
    return fileURLToPath(url);
  } catch {
    throw usage('the path in the file:// URL cannot be read', 'Give the path alone.');
  }
}

function s3Bucket(url: URL, overrides: BucketOverrides): S3Bucket {
  if (url.username !== '' || url.password !== '') {
    throw usage('a bucket URL must not hold access keys', SECRET_HINT);
  }
  if (url.port !== '') {
    throw usage(
      'an s3:// URL starts with the name of the bucket and takes no port',
      'Name the server in a setting: s3://bucket?endpoint=https://host:port.',
    );
  }
  if (url.hash !== '') throw usage('an s3:// URL takes no "#"', 'In a prefix, write %23.');
  const query = readQuery(url.searchParams);
  const endpoint = overrides.endpoint ?? query.get('endpoint');
  const region = overrides.region ?? query.get('region');
  const profile = overrides.profile ?? query.get('profile');
  const pathStyle = overrides.pathStyle ?? readPathStyle(query.get('path-style'));
  return {
    kind: 's3',
    bucket: checkedBucketName(url.hostname),
    prefix: readPrefix(url.pathname),
    ...(endpoint === undefined ? {} : { endpoint: readEndpoint(endpoint) }),
    ...(region === undefined ? {} : { region: checkedWord('region', region) }),
    ...(profile === undefined ? {} : { profile: checkedText('profile', profile) }),
    ...(pathStyle === undefined ? {} : { pathStyle }),
  };
}

function readQuery(query: URLSearchParams): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const [name, value] of query) {
    if (/key|secret|token|password|credential/i.test(name)) {
      throw usage('a bucket URL must not hold access keys', SECRET_HINT);
    }
    if (!S3_SETTINGS.some((known) => known === name)) {
      throw usage(
        `an s3:// URL has no setting called ${JSON.stringify(name)}`,
        `Known are ${S3_SETTINGS.join(', ')}.`,
      );
    }
    if (settings.has(name)) throw usage(`the setting ${name} is given twice`, 'Keep one of them.');
    settings.set(name, value);
  }
  return settings;
}

function readPathStyle(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw usage('path-style is neither true nor false', 'Write path-style=true or path-style=false.');
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

function readPrefix(pathname: string): string {
  let prefix: string;
  try {
    prefix = decodeURIComponent(pathname).replace(/^\//, '').replace(/\/$/, '');
  } catch {
    throw usage('the prefix in the s3:// URL has a broken %-escape', 'Write %25 for a "%".');
  }
  if (prefix === '') return '';
  const segments = prefix.split('/');
  if (
    segments.some((segment) => segment === '' || segment === '.' || segment === '..') ||
    hasControlCharacter(prefix)
  ) {
    throw usage(
      'the prefix in the s3:// URL is not a plain path',
      'Write it like s3://bucket/my/notes.',
    );
  }
  if (Buffer.byteLength(prefix) > MAX_PREFIX_BYTES) {
    throw usage(`the prefix is longer than ${MAX_PREFIX_BYTES} bytes`, 'Choose a shorter one.');
  }
  return prefix;
}

function readEndpoint(text: string): string {
  const hint = 'Write it like https://s3.example.org or http://127.0.0.1:9000.';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw usage('the endpoint is not an http:// or https:// URL', hint);
  }
  if (url.username !== '' || url.password !== '') {
    throw usage('an endpoint must not hold access keys', SECRET_HINT);
  }
  if (url.search !== '' || url.hash !== '') throw usage('an endpoint takes no settings', hint);
  return url.href.replace(/\/+$/, '');
}

function checkedWord(name: string, value: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(value)) {
    throw usage(`the ${name} is not a plain word`, `Write it like ${name}=us-east-1.`);
  }
  return value;
}

function checkedText(name: string, value: string): string {
  if (value === '' || hasControlCharacter(value)) {
    throw usage(`the ${name} is empty or unreadable`, `Leave ${name} out to use the default.`);
  }
  return value;
}

function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

function settingName(override: string): string {
  return override === 'pathStyle' ? 'path style' : override;
}

function parseUrl(text: string): URL {
  if (!URL.canParse(text)) throw usage('the bucket URL cannot be read', KNOWN);
  return new URL(text);
}

function usage(message: string, hint: string): SatchelError {
  return new SatchelError('usage', message, { hint });
}
