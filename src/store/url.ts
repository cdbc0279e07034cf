/**
 * Bucket URLs: what a person types to say where the bucket is. Pure.
 *
 *   file:///mnt/disk/satchel      a folder; a bare path that starts with /, ./ or ../ means one too
 *   s3://bucket/prefix?endpoint=https://s3.example.org&region=eu-west-1&profile=x&path-style=true
 *   davs://host[:port]/path?user=me&ca-file=/etc/ssl/own.pem      WebDAV; dav:// is clear text
 *
 * Every error is a `usage` error, and none repeats the URL, which may hold a secret.
 */
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { BucketOverrides, BucketSettings, FileBucket } from './bucket-settings.ts';
import { davBucket, formatDavUrl } from './url-dav.ts';
import { formatS3Url, s3Bucket } from './url-s3.ts';
import { parseUrl, refuseOthers, usage } from './url-settings.ts';

const KNOWN =
  'Known are s3://bucket/prefix, davs://host/path, file:///path/to/folder, and a path that ' +
  'starts with /, ./ or ../.';

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
      return fileBucket(pathOfFileUrl(parseUrl(text, KNOWN)), overrides);
    case 's3':
      return s3Bucket(parseUrl(text, KNOWN), overrides);
    case 'dav':
    case 'davs':
      return davBucket(text, overrides);
    case 'http':
    case 'https':
      throw usage(
        `a bucket URL does not start with ${scheme}://`,
        'For an S3 service of your own write s3://bucket?endpoint=https://host, for a WebDAV ' +
          'share davs://host/path.',
      );
    default:
      throw usage(`no kind of bucket is called ${scheme}://`, KNOWN);
  }
}

/** The URL that `parseBucketUrl` reads back as the same settings. */
export function formatBucketUrl(settings: BucketSettings): string {
  switch (settings.kind) {
    case 'file':
      return pathToFileURL(settings.root).href;
    case 's3':
      return formatS3Url(settings);
    case 'dav':
      return formatDavUrl(settings);
  }
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
  refuseOthers(overrides, [], 'a folder');
  const root = resolve(path);
  if (root === resolve('/')) {
    throw usage(
      'a whole disk cannot be a bucket',
      'Name a folder on it, such as file:///mnt/disk/satchel.',
    );
  }
  if (root.includes('\0')) {
    throw usage('a path cannot hold a NUL character', KNOWN);
  }
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
