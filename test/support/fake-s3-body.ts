/**
 * The body of a write to the fake S3: unwrapped where it came with a checksum behind it, and
 * compared with every checksum that it came with.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { failure, type Reply } from './fake-s3-reply.ts';
import { headerOf, type S3Request } from './fake-s3-request.ts';

export type BodyCheck =
  | { readonly kind: 'taken'; readonly body: Uint8Array }
  | { readonly kind: 'refused'; readonly reply: Reply };

/** A checksum in the spelling of its header: base64. */
const CHECKSUMS: Readonly<Record<string, (body: Uint8Array) => string>> = {
  'content-md5': (body) => digest('md5', body),
  'x-amz-checksum-sha1': (body) => digest('sha1', body),
  'x-amz-checksum-sha256': (body) => digest('sha256', body),
  'x-amz-checksum-crc32': (body) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(body));
    return bytes.toString('base64');
  },
};

export function checkBody({ sent }: S3Request, takesTrailers: boolean): BodyCheck {
  const isWrapped = headerOf(sent, 'x-amz-trailer') !== undefined;
  if (isWrapped && !takesTrailers) {
    const said = 'You must provide the Content-Length HTTP header.';
    return refused(failure(411, 'MissingContentLength', said));
  }
  const { body, trailers } = isWrapped ? unwrapped(sent.body) : asSent(sent.body);
  for (const [name, compute] of Object.entries(CHECKSUMS)) {
    const stated = trailers[name] ?? headerOf(sent, name);
    if (stated === undefined || stated === compute(body)) continue;
    const what = name === 'content-md5' ? 'Content-MD5' : name;
    return refused(failure(400, 'BadDigest', `The ${what} you specified did not match.`));
  }
  return { kind: 'taken', body };
}

function refused(reply: Reply): BodyCheck {
  return { kind: 'refused', reply };
}

interface Unwrapped {
  readonly body: Uint8Array;
  readonly trailers: Readonly<Record<string, string>>;
}

function asSent(body: Uint8Array): Unwrapped {
  return { body, trailers: {} };
}

/** Chunks with their sizes before them, the trailers last (API reference, "aws-chunked"). */
function unwrapped(wrapped: Buffer): Unwrapped {
  const chunks: Uint8Array[] = [];
  let at = 0;
  const line = (): string => {
    const end = wrapped.indexOf('\r\n', at);
    const text = wrapped.toString('latin1', at, end === -1 ? wrapped.length : end);
    at += text.length + 2;
    return text;
  };
  for (let size = sizeIn(line()); size > 0; size = sizeIn(line())) {
    chunks.push(wrapped.subarray(at, at + size));
    at += size + 2;
  }
  const trailers: Record<string, string> = {};
  for (let trailer = line(); trailer !== ''; trailer = line()) {
    const [, name = '', value = ''] = /^([^:]+):(.*)$/.exec(trailer) ?? [];
    trailers[name] = value;
  }
  return { body: Buffer.concat(chunks), trailers };
}

function sizeIn(line: string): number {
  return Number.parseInt(line, 16) || 0;
}

function digest(algorithm: string, body: Uint8Array): string {
  return createHash(algorithm).update(body).digest('base64');
}
