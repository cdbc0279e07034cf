/** How the answers of the fake S3 look and travel, by its habits. */
import type { ServerResponse } from 'node:http';
import type { Habits } from './fake-s3-habits.ts';
import { failure, type Reply } from './fake-s3-reply.ts';

const PIECE_BYTES = 4096;

/** The reply as a service with these habits words it. */
export function worded(reply: Reply, { etag, errors, unknownKey }: Habits): Reply {
  if (reply.status >= 400) return wordedError(reply, errors, unknownKey);
  const { ETag: tag, ...others } = reply.headers;
  if (tag === undefined || etag === 'quoted') return reply;
  if (etag === 'missing') return { ...reply, headers: others };
  const told = etag === 'weak' ? `W/${tag}` : tag.replaceAll('"', '');
  return { ...reply, headers: { ...others, ETag: told } };
}

function wordedError(
  reply: Reply,
  errors: Habits['errors'],
  unknownKey: Habits['unknownKey'],
): Reply {
  const text = Buffer.from(reply.body).toString();
  if (unknownKey === 'not-found' && text.includes('<Code>InvalidAccessKeyId<')) {
    const said = 'No user exists with the provided access key ID.';
    return failure(404, 'XAdminUserNotFound', said);
  }
  if (errors === 'wordless') {
    return { ...reply, body: Buffer.from(text.replace(/<Message>.*<\/Message>/s, '')) };
  }
  if (errors === 'whole') return reply;
  const { 'Content-Type': _type, ...headers } = reply.headers;
  return { ...reply, headers };
}

/** Sends a reply whole. */
export async function send(
  response: ServerResponse,
  reply: Reply,
  { framing, headerNames }: Habits,
): Promise<void> {
  const { status, body } = reply;
  const length = hasNoBody(response, status) ? {} : { 'Content-Length': String(body.length) };
  const headers = { ...reply.headers, ...(framing === 'by-length' ? length : {}) };
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(headerNames === 'lower-case' ? name.toLowerCase() : name, value);
  }
  response.statusCode = status;
  if (framing === 'until-close') {
    response.useChunkedEncodingByDefault = false;
    response.shouldKeepAlive = false;
  }
  response.flushHeaders();
  if (!hasNoBody(response, status)) {
    for (const piece of piecesOf(body, framing)) {
      response.write(piece);
      if (framing === 'trickle') await new Promise((resolve) => setImmediate(resolve));
    }
  }
  response.end();
}

/**
 * Sends half of a reply, and ends the connection. Of a reply without a body nothing is sent: its
 * head alone would be all of it, and the next request would go out on a connection that is over.
 */
export async function sendHalf(
  response: ServerResponse,
  reply: Reply,
  { framing }: Habits,
): Promise<void> {
  if (reply.body.length === 0 || hasNoBody(response, reply.status)) return void response.destroy();
  const half = reply.body.subarray(0, Math.floor(reply.body.length / 2));
  for (const [name, value] of Object.entries(reply.headers)) response.setHeader(name, value);
  response.statusCode = reply.status;
  if (framing === 'by-length') response.setHeader('Content-Length', reply.body.length);
  if (framing === 'until-close') response.useChunkedEncodingByDefault = false;
  response.flushHeaders();
  if (half.length > 0) await new Promise((resolve) => response.write(half, resolve));
  // Ended rather than reset, so that what was sent arrives.
  response.socket?.end();
}

function hasNoBody(response: ServerResponse, status: number): boolean {
  return response.req.method === 'HEAD' || status === 204 || status === 304;
}

function piecesOf(body: Uint8Array, framing: Habits['framing']): readonly Uint8Array[] {
  if (framing !== 'trickle') return body.length === 0 ? [] : [body];
  return Array.from({ length: Math.ceil(body.length / PIECE_BYTES) }, (_, index) =>
    body.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES),
  );
}
