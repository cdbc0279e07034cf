/** What the WebDAV store makes of servers in trouble: real HTTP, answers by the test. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { found, rejection } from '../../test/store-conformance.ts';
import { byMethod, listing, openCanned, openOn } from '../../test/support/canned-dav.ts';
import { type Answer, reply, startServer } from '../../test/support/canned-server.ts';
import { createManualClock, systemClock, systemRandom } from '../../test/support/ports.ts';
import {
  closedPort,
  endless,
  expect,
  OPERATIONS,
  type Operation,
  REQUESTS,
  SIGN_IN_PAGE,
  testBrokenLines,
} from '../../test/support/store-faults.ts';
import { utf8 } from '../base/bytes.ts';
import { withRetry } from './retry.ts';
import type { StoreError } from './store.ts';

/** What a server says to OPTIONS that may show a half body. */
const NO_OPTIONS = reply(200, '', { dav: '1, 2' });
const DAY_MS = 24 * 60 * 60 * 1000;
const PAGE = { 'content-type': 'text/html' };

/** Status, then what every operation makes of it: kind, advice, words. */
const ANSWERS = [
  [403, 'refused', 'never', /refused to \w+ in \/dav\/notes \(status 403\)/],
  [407, 'refused', 'never', /proxy on the way to .* asks for a password/],
  [408, 'unreachable', 'soon', /in trouble/],
  [413, 'usage', 'never', /refuses bodies of this size/],
  [423, 'unreachable', 'soon', /locked or changing/],
  [429, 'unreachable', 'slower', /slow down/],
  [500, 'unreachable', 'soon', /in trouble \(status 500\)/],
  [501, 'unreachable', 'never', /does not speak WebDAV.*status 501/],
  [502, 'unreachable', 'soon', /in trouble/],
  [503, 'unreachable', 'slower', /slow down or is in maintenance/],
  [507, 'internal', 'never', /\/dav\/notes at .* is full/],
  [418, 'internal', 'never', /would not \w+ in \/dav\/notes \(status 418\)/],
] as const;

for (const [status, kind, retry, message] of ANSWERS) {
  test(`status ${status} is ${kind}, retried ${retry}, whatever was asked`, async (context) => {
    for (const operation of OPERATIONS) {
      // A page of a web server in trouble is trouble, not another protocol.
      const answer = always(reply(status, SIGN_IN_PAGE, PAGE));
      expect(await failureOf(context, answer, operation), kind, retry, message);
    }
  });
}

test('a refusal to tell its options is told, but for a server that has none to tell', async (context) => {
  const OPTIONS = reply(401, '', { 'www-authenticate': 'Basic realm="x"' });
  const asked = await failureOf(context, byMethod({ OPTIONS }), 'write');
  expect(asked, 'refused', 'never', /asks for a user/);
  const { store } = await openCanned(context, byMethod({ OPTIONS: reply(405, '') }));
  await store.put('heads/a', utf8('1'));
});

test('the reason that sabre/dav gives, thus Nextcloud, is told', async (context) => {
  const body =
    '<?xml version="1.0"?><d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns">' +
    '<s:exception>Sabre\\DAV\\Exception</s:exception><s:message>Quota\n  reached</s:message></d:error>';
  const error = await failureOf(context, always(reply(507, body)), 'write');
  assert.match(error.message, /\(status 507: Quota reached\)/);
});

test('a refused password names the user and tells of app passwords', async (context) => {
  const basic = reply(401, '', { 'www-authenticate': 'Basic realm="x", Digest realm="x"' });
  for (const operation of OPERATIONS) {
    const anonymous = await failureOf(context, always(basic), operation);
    expect(anonymous, 'refused', 'never', /asks for a user and a password/);
    const { store } = await openCanned(
      context,
      always(basic),
      { password: 'test-password' },
      { user: 'test-user' },
    );
    const error = await rejection(REQUESTS[operation](store));
    expect(error, 'refused', 'never', /does not accept the password of "test-user"/);
    assert.match(error.hint ?? '', /app password/);
    assert.doesNotMatch(`${error.message} ${error.hint}`, /test-password/);
  }
});

test('a server that wants Digest authentication is told as one, with what to do there', async (context) => {
  const digest = reply(401, '', { 'www-authenticate': 'Digest realm="x", nonce="1"' });
  const error = await failureOf(context, always(digest), 'list');
  expect(error, 'refused', 'never', /asks for Digest authentication/);
  assert.match(error.hint ?? '', /Basic authentication, over TLS/);
});

test('404 for the folder itself is no such folder, with where Nextcloud has it', async (context) => {
  for (const operation of ['read', 'write', 'list'] as const) {
    const error = await failureOf(context, always(reply(404, '')), operation);
    expect(error, 'usage', 'never', /there is no folder \/dav\/notes at/);
    assert.match(error.hint ?? '', /remote\.php\/dav\/files.*/s);
  }
  const { store } = await openCanned(context, always(reply(404, '')));
  await store.delete('heads/a');
});

