/** A WebDAV server that answers as a test tells it to, by method, and a store that speaks to it. */
import type { TestContext } from 'node:test';
import type { DavBucket } from '../../src/store/bucket-settings.ts';
import type { ObjectStore } from '../../src/store/store.ts';
import { openWebDavStore } from '../../src/store/webdav.ts';
import type { WebDavOptions } from '../../src/store/webdav-options.ts';
import { type Answer, reply, startServer } from './canned-server.ts';
import { systemClock, systemRandom } from './ports.ts';

/** Long enough for a busy machine to answer, short enough to wait for where nobody does. */
export const QUICK = {
  clock: systemClock,
  random: systemRandom,
  connectTimeoutMs: 500,
  idleTimeoutMs: 300,
} as const;

export type Answers = Readonly<Record<string, Answer>>;

/** Answers each method as told, and any other as a server does for a folder that is there. */
export function byMethod(answers: Answers): Answer {
  return (request, response) => {
    const answer = answers[request.method] ?? USUAL[request.method] ?? reply(405, '');
    answer(request, response);
  };
}

/** A listing of the folder `/dav/notes/` with the given names in it. */
export function listing(...names: readonly string[]): Answer {
  const responses = ['', ...names].map(
    (name) =>
      `<D:response><D:href>/dav/notes/${name}</D:href><D:propstat><D:prop><D:resourcetype>` +
      `${name === '' || name.endsWith('/') ? '<D:collection/>' : ''}</D:resourcetype>` +
      '<D:getcontentlength>7</D:getcontentlength></D:prop>' +
      '<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>',
  );
  return reply(207, `<D:multistatus xmlns:D="DAV:">${responses.join('')}</D:multistatus>`);
}

const USUAL: Answers = {
  OPTIONS: reply(200, '', { dav: '1,2,<http://apache.org/dav/propset/fs/1>' }),
  PROPFIND: listing(),
  MKCOL: reply(201, ''),
  PUT: reply(201, ''),
  MOVE: reply(201, ''),
  DELETE: reply(204, ''),
};

export interface CannedDav {
  readonly store: ObjectStore;
  /** Method and path of each request so far. */
  requests(): readonly string[];
  readonly headers: () => readonly Readonly<Record<string, unknown>>[];
  /** `host:port` of the server. */
  readonly host: string;
}

/** A store on the folder `/dav/notes` of a server with these answers. */
export async function openCanned(
  context: TestContext,
  answer: Answer,
  options: Partial<WebDavOptions> = {},
  settings: Partial<DavBucket> = {},
): Promise<CannedDav> {
  const server = await startServer(context, answer);
  const { host } = new URL(server.endpoint);
  const store = await openOn(context, host, options, settings);
  return {
    store,
    host,
    requests: () => server.requests.map(({ method, url }) => `${method} ${url}`),
    headers: () => server.requests.map(({ headers }) => headers),
  };
}

/** The same on a server that is there already, or is not there at all. */
export async function openOn(
  context: TestContext,
  host: string,
  options: Partial<WebDavOptions> = {},
  settings: Partial<DavBucket> = {},
): Promise<ObjectStore> {
  const bucket = { kind: 'dav', secure: false, host, path: 'dav/notes', ...settings } as const;
  const store = await openWebDavStore(bucket, { ...QUICK, ...options });
  context.after(() => store.close());
  return store;
}
