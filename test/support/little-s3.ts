/** A little S3 server over a store, which gets into whatever trouble a test tells it to. */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import type { ObjectStore } from '../../src/store/store.ts';
import { type Answer, type CannedRequest, s3Failure, startServer } from './canned-server.ts';

export type LittleOperation = 'read' | 'write' | 'list' | 'delete';

export interface LittleRequest {
  /** Undefined for what is no operation on objects. */
  readonly operation: LittleOperation | undefined;
  readonly key: string;
  readonly sent: CannedRequest;
}

/**
 * What it answers instead of doing what it was asked for; undefined to do it. It may take its time,
 * in which others work.
 */
export type Trouble = (request: LittleRequest) => Answer | undefined | Promise<Answer | undefined>;

export interface LittleS3 {
  /** A bucket URL that needs no more than some credentials. */
  readonly url: string;
  /** What is forbidden right now. */
  readonly forbidden: Set<LittleOperation>;
  /** The trouble it is in, until it is told otherwise. */
  trouble: Trouble | undefined;
  /** What it answers about settings of the bucket, such as `versioning`; the rest it lacks. */
  readonly settings: Map<string, Answer>;
  /** Every request so far. */
  readonly requests: readonly CannedRequest[];
  /** Says that a missing object is forbidden, as S3 does to whoever may not list. */
  hidesMissing: boolean;
  /** How far its clock is ahead, milliseconds. */
  aheadMs: number;
}

const BUCKET = 'little-bucket';
const ACTIONS: Readonly<Record<LittleOperation, string>> = {
  read: 's3:GetObject',
  write: 's3:PutObject',
  list: 's3:ListBucket',
  delete: 's3:DeleteObject',
};
const forbid = s3Failure(403, 'AccessDenied');
const missing = s3Failure(404, 'NoSuchKey');
const lacking = s3Failure(501, 'NotImplemented');

export async function startLittleS3(context: TestContext, store: ObjectStore): Promise<LittleS3> {
  const forbidden: LittleS3['forbidden'] = new Set();
  const settings: LittleS3['settings'] = new Map();
  const answer = async (request: CannedRequest, response: ServerResponse): Promise<void> => {
    response.setHeader('date', new Date(Date.now() + little.aheadMs).toUTCString());
    const { key, query } = targetOf(request);
    const operation = operationOf(request);
    const refusal = await little.trouble?.({ operation, key, sent: request });
    if (refusal !== undefined) return refusal(request, response);
    if (operation === undefined) {
      const [setting = ''] = query.keys();
      return (settings.get(setting) ?? lacking)(request, response);
    }
    if (forbidden.has(operation)) return forbid(request, response);
    switch (operation) {
      case 'write':
        await store.put(key, request.body);
        response.writeHead(200, { etag: etagOf(request.body) }).end();
        return;
      case 'delete':
        await store.delete(key);
        response.writeHead(204).end();
        return;
      case 'list':
        response.writeHead(200, { 'content-type': 'application/xml' });
        response.end(listing((await store.list(query.get('prefix') ?? '')).objects));
        return;
      case 'read': {
        const found = await store.get(key);
        if (found.kind !== 'found') {
          return (little.hidesMissing ? forbid : missing)(request, response);
        }
        const etag = etagOf(found.body);
        if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
        else response.writeHead(200, { etag }).end(found.body);
      }
    }
  };
  const { endpoint, requests } = await startServer(context, (request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const little: LittleS3 = {
    url: `s3://${BUCKET}?endpoint=${endpoint}`,
    forbidden,
    trouble: undefined,
    settings,
    requests,
    hidesMissing: false,
    aheadMs: 0,
  };
  return little;
}

/** The action that a request takes the right to, as policies name it. */
export function s3ActionOf(request: CannedRequest): string {
  const operation = operationOf(request);
  return operation === undefined ? `${request.method} ${request.url}` : ACTIONS[operation];
}

/** Undefined for what is no operation on objects. */
function operationOf(request: CannedRequest): LittleOperation | undefined {
  const { key, query } = targetOf(request);
  if (key === '') return query.has('list-type') ? 'list' : undefined;
  if (request.method === 'PUT') return 'write';
  return request.method === 'DELETE' ? 'delete' : 'read';
}

function targetOf(request: CannedRequest): {
  readonly key: string;
  readonly query: URLSearchParams;
} {
  const url = new URL(request.url, 'http://localhost');
  const key = decodeURIComponent(url.pathname).slice(`/${BUCKET}/`.length);
  return { key, query: url.searchParams };
}

function listing(objects: readonly { readonly key: string; readonly sizeBytes: number }[]): string {
  const entries = objects.map(
    ({ key, sizeBytes }) => `<Contents><Key>${key}</Key><Size>${sizeBytes}</Size></Contents>`,
  );
  return (
    `<ListBucketResult><Name>${BUCKET}</Name><IsTruncated>false</IsTruncated>` +
    `${entries.join('')}</ListBucketResult>`
  );
}

function etagOf(body: Uint8Array): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}