test('405 tells a web server from WebDAV, and a write that could not be done', async (context) => {
  for (const operation of ['read', 'list', 'delete'] as const) {
    const error = await failureOf(context, always(reply(405, '')), operation);
    expect(error, 'unreachable', 'never', /does not speak WebDAV at \/dav\/notes/);
  }
  const error = await failureOf(context, always(reply(405, '')), 'write');
  expect(error, 'unreachable', 'never', /does not take writes/);
  assert.match(error.hint ?? '', /disk is not full/);
});

test('a folder that cannot be made, or vanishes again and again, ends in an error', async (context) => {
  const PUT = reply(409, '');
  const refused = await failureOf(context, byMethod({ PUT, MKCOL: reply(403, '') }), 'write');
  expect(refused, 'refused', 'never', /refused to write/);
  const vanishing = await failureOf(context, byMethod({ PUT }), 'write');
  expect(vanishing, 'unreachable', 'soon', /did not find what it had a moment ago/);
});

test('a sign-in page with a success status is not the bucket', async (context) => {
  for (const operation of OPERATIONS) {
    const error = await failureOf(context, always(reply(200, SIGN_IN_PAGE, PAGE)), operation);
    expect(error, 'unreachable', 'never', /does not speak WebDAV.*(web page|status 200)/);
    assert.match(error.hint ?? '', /sign-in page/);
  }
  // Apache, though, answers a write that it did with a page.
  const { store } = await openCanned(context, byMethod({ PUT: reply(201, SIGN_IN_PAGE, PAGE) }));
  await store.put('heads/a', utf8('1'));
});

test('answers that no WebDAV server gives are told as such', async (context) => {
  const multistatus = (inside: string) =>
    reply(207, `<multistatus xmlns="DAV:">${inside}</multistatus>`);
  for (const [answer, operation, message] of [
    [reply(206, 'bo'), 'read', /status 206/],
    [reply(202, ''), 'write', /status 202/],
    [multistatus(''), 'delete', /status 207/],
    [reply(200, '{}'), 'list', /status 200/],
    [reply(207, SIGN_IN_PAGE), 'list', /a web page/],
    [reply(207, '<multistatus xmlns="DAV:">'), 'list', /other than a whole listing/],
    [multistatus('<response><href>/x/</href></response>'), 'list', /another folder/],
    [reply(303, '', { location: '/' }), 'read', /status 303/],
  ] as const) {
    const error = await failureOf(context, always(answer), operation);
    expect(error, 'unreachable', 'never', /does not speak WebDAV/);
    assert.match(error.message, message);
  }
});

testBrokenLines({
  openOn: async (context, answer) => (await openCanned(context, answer)).store,
  begin(request, response) {
    response.writeHead(request.method === 'GET' ? 200 : 207, { 'content-length': '1000' });
    response.write('<multistatus>');
  },
});

test('a connection that takes too long to come about is given up, one that is there is not', async (context) => {
  // On this clock every pause is over at once, before any connection can be.
  const clock = createManualClock(0);
  const server = await openCanned(context, byMethod({}), { clock, connectTimeoutMs: 5_000 });
  const error = await rejection(server.store.list(''));
  expect(error, 'unreachable', 'soon', /too long to answer/);
  assert.deepEqual(clock.pausesMs, [5_000]);
  // Once it is there, an answer may take longer.
  const PROPFIND: Answer = async (request, response) => {
    await systemClock.sleep(400);
    listing()(request, response);
  };
  const times = { connectTimeoutMs: 200, idleTimeoutMs: 5_000 };
  const slow = await openCanned(context, byMethod({ PROPFIND }), times);
  await slow.store.list('');
});

test('a body that never ends is cut off at maxBytes, and listings and reasons as well', async (context) => {
  const { store } = await openCanned(
    context,
    byMethod({ GET: endless(200), PROPFIND: endless(207), DELETE: endless(500) }),
  );
  const error = await rejection(store.get('heads/a', { maxBytes: 100_000 }));
  expect(error, 'damaged', 'never', /heads\/a is longer than the 100000 bytes/);
  expect(await rejection(store.list('')), 'unreachable', 'never', /answered without end/);
  expect(await rejection(store.delete('a')), 'unreachable', 'soon', /status 500/);
});

test('where nothing listens, or no name leads to, is unreachable', async (context) => {
  const closed = await openOn(context, `127.0.0.1:${await closedPort()}`);
  const error = await rejection(closed.list(''));
  expect(error, 'unreachable', 'soon', /nothing answers at 127\.0\.0\.1/);
  const nameless = await openOn(context, 'dav.nowhere.invalid', {}, { secure: true });
  const unknown = await rejection(nameless.list(''));
  expect(unknown, 'unreachable', 'soon', /dav\.nowhere\.invalid cannot be found/);
});

