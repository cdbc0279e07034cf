/** A little S3 server over a store, which forbids what a test tells it to. */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import type { ObjectStore } from '../../src/store/store.ts';
import { type CannedRequest, s3Failure, startServer } from './canned-server.ts';

export interface LittleS3 {
  /** A bucket URL that needs no more than some credentials. */
  readonly url: string;
  /** What is forbidden right now. */
  readonly forbidden: Set<'read' | 'write' | 'list'>;
}

const BUCKET = 'little-bucket';
const forbid = s3Failure(403, 'AccessDenied');
const missing = s3Failure(404, 'NoSuchKey');

export async function startLittleS3(context: TestContext, store: ObjectStore): Promise<LittleS3> {
  const forbidden: LittleS3['forbidden'] = new Set();
  const answer = async (request: CannedRequest, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url, 'http://localhost');
    const key = decodeURIComponent(url.pathname).slice(`/${BUCKET}/`.length);
    const operation = request.method === 'PUT' ? 'write' : key === '' ? 'list' : 'read';
    if (forbidden.has(operation)) return forbid(request, response);
    if (operation === 'write') {
      await store.put(key, request.body);
      response.writeHead(200, { etag: etagOf(request.body) }).end();
      return;
    }
    if (operation === 'list') {
      const { objects } = await store.list(url.searchParams.get('prefix') ?? '');
      const entries = objects.map(
        ({ key, sizeBytes }) => `<Contents><Key>${key}</Key><Size>${sizeBytes}</Size></Contents>`,
      );
      response.writeHead(200, { 'content-type': 'application/xml' });
      response.end(
        `<ListBucketResult><Name>${BUCKET}</Name><IsTruncated>false</IsTruncated>` +
          `${entries.join('')}</ListBucketResult>`,
      );
      return;
    }
    const found = await store.get(key);
    if (found.kind !== 'found') return missing(request, response);
    response.writeHead(200, { etag: etagOf(found.body) }).end(found.body);
  };
  const { endpoint } = await startServer(context, (request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  return { url: `s3://${BUCKET}?endpoint=${endpoint}`, forbidden };
}

function etagOf(body: Uint8Array): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}
