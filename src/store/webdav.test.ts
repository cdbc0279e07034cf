/** How the WebDAV store goes about its work. Answers come from the test. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { found, rejection } from '../../test/store-conformance.ts';
import {
  type Answers,
  byMethod,
  listing,
  openCanned,
  openOn,
  QUICK,
} from '../../test/support/canned-dav.ts';
import { type Answer, reply, startServer } from '../../test/support/canned-server.ts';
import { utf8 } from '../base/bytes.ts';
import type { DavBucket } from './bucket-settings.ts';
import { ensureWebDavFolder, openWebDavStore } from './webdav.ts';

const NO_OPTIONS = reply(200, '', { dav: '1, 2' });
const MISSING = reply(404, '');

test('clear text beyond this machine is refused before anything is sent, unless allowed', async (context) => {
  const bucket: DavBucket = { kind: 'dav', secure: false, host: 'dav.example.invalid', path: 'x' };
  const error = await rejection(openWebDavStore(bucket, QUICK));
  assert.equal(error.kind, 'usage');
  assert.match(error.message, /http:\/\/dav\.example\.invalid.*clear text/);
  assert.match(error.hint ?? '', /davs:\/\/.*--insecure-tls/);
  const allowed = await openOn(context, bucket.host, { insecureTls: true });
  assert.match((await rejection(allowed.list(''))).message, /cannot be found/);
});

test('user and password go out as Basic authentication in UTF-8; without a user nothing does', async (context) => {
  const server = await openCanned(
    context,
    byMethod({}),
    { password: 'test-pässword:1' },
    { user: 'test-user' },
  );
  await server.store.list('');
  const [headers = assert.fail()] = server.headers();
  assert.equal(
    headers.authorization,
    `Basic ${Buffer.from('test-user:test-pässword:1').toString('base64')}`,
  );
  const anonymous = await openCanned(context, byMethod({}), { password: 'test-password' });
  await anonymous.store.list('');
  assert.equal(anonymous.headers()[0]?.authorization, undefined);
});

test('a user whose password nobody gave is told so before anything is sent', async () => {
  const bucket: DavBucket = { kind: 'dav', secure: true, host: 'h', path: '', user: 'me' };
  const error = await rejection(openWebDavStore(bucket, QUICK));
  assert.equal(error.kind, 'refused');
  assert.match(error.message, /no password is known for "me" at h/);
  assert.match(error.hint ?? '', /SATCHEL_WEBDAV_PASSWORD/);
});

test('on Apache a write is one request, after one that asks what the server is', async (context) => {
  const server = await openCanned(context, byMethod({}));
  assert.deepEqual(await server.store.put('heads/a', utf8('1')), { tag: undefined });
  await server.store.put('heads/b', utf8('1'));
  assert.deepEqual(server.requests(), [
    'OPTIONS /dav/notes/',
    'PUT /dav/notes/heads/a',
    'PUT /dav/notes/heads/b',
  ]);
});

test('on Nextcloud a write is one request from the first', async (context) => {
  const path = 'cloud/remote.php/dav/files/me/notes';
  const server = await openCanned(context, byMethod({}), {}, { path });
  await server.store.put('heads/a', utf8('1'));
  assert.deepEqual(server.requests(), [`PUT /${path}/heads/a`]);
});

test('any other server gets the body under another name, and moves it once it is whole', async (context) => {
  const server = await openCanned(context, byMethod({ OPTIONS: NO_OPTIONS }));
  await server.store.put('heads/a', utf8('1'));
  await server.store.put('heads/b', utf8('1'));
  const [ask, sweep, put = '', folder, move, , , ...rest] = server.requests();
  const temporary = put.replace('PUT ', '');
  assert.match(temporary, /^\/dav\/notes\/\.satchel-tmp\/[0-9a-f]{32}$/);
  assert.deepEqual(
    [ask, sweep, folder, move, rest],
    [
      'OPTIONS /dav/notes/',
      'PROPFIND /dav/notes/.satchel-tmp/',
      'MKCOL /dav/notes/heads/',
      `MOVE ${temporary}`,
      [],
    ],
  );
  const { destination, overwrite } = server.headers()[4] ?? {};
  assert.deepEqual([destination, overwrite], ['/dav/notes/heads/a', 'T']);
});

test('a server that wants the whole URL as destination gets it, from then on at once', async (context) => {
  const MOVE: Answer = (request, response) => {
    const isWhole = `${request.headers.destination}`.startsWith('http://');
    response.writeHead(isWhole ? 204 : 400).end();
  };
  const server = await openCanned(context, byMethod({ OPTIONS: NO_OPTIONS, MOVE }));
  await server.store.put('heads/a', utf8('1'));
  await server.store.put('heads/b', utf8('1'));
  const moves = server.headers().map(({ destination }) => destination);
  assert.deepEqual(
    moves.filter((destination) => destination !== undefined),
    [
      '/dav/notes/heads/a',
      `http://${server.host}/dav/notes/heads/a`,
      `http://${server.host}/dav/notes/heads/b`,
    ],
  );
});

test('a move that fails takes its temporary file away, and tells its own error', async (context) => {
  const server = await openCanned(
    context,
    byMethod({ OPTIONS: NO_OPTIONS, MOVE: reply(507, ''), DELETE: reply(500, '') }),
  );
  const error = await rejection(server.store.put('heads/a', utf8('1')));
  assert.equal(error.kind, 'internal');
  const requests = server.requests();
  assert.equal(requests.at(-1), requests.at(-2)?.replace('MOVE', 'DELETE'));
});

test('folders that are missing are made from below, as far as they are', async (context) => {
  const there = new Set(['/dav/notes/']);
  const isThere = (url: string) => there.has(url.replace(/[^/]*\/?$/, ''));
  const answers: Answers = {
    PUT: (request, response) => response.writeHead(isThere(request.url) ? 201 : 409).end(),
    MKCOL: (request, response) => {
      if (isThere(request.url)) there.add(request.url);
      response.writeHead(isThere(request.url) ? 201 : 409).end();
    },
  };
  const server = await openCanned(context, byMethod(answers));
  await server.store.put('blobs/ab/1', utf8('1'));
  assert.deepEqual(server.requests().slice(1), [
    'PUT /dav/notes/blobs/ab/1',
    'MKCOL /dav/notes/blobs/ab/',
    'MKCOL /dav/notes/blobs/',
    'MKCOL /dav/notes/blobs/ab/',
    'PUT /dav/notes/blobs/ab/1',
  ]);
});

test('a folder that another makes at the same time is there all the same', async (context) => {
  // Apache's answers to the slower of two.
  const puts = inTurn(reply(409, ''), reply(201, ''));
  const creations = inTurn(reply(403, ''), reply(405, ''));
  const server = await openCanned(context, byMethod({ PUT: puts, MKCOL: creations }));
  await server.store.put('heads/a', utf8('1'));
});

test("the bucket's folder is made from the deepest level up, and only by init", async (context) => {
  const there = new Set(['/dav/']);
  const PROPFIND: Answer = (request, response) =>
    there.has(request.url) ? listing()(request, response) : response.writeHead(404).end();
  const MKCOL: Answer = (request, response) => {
    const isParentThere = there.has(request.url.replace(/[^/]+\/$/, ''));
    if (isParentThere) there.add(request.url);
    response.writeHead(isParentThere ? 201 : 409).end();
  };
  const PUT = reply(409, '');
  const server = await startServer(context, byMethod({ PROPFIND, MKCOL, PUT }));
  const { host } = new URL(server.endpoint);
  const store = await openOn(context, host, {}, { path: 'dav/a b/c' });
  assert.match((await rejection(store.put('x/y', utf8('1')))).message, /no folder \/dav\/a b\/c/);
  await ensureWebDavFolder({ kind: 'dav', secure: false, host, path: 'dav/a b/c' }, QUICK);
  assert.deepEqual([...there], ['/dav/', '/dav/a%20b/', '/dav/a%20b/c/']);
  // Where not even the root takes a folder, the path is wrong.
  there.clear();
  const elsewhere = ensureWebDavFolder({ kind: 'dav', secure: false, host, path: 'q' }, QUICK);
  assert.match((await rejection(elsewhere)).message, /no folder \/q/);
});

test('an ETag is a tag if it is strong and what it names has rested for two seconds', async (context) => {
  const at = (second: number) => new Date(Date.UTC(2030, 0, 1, 0, 0, second)).toUTCString();
  for (const [headers, tag] of [
    [{ etag: '"a"', date: at(10), 'last-modified': at(8) }, '"a"'],
    [{ etag: '"a"', date: at(10), 'last-modified': at(9) }, undefined],
    [{ etag: 'W/"a"', date: at(10), 'last-modified': at(1) }, undefined],
    [{ etag: 'a', date: at(10), 'last-modified': at(1) }, undefined],
    [{ etag: '"a"', date: 'never', 'last-modified': at(1) }, undefined],
    [{ etag: '"a"', date: at(10) }, '"a"'],
    [{ date: at(10), 'last-modified': at(1) }, undefined],
  ] as const) {
    const server = await openCanned(context, served('body', headers));
    assert.equal(found(await server.store.get('heads/a')).tag, tag, JSON.stringify(headers));
  }
});

test('an ETag is sent back as it came, and 304 means unchanged', async (context) => {
  const GET: Answer = (request, response) => {
    const isKnown = request.headers['if-none-match'] === '"tag 1"';
    response.writeHead(isKnown ? 304 : 200, { etag: '"tag 1"' }).end(isKnown ? '' : 'body');
  };
  const HEAD: Answer = (_request, response) => response.writeHead(200, { etag: '"tag 1"' }).end();
  const { store } = await openCanned(context, byMethod({ GET, HEAD }));
  const { tag } = found(await store.get('heads/a'));
  assert.deepEqual(await store.get('heads/a', { ifNoneMatch: tag }), { kind: 'unchanged' });
  assert.equal(found(await store.get('heads/a', { ifNoneMatch: '"other"' })).tag, '"tag 1"');
});

test('a body that was replaced while it was read is read again', async (context) => {
  // The head of the former file, cut to its length, with the bytes of the new one.
  const GET = inTurn(
    reply(200, 'new', { etag: '"former"' }),
    reply(200, 'newer', { etag: '"new"' }),
  );
  const HEAD = reply(200, '', { etag: '"new"', 'content-length': '5' });
  const { store, requests } = await openCanned(context, byMethod({ GET, HEAD }));
  assert.deepEqual(found(await store.get('heads/a')).body, utf8('newer'));
  assert.equal(requests().length, 4);
});

test('a body whose ETag only grew strong meanwhile is the same', async (context) => {
  const GET = reply(200, 'body', { etag: 'W/"a"' });
  const HEAD = reply(200, '', { etag: '"a"', 'content-length': '4' });
  const { store, requests } = await openCanned(context, byMethod({ GET, HEAD }));
  assert.deepEqual(found(await store.get('heads/a')).body, utf8('body'));
  assert.equal(requests().length, 2);
});

test('a body that never holds still is told, to be tried again', async (context) => {
  let count = 0;
  const changing: Answer = (request, response) => {
    count += 1;
    reply(200, request.method === 'GET' ? 'body' : '', { etag: `"${count}"` })(request, response);
  };
  const { store } = await openCanned(context, byMethod({ GET: changing, HEAD: changing }));
  const error = await rejection(store.get('heads/a'));
  assert.match(error.message, /heads\/a keeps changing/);
  assert.deepEqual([error.kind, error.retry], ['unreachable', 'soon']);
});

test('what is missing for a moment, as during a MOVE, is looked for again', async (context) => {
  const GET = inTurn(MISSING, reply(200, 'body', { etag: '"a"' }));
  const HEAD = reply(200, '', { etag: '"a"', 'content-length': '4' });
  const { store } = await openCanned(context, byMethod({ GET, HEAD }));
  assert.deepEqual(found(await store.get('heads/a')).body, utf8('body'));
});

test("a missing key is missing only if the bucket's folder is there, which is asked once", async (context) => {
  const { store, requests } = await openCanned(context, byMethod({ GET: MISSING }));
  assert.deepEqual(await store.get('heads/a'), { kind: 'missing' });
  assert.deepEqual(await store.get('heads/b'), { kind: 'missing' });
  assert.equal(requests().filter((request) => request.startsWith('PROPFIND')).length, 1);
});

test('a listing goes down folder by folder, and hides temporary files', async (context) => {
  const PROPFIND: Answer = (request, response) => {
    const names: Readonly<Record<string, readonly string[]>> = {
      '/dav/notes/': ['satchel.json', '.satchel-tmp/', 'heads/', 'Other/', '.DS_Store'],
      '/dav/notes/heads/': ['heads/a', 'heads/deep/'],
    };
    const answer = names[request.url];
    if (answer === undefined) response.writeHead(404).end();
    else listing(...answer)(request, response);
  };
  const { store, requests } = await openCanned(context, byMethod({ PROPFIND }));
  assert.deepEqual(await store.list(''), {
    objects: [
      { key: 'satchel.json', sizeBytes: 7 },
      { key: 'heads/a', sizeBytes: 7 },
    ],
    strange: ['Other/', '.DS_Store'],
    pages: 3,
  });
  assert.deepEqual(requests(), [
    'PROPFIND /dav/notes/',
    'PROPFIND /dav/notes/heads/',
    'PROPFIND /dav/notes/heads/deep/',
  ]);
});

test('a length that the listing lacks is asked for', async (context) => {
  const PROPFIND = reply(
    207,
    '<multistatus xmlns="DAV:"><response><href>/dav/notes/a</href></response></multistatus>',
  );
  const HEAD = reply(200, '', { 'content-length': '12' });
  const { store } = await openCanned(context, byMethod({ PROPFIND, HEAD }));
  assert.deepEqual((await store.list('')).objects, [{ key: 'a', sizeBytes: 12 }]);
});

test('a redirect within the server is followed with method and body, five times at most', async (context) => {
  const PUT: Answer = (request, response) => {
    if (request.url.startsWith('/new/')) response.writeHead(201).end();
    else response.writeHead(308, { location: `/new${request.url}` }).end();
  };
  const endless: Answer = (request, response) =>
    response.writeHead(302, { location: request.url }).end();
  const server = await startServer(context, byMethod({ PUT, PROPFIND: endless }));
  const store = await openOn(context, new URL(server.endpoint).host);
  await store.put('heads/a', utf8('body'));
  const last = server.requests.at(-1) ?? assert.fail();
  assert.equal(`${last.method} ${last.url} ${last.body}`, 'PUT /new/dav/notes/heads/a body');
  const error = await rejection(store.list(''));
  assert.match(error.message, /sends requests on to/);
  assert.equal(server.requests.filter(({ method }) => method === 'PROPFIND').length, 6);
});

test('a redirect to another server is not followed, and the password not taken there', async (context) => {
  const elsewhere = await startServer(context, byMethod({}));
  const target = `${elsewhere.endpoint}/login?token=test-token`;
  const { store } = await openCanned(
    context,
    reply(302, '', { location: target }),
    { password: 'test-password' },
    { user: 'test-user' },
  );
  const error = await rejection(store.list(''));
  assert.deepEqual([error.kind, error.retry], ['unreachable', 'never']);
  assert.match(error.message, new RegExp(`sends requests on to ${elsewhere.endpoint}/login$`));
  assert.equal(elsewhere.requests.length, 0);
});

test("the server's time is told with each answer, but not an old one out of a cache", async (context) => {
  const told: number[] = [];
  const date = 'Tue, 01 Jan 2030 00:00:07 GMT';
  const answers = inTurn(
    reply(204, '', { date }),
    reply(204, '', { date, age: '10' }),
    reply(204, '', { date: 'soon' }),
  );
  const { store } = await openCanned(context, answers, { onServerDate: (ms) => told.push(ms) });
  for (const key of ['a', 'b', 'c']) await store.delete(key);
  assert.deepEqual(told, [Date.UTC(2030, 0, 1, 0, 0, 7)]);
});

test('an authority that the bucket names is trusted, besides the usual ones', async (context) => {
  const server = await startServer(context, byMethod({}), { tls: true });
  const fixture = '../../test/fixtures/self-signed-for-tests.cert.pem';
  const ca = readFileSync(join(import.meta.dirname, fixture), 'utf8');
  const { host } = new URL(server.endpoint);
  const store = await openOn(context, host, { ca }, { secure: true });
  assert.deepEqual((await store.list('')).objects, []);
});

/** Serves one body under every key, with these headers to GET and HEAD. */
function served(body: string, headers: Readonly<Record<string, string>>): Answer {
  return byMethod({
    GET: reply(200, body, headers),
    HEAD: reply(200, '', { ...headers, 'content-length': `${body.length}` }),
  });
}

/** Answers the first request in the first way, the second in the second, and so on. */
function inTurn(...answers: readonly Answer[]): Answer {
  let count = 0;
  return (request, response) => {
    const answer = answers[Math.min(count, answers.length - 1)];
    count += 1;
    answer?.(request, response);
  };
}
