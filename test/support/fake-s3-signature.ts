/**
 * Checks who sent a request to the fake S3, and when: AWS Signature Version 4 in the Authorization
 * header, worked out anew from what arrived (Amazon S3 API reference, "Signature calculations").
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { CannedRequest } from './canned-server.ts';
import { element, failure, type Reply } from './fake-s3-reply.ts';
import { headerOf } from './fake-s3-request.ts';

export interface KnownKey {
  readonly secret: string;
  /** What has to come with a temporary key. */
  readonly sessionToken?: string;
}

export interface Gate {
  readonly keys: ReadonlyMap<string, KnownKey>;
  /** The service's own time, milliseconds since the epoch. */
  readonly nowMs: number;
  /** The region that requests have to be signed for. */
  readonly region: string;
}

/** What a service allows between the time on a request and its own. */
const WINDOW_MS = 15 * 60 * 1000;
const ALGORITHM = 'AWS4-HMAC-SHA256';
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** Why a request is not let in; undefined where it is. */
export function refusalAtGate(request: CannedRequest, gate: Gate): Reply | undefined {
  const authorization = headerOf(request, 'authorization');
  if (authorization === undefined) return failure(403, 'AccessDenied', 'Access Denied');
  const [, keyId = '', day = '', region = '', signedHeaders = '', signature = ''] =
    AUTHORIZATION.exec(authorization) ?? [];
  const date = headerOf(request, 'x-amz-date') ?? '';
  if (signature === '' || !date.startsWith(day)) {
    return malformed('The authorization header is malformed.');
  }
  const known = gate.keys.get(keyId);
  if (known === undefined) {
    const said = 'The AWS Access Key Id you provided does not exist in our records.';
    return failure(403, 'InvalidAccessKeyId', said, element('AWSAccessKeyId', keyId));
  }
  const late = timeRefusal(date, gate.nowMs);
  if (late !== undefined) return late;
  if (region !== gate.region) {
    const said = `The authorization header is malformed; the region '${region}' is wrong; expecting '${gate.region}'`;
    return malformed(said, element('Region', gate.region));
  }
  const scope = [day, region, 's3', 'aws4_request'];
  const text = textToSign(request, signedHeaders.split(';'), date, scope);
  if (!isSame(signature, sign(known.secret, scope, text))) return mismatch(keyId);
  const token = headerOf(request, 'x-amz-security-token');
  if (known.sessionToken !== undefined && token !== known.sessionToken) {
    return failure(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.');
  }
  return bodyRefusal(request);
}

function timeRefusal(date: string, nowMs: number): Reply | undefined {
  const sentMs = Date.parse(
    date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );
  if (Math.abs(sentMs - nowMs) <= WINDOW_MS) return undefined;
  const said = 'The difference between the request time and the current time is too large.';
  const more =
    element('RequestTime', date) +
    element('ServerTime', new Date(nowMs).toISOString()) +
    element('MaxAllowedSkewMilliseconds', WINDOW_MS);
  return failure(403, 'RequestTimeTooSkewed', said, more);
}

/** The signature covers the hash that the request states; this compares it with what arrived. */
function bodyRefusal(request: CannedRequest): Reply | undefined {
  const stated = headerOf(request, 'x-amz-content-sha256') ?? '';
  if (!/^[0-9a-f]{64}$/.test(stated) || stated === sha256(request.body)) return undefined;
  const said = "The provided 'x-amz-content-sha256' header does not match what was computed.";
  return failure(400, 'XAmzContentSHA256Mismatch', said);
}

function textToSign(
  request: CannedRequest,
  signedHeaders: readonly string[],
  date: string,
  scope: readonly string[],
): string {
  const [path = '', query = ''] = request.url.split('?', 2);
  const headers = signedHeaders.map((name) => {
    const value = headerOf(request, name) ?? '';
    return `${name}:${value.trim().replace(/ +/g, ' ')}\n`;
  });
  const canonical = [
    request.method,
    path.split('/').map(canonicalPart).join('/'),
    canonicalQuery(query),
    headers.join(''),
    signedHeaders.join(';'),
    headerOf(request, 'x-amz-content-sha256') ?? '',
  ];
  return [ALGORITHM, date, scope.join('/'), sha256(canonical.join('\n'))].join('\n');
}

function canonicalQuery(query: string): string {
  if (query === '') return '';
  const parameters = query.split('&').map((pair) => {
    const [name = '', value = ''] = pair.split('=', 2);
    return `${canonicalPart(name)}=${canonicalPart(value)}`;
  });
  return parameters.sort().join('&');
}

/** Percent-encodes all but the unreserved characters (RFC 3986, section 2.3). */
function canonicalPart(text: string): string {
  return encodeURIComponent(decodeURIComponent(text)).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sign(secret: string, scope: readonly string[], text: string): string {
  const key = scope.reduce<string | Buffer>(
    (above, part) => createHmac('sha256', above).update(part).digest(),
    `AWS4${secret}`,
  );
  return createHmac('sha256', key).update(text).digest('hex');
}

function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

function sha256(body: string | Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

function malformed(said: string, more = ''): Reply {
  return failure(400, 'AuthorizationHeaderMalformed', said, more);
}

function mismatch(keyId: string): Reply {
  const said =
    'The request signature we calculated does not match the signature you provided. Check your ' +
    'key and signing method.';
  return failure(403, 'SignatureDoesNotMatch', said, element('AWSAccessKeyId', keyId));
}
