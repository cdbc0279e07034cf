/**
 * What real S3 services do, and what happens on the way to them, each under a name that a test can
 * switch on. `seen` says where: a server that was measured, or whose documents or users say so.
 */
import type { Habits } from './fake-s3-habits.ts';
import { bare, element, failure, type Reply } from './fake-s3-reply.ts';

/** What befalls a request: an answer instead of the work, or a connection that ends. */
export type Fault =
  | { readonly kind: 'answer'; readonly reply: Reply }
  /** The connection ends before anything is done. */
  | { readonly kind: 'drop-before' }
  /** The work is done, and its answer lost. */
  | { readonly kind: 'drop-after' }
  /** The work is done, and half of the answer arrives. */
  | { readonly kind: 'half' };

export type Quirk =
  | { readonly seen: string; readonly habits: Partial<Habits> }
  | { readonly seen: string; readonly fault: Fault };

const BUCKET_REGION = 'eu-south-2';
const region = element('Region', BUCKET_REGION);
const regionHeader = { 'x-amz-bucket-region': BUCKET_REGION };
const signInPage = Buffer.from('<!doctype html><title>Sign in to the network</title><p>Hello<br>');

function answer(reply: Reply): Fault {
  return { kind: 'answer', reply };
}

export const QUIRKS = {
  'conditions-refused': {
    seen: 'Backblaze B2: 501 to If-None-Match and If-Match on PutObject (hashicorp/terraform#37143)',
    habits: { conditions: 'refused' },
  },
  'conditions-ignored': {
    seen: 'Garage 1.2 evaluates conditions on reads only (its known issues)',
    habits: { conditions: 'ignored' },
  },
  'not-modified-bare': {
    seen: 'Ceph RGW 16.2, measured: 304 without ETag and type',
    habits: { notModified: 'bare' },
  },
  'not-modified-as-xml': {
    seen: 'versitygw 1.8.0, measured: 304 as application/xml, without ETag',
    habits: { notModified: 'as-xml' },
  },
  'etag-unquoted': {
    seen: 'the S3 gateways of Alluxio (Alluxio/alluxio#12442) and of older s3rver (jamhall/s3rver#14)',
    habits: { etag: 'unquoted' },
  },
  'etag-weak': {
    seen: 'nginx since 1.7.3, in front of a service, where it compresses (its CHANGES)',
    habits: { etag: 'weak' },
  },
  'etag-missing': {
    seen: 'Filen S3, whose header is called E-Tag (FilenCloudDienste/filen-s3#146)',
    habits: { etag: 'missing' },
  },
  'pages-of-2': {
    seen: 'S3 API reference, ListObjectsV2: a page may have fewer keys than were asked for',
    habits: { pageKeys: 2 },
  },
  'keys-unencoded': {
    seen: 'versitygw 1.8.0, measured: lists keys as they are, and an empty EncodingType',
    habits: { encodesKeys: false },
  },
  'lists-late': {
    seen: 'NetApp StorageGRID at consistency "available" (its S3 reference)',
    habits: { unlistedWrites: 3 },
  },
  'reads-late': {
    seen: 'Tigris, global buckets read from another region (its page on consistency)',
    habits: { staleReads: 1 },
  },
  'write-per-second': {
    seen: 'Cloudflare R2: one write per second and key, then 429 (its limits)',
    habits: { writePauseMs: 1000 },
  },
  'missing-hidden': {
    seen: 'Amazon S3: 403 for a missing object to those without s3:ListBucket (API reference, GetObject)',
    habits: { hidesMissing: true },
  },
  'trailers-refused': {
    seen: 'Ceph RGW 16.2, measured: 411 to a body with a checksum behind it',
    habits: { takesTrailers: false },
  },
  'settings-unknown': {
    seen: 'versitygw 1.8.0, measured for lifecycle, public access block and encryption: 501',
    habits: { knowsSettings: false },
  },
  'unknown-key-not-found': {
    seen: 'versitygw 1.8.0, measured: 404 XAdminUserNotFound for an access key it does not know',
    habits: { unknownKey: 'not-found' },
  },
  'errors-wordless': {
    seen: 'Ceph RGW 16.2, measured: error documents without a Message',
    habits: { errors: 'wordless' },
  },
  'errors-untyped': {
    seen: 'RFC 9110, section 8.3: a Content-Type may be left out, and proxies drop it',
    habits: { errors: 'untyped' },
  },
  chunked: {
    seen: 'Ceph RGW 16.2, measured: listings in chunks, without Content-Length',
    habits: { framing: 'chunked' },
  },
  'until-close': {
    seen: 'RFC 9112, section 6.3: proxies of HTTP/1.0 end an answer by closing the connection',
    habits: { framing: 'until-close' },
  },
  trickle: {
    seen: 'any slow line: an answer in many small pieces',
    habits: { framing: 'trickle' },
  },
  'headers-lower-case': {
    seen: 'services behind HTTP/2 front ends (RFC 9113, section 8.2)',
    habits: { headerNames: 'lower-case' },
  },
  'slow-down': {
    seen: 'Amazon S3: 503 SlowDown (error responses)',
    fault: answer(failure(503, 'SlowDown', 'Please reduce your request rate.')),
  },
  'slow-down-wait': {
    seen: 'Cloudflare: 429, which may say for how long (RFC 6585, section 4)',
    fault: answer(failure(429, 'TooManyRequests', 'Reduce your rate.', '', { 'Retry-After': '1' })),
  },
  contention: {
    seen: 'Ceph RGW 16.2, measured: 500 UnknownError to writers of one key at once',
    fault: answer(failure(500, 'UnknownError', '')),
  },
  'dropped-before': { seen: 'any line that breaks', fault: { kind: 'drop-before' } },
  'dropped-after': { seen: 'any line that breaks', fault: { kind: 'drop-after' } },
  'dropped-within': { seen: 'any line that breaks', fault: { kind: 'half' } },
  'region-moved': {
    seen: 'Amazon S3: 301 PermanentRedirect with the region in a header',
    fault: answer(failure(301, 'PermanentRedirect', 'Use the endpoint.', '', regionHeader)),
  },
  'region-passing': {
    seen: 'Amazon S3: 307 TemporaryRedirect while a new bucket becomes known',
    fault: answer(
      failure(307, 'TemporaryRedirect', 'Please re-send this request.', region, {
        Location: 'http://127.0.0.1:9/elsewhere',
      }),
    ),
  },
  'region-refused': {
    seen: 'Amazon S3, and versitygw 1.8.0, measured: 400 AuthorizationHeaderMalformed with the region',
    fault: answer(failure(400, 'AuthorizationHeaderMalformed', 'The region is wrong.', region)),
  },
  'redirect-nowhere': {
    seen: 'RFC 9110, section 15.4.2: a 301 should have a Location, and need not',
    fault: answer(bare(301)),
  },
  'captive-portal': {
    seen: 'hotels and trains, which answer everything with a page to sign in (RFC 8952)',
    fault: answer({ status: 200, headers: { 'Content-Type': 'text/html' }, body: signInPage }),
  },
  quota: {
    seen: 'Ceph RGW: 403 QuotaExceeded (its page on quotas)',
    fault: answer(failure(403, 'QuotaExceeded', '')),
  },
  'disk-full': {
    seen: 'MinIO: 507 XMinioStorageFull (its list of error codes)',
    fault: answer(failure(507, 'XMinioStorageFull', 'Storage backend has reached its limit.')),
  },
  'cap-reached': {
    seen: 'Backblaze B2, in words alone (alangrainger/share-note#63)',
    fault: answer(
      failure(
        403,
        'AccessDenied',
        'Cannot download file, download bandwidth or transaction (Class B) cap exceeded. See the ' +
          'Caps & Alerts page to increase your cap.',
      ),
    ),
  },
  'token-expired': {
    seen: 'Amazon S3: 400 ExpiredToken (error responses)',
    fault: answer(failure(400, 'ExpiredToken', 'The provided token has expired.')),
  },
} as const satisfies Readonly<Record<string, Quirk>>;

export type QuirkName = keyof typeof QUIRKS;