test('a self-signed certificate is told as such; --insecure-tls accepts it', async (context) => {
  const server = await startServer(context, byMethod({}), { tls: true });
  const { host } = new URL(server.endpoint);
  const strict = await openOn(context, host, {}, { secure: true });
  const error = await rejection(strict.put('heads/a', utf8('body')));
  expect(error, 'unreachable', 'never', /no secure connection to localhost.*trusts/);
  assert.match(error.hint ?? '', /--ca-file/);
  assert.equal(server.requests.length, 0);
  const trusting = await openOn(context, host, { insecureTls: true }, { secure: true });
  await trusting.put('heads/a', utf8('body'));
});

test('davs:// to a port that speaks plain HTTP is a failed handshake', async (context) => {
  const server = await startServer(context, byMethod({}));
  const store = await openOn(context, new URL(server.endpoint).host, {}, { secure: true });
  expect(await rejection(store.list('')), 'unreachable', 'never', /handshake failed/);
});

test('an answer that comes before the body was sent is heard', async (context) => {
  // As a proxy answers that refuses a size by its announcement.
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      socket.resume();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : assert.fail();
  const path = 'remote.php/dav/files/me/notes';
  const store = await openOn(context, `127.0.0.1:${port}`, {}, { path });
  const error = await rejection(store.put('heads/a', new Uint8Array(20_000_000)));
  expect(error, 'usage', 'never', /refuses bodies of this size/);
  store.close();
});

test('a server that knows no HEAD is believed', async (context) => {
  const GET = reply(200, 'body', { etag: '"a"' });
  const { store } = await openCanned(context, byMethod({ GET }));
  assert.deepEqual(found(await store.get('heads/a')).body, utf8('body'));
});

test('an upload that breaks is taken away again, as often as it does', async (context) => {
  const left = new Set<string>();
  let cuts = 2;
  const PUT: Answer = ({ url }, response) => {
    left.add(url);
    cuts -= 1;
    if (cuts < 0) response.writeHead(201).end();
    else response.destroy();
  };
  const MOVE: Answer = ({ url }, response) => {
    left.delete(url);
    response.writeHead(201).end();
  };
  const DELETE: Answer = ({ url }, response) => {
    left.delete(url);
    response.writeHead(204).end();
  };
  const server = await openCanned(context, byMethod({ OPTIONS: NO_OPTIONS, PUT, MOVE, DELETE }));
  const store = withRetry(server.store, { clock: createManualClock(0), random: systemRandom });
  await store.put('heads/a', utf8('1'));
  assert.equal(cuts, -1);
  assert.deepEqual([...left], []);
});

test("what killed programs left under temporary names goes after a day, by the server's clock", async (context) => {
  const name = (digit: string) => `.satchel-tmp/${digit.repeat(32)}`;
  const changed: Readonly<Record<string, string>> = {
    [name('a')]: 'Tue, 01 Jan 2030 23:59:59 GMT',
    [name('b')]: 'Wed, 02 Jan 2030 00:00:01 GMT',
    '.satchel-tmp/not-ours': 'Tue, 01 Jan 2030 00:00:00 GMT',
  };
  const HEAD: Answer = ({ url }, response) => {
    const date = 'Thu, 03 Jan 2030 00:00:00 GMT';
    const lastModified = changed[url.replace('/dav/notes/', '')] ?? assert.fail();
    response.writeHead(200, { date, 'last-modified': lastModified }).end();
  };
  const PROPFIND = listing('.satchel-tmp/', ...Object.keys(changed));
  let monotonicMs = 0;
  const clock = { ...systemClock, monotonicMs: () => monotonicMs };
  const answers = byMethod({ OPTIONS: NO_OPTIONS, PROPFIND, HEAD });
  const { store, requests } = await openCanned(context, answers, { clock });
  const deleted = () => requests().filter((request) => request.startsWith('DELETE'));
  await store.put('heads/a', utf8('1'));
  await store.put('heads/b', utf8('1'));
  assert.deepEqual(deleted(), [`DELETE /dav/notes/${name('a')}`]);
  // A program that runs on looks again the next day.
  monotonicMs += DAY_MS;
  await store.put('heads/c', utf8('1'));
  assert.equal(deleted().length, 2);
});

test('a write does without the look for leftovers where that fails', async (context) => {
  const answers = byMethod({ OPTIONS: NO_OPTIONS, PROPFIND: reply(500, '') });
  const { store, requests } = await openCanned(context, answers);
  await store.put('heads/a', utf8('1'));
  assert.ok(requests().some((request) => request.startsWith('PROPFIND /dav/notes/.satchel-tmp/')));
});

/** The same answer to everything, but that the server can be written to in one step. */
function always(answer: Answer): Answer {
  const OPTIONS = reply(200, '', { dav: '1,2,<http://apache.org/dav/propset/fs/1>' });
  return (request, response) => {
    (request.method === 'OPTIONS' ? OPTIONS : answer)(request, response);
  };
}

async function failureOf(
  context: TestContext,
  answer: Answer,
  operation: Operation,
): Promise<StoreError> {
  const { store } = await openCanned(context, answer);
  return rejection(REQUESTS[operation](store));
}
