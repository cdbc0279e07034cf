/** A little WebDAV server over a store, which gets into whatever trouble a test tells it to. */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import type { ObjectStore } from '../../src/store/store.ts';
import { type Answer, type CannedRequest, reply, startServer } from './canned-server.ts';

/** What it answers instead of doing what it was asked for; undefined to do it. */
export type DavTrouble = (request: CannedRequest) => Answer | undefined;

export interface LittleDav {
  /** A bucket URL that needs neither user nor password. */
  readonly url: string;
  /** The trouble it is in, until it is told otherwise. */
  trouble: DavTrouble | undefined;
  /** Every request so far. */
  readonly requests: readonly CannedRequest[];
  /** How far its clock is ahead, milliseconds. */
  aheadMs: number;
}

const FOLDER = '/dav/notes/';

/** It takes every folder for one that is there, and shows a body once it has arrived whole. */
export async function startLittleDav(context: TestContext, store: ObjectStore): Promise<LittleDav> {
  const answer = async (request: CannedRequest, response: ServerResponse): Promise<void> => {
    response.setHeader('date', new Date(Date.now() + little.aheadMs).toUTCString());
    const refusal = little.trouble?.(request);
    if (refusal !== undefined) return refusal(request, response);
    const key = keyOf(request);
    switch (request.method) {
      case 'OPTIONS':
        // Bodies go straight under their keys at a server that says this.
        return reply(200, '', { dav: '1,2,<http://apache.org/dav/propset/fs/1>' })(
          request,
          response,
        );
      case 'PROPFIND':
        return await listFolder(store, key, request, response);
      case 'GET':
      case 'HEAD':
        return await read(store, key, request, response);
      case 'PUT':
        await store.put(key, request.body);
        return reply(201, '')(request, response);
      case 'DELETE':
        await store.delete(key);
        response.writeHead(204).end();
        return;
      default:
        return reply(405, '')(request, response);
    }
  };
  const { endpoint, requests } = await startServer(context, (request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const little: LittleDav = {
    url: `dav://${new URL(endpoint).host}${FOLDER.slice(0, -1)}`,
    trouble: undefined,
    requests,
    aheadMs: 0,
  };
  return little;
}

/** Below the folder of the bucket; empty for that folder, a folder with its slash. */
function keyOf({ url }: CannedRequest): string {
  return decodeURIComponent(url).slice(FOLDER.length);
}

async function read(
  store: ObjectStore,
  key: string,
  request: CannedRequest,
  response: ServerResponse,
): Promise<void> {
  const found = await store.get(key);
  if (found.kind !== 'found') return reply(404, '')(request, response);
  const etag = `"${createHash('md5').update(found.body).digest('hex')}"`;
  if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
  else response.writeHead(200, { etag, 'content-length': found.body.length }).end(found.body);
}

/** The folder and what lies directly in it, whatever depth was asked for. */
async function listFolder(
  store: ObjectStore,
  folder: string,
  request: CannedRequest,
  response: ServerResponse,
): Promise<void> {
  const { objects } = await store.list(folder);
  const entries = new Map([['', '<D:resourcetype><D:collection/></D:resourcetype>']]);
  for (const { key, sizeBytes } of objects) {
    const [name = '', ...below] = key.slice(folder.length).split('/');
    if (below.length > 0) {
      entries.set(`${name}/`, '<D:resourcetype><D:collection/></D:resourcetype>');
    } else {
      entries.set(name, `<D:getcontentlength>${sizeBytes}</D:getcontentlength><D:resourcetype/>`);
    }
  }
  const responses = [...entries].map(
    ([name, properties]) =>
      `<D:response><D:href>${FOLDER}${folder}${name}</D:href><D:propstat><D:prop>${properties}` +
      '</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>',
  );
  const body = `<D:multistatus xmlns:D="DAV:">${responses.join('')}</D:multistatus>`;
  return reply(207, body)(request, response);
}
