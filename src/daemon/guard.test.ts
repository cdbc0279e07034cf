/** Each test is an attack on the local API, or on its page. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import {
  askRaw,
  createFakeDaemon,
  FAKE_HANDLERS,
  type RawAnswer,
} from '../../test/support/fake-daemon.ts';
import { createHandClock, type HandClock } from '../../test/support/hand-clock.ts';
import { systemRandom } from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { type Server, startServer } from './server.ts';

let server: Server;
let clock: HandClock;
let home: string;
let token: string;

beforeEach(async () => {
  home = temporaryFolder('guard');
  clock = createHandClock(0);
  server = await start();
  server.announce(home);
  token = JSON.parse(readFileSync(join(home, 'daemon.json'), 'utf8')).token;
});

afterEach(() => end(server));

function start(): Promise<Server> {
  return startServer({
    daemon: createFakeDaemon(home),
    port: 0,
    clock,
    random: systemRandom,
    handlers: FAKE_HANDLERS,
    pageFolder: undefined,
    log: (message) => assert.fail(message),
  });
}

async function end(running: Server): Promise<void> {
  const closed = running.close();
  clock.advance(60_000);
  await closed;
}

/** Both halves of a browser's session. */
interface SignedIn {
  /** As the browser sends it back. */
  readonly cookie: string;
  /** What the page puts before the paths that it asks. */
  readonly address: string;
}

async function signIn(): Promise<SignedIn> {
  return sessionOf(await open(server.newLink()));
}

async function open(link: string, headers: Readonly<Record<string, string>> = {}) {
  const { pathname, search } = new URL(link);
  return await askRaw(server.port, { path: `${pathname}${search}`, headers });
}

function sessionOf({ status, headers }: RawAnswer): SignedIn {
  assert.equal(status, 303);
  const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? assert.fail('no cookie was set');
  const key = headers.location?.split('#session=')[1] ?? assert.fail('the page is given no key');
  return { cookie, address: `/session/${key}` };
}

function bearer(): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

function status(headers: Readonly<Record<string, string>>, address = ''): Promise<RawAnswer> {
  return askRaw(server.port, { path: `${address}/api/status`, headers });
}

/** What a page of another site makes the browser send: with its cookie, if the browser is old. */
async function postFrom(
  headers: Readonly<Record<string, string>>,
  address = '',
): Promise<RawAnswer> {
  return await askRaw(server.port, {
    method: 'POST',
    path: `${address}/api/pause`,
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"paused":true}',
  });
}

suite('the guard of the local API', () => {
  test('without a token, and with a wrong one, nothing is answered', async () => {
    const wrong = 'A'.repeat(token.length);
    for (const headers of [
      {},
      { authorization: `Bearer ${wrong}` },
      { authorization: token },
      { cookie: `satchel-session=${wrong}` },
      { cookie: `satchel-session=${token}` },
      { cookie: `satchel-${server.port}=${token}` },
    ]) {
      const answer = await status(headers);
      assert.equal(answer.status, 401, JSON.stringify(headers));
      assert.equal(JSON.parse(answer.text).error.kind, 'refused');
      assert.doesNotMatch(answer.text, /first-home/);
    }
  });

  test('no spelling of a path leads around the guard', async () => {
    for (const path of [
      '/%61pi/status',
      '/api%2fstatus',
      '//api/status',
      '/api//status',
      '/x/../api/status',
      '/api/./status',
      '/API/status',
      `http://evil.example/api/status`,
      '/start/../api/status',
      `/session/${token}/api/status`,
      '/session//api/status',
      '/session/x/session/y/api/status',
    ]) {
      const answer = await askRaw(server.port, { path });
      assert.doesNotMatch(answer.text, /first-home/, path);
      assert.ok(answer.status === 401 || answer.status === 404, `${path} ${answer.status}`);
    }
  });

  test('a token in the address is none: addresses are logged and passed on', async () => {
    const answer = await askRaw(server.port, { path: `/api/status?token=${token}` });
    assert.equal(answer.status, 401);
  });

  test('with the token from the home, editors are answered', async () => {
    assert.equal((await status(bearer())).status, 200);
  });

  test('the link works once, and gives a cookie that neither scripts nor other sites get', async () => {
    const link = server.newLink();
    const first = await open(link);
    const { cookie, address } = sessionOf(first);
    assert.match(first.headers.location ?? '', /^\/#/);
    const cookies = first.headers['set-cookie'] ?? [];
    for (const set of cookies) {
      assert.match(set, /; HttpOnly/i);
      assert.match(set, /; SameSite=Strict/i);
      assert.doesNotMatch(set, new RegExp(token));
    }
    assert.equal((await status({ cookie }, address)).status, 200);

    const second = await open(link);
    assert.equal(second.status, 403);
    assert.equal(second.headers['set-cookie'], undefined);
    assert.match(second.text, /used before/);
    // Reloading it is no error for whoever is signed in.
    const known = cookies[1]?.split(';')[0] ?? assert.fail('nothing tells that it is signed in');
    assert.equal((await open(link, { cookie: known })).status, 303);
  });

  test('browsers give cookies to every port: what a server on another one is sent opens nothing', async () => {
    const answer = await open(server.newLink());
    const { cookie, address } = sessionOf(answer);
    const [session = '', known = ''] = answer.headers['set-cookie'] ?? [];
    // The one is sent below an address only that nobody else knows; the other is no secret.
    assert.match(session, new RegExp(`; Path=${address}(;|$)`));
    assert.match(known, /; Path=\/start(;|$)/);
    const sent = known.split(';')[0] ?? '';
    for (const stolen of [cookie, sent, `${cookie}; ${sent}`]) {
      assert.equal((await status({ cookie: stolen })).status, 401, stolen);
    }
    const value = sent.split('=')[1];
    assert.equal((await status({ authorization: `Bearer ${value}` })).status, 401);
    assert.equal((await status({ cookie: sent }, address)).status, 401);
    assert.equal((await status({ cookie: `satchel-session=${value}` }, address)).status, 401);
    // Nor does the half that the page has, by itself or with that of another session.
    assert.equal((await status({}, address)).status, 401);
    const other = await signIn();
    assert.equal((await status({ cookie: other.cookie }, address)).status, 401);
    assert.equal((await status({ cookie }, address)).status, 200);
  });

  test('under other names of this computer nobody signs in: others may listen there', async () => {
    const link = server.newLink();
    for (const name of ['localhost', '[::1]']) {
      const answer = await open(link, { host: `${name}:${server.port}` });
      assert.equal(answer.status, 303);
      assert.equal(answer.headers.location, link);
      assert.equal(answer.headers['set-cookie'], undefined);
    }
    sessionOf(await open(link));
  });

  test('a link dies after ten minutes, and a made-up one was never good', async () => {
    const link = server.newLink();
    clock.advance(10 * 60_000 + 1);
    assert.equal((await open(link)).status, 403);
    assert.equal((await open(`${server.origin}/start?once=`)).status, 403);
    assert.equal((await open(`${server.origin}/start?once=${token}`)).status, 403);
  });

  test('DNS rebinding: under a foreign Host nothing is answered, signed in or not', async () => {
    const { cookie, address } = await signIn();
    for (const host of [
      'evil.example',
      `evil.example:${server.port}`,
      '127.0.0.1',
      'localhost:1',
    ]) {
      for (const path of [`${address}/api/status`, '/api/status', '/', '/start?once=x']) {
        const answer = await askRaw(server.port, { path, headers: { cookie, host } });
        assert.equal(answer.status, 403, `${host}${path}`);
        assert.equal(JSON.parse(answer.text).error.kind, 'refused');
      }
    }
    for (const name of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]']) {
      const host = `${name}:${server.port}`;
      assert.equal((await status({ cookie, host }, address)).status, 200, host);
    }
  });

  test('cross-site: posts of other origins are refused, even with the session', async () => {
    const { cookie, address } = await signIn();
    const { port } = server;
    for (const origin of [
      'https://evil.example',
      'null',
      `http://127.0.0.1:${port + 1}`,
      `https://127.0.0.1:${port}`,
      `http://127.0.0.1:${port}.evil.example`,
    ]) {
      assert.equal((await postFrom({ cookie, origin }, address)).status, 403, origin);
    }
    for (const origin of [server.origin, `http://localhost:${port}`]) {
      assert.equal((await postFrom({ cookie, origin }, address)).status, 200, origin);
    }
  });

  test('cross-site: requests without an Origin tell by Sec-Fetch-Site', async () => {
    const { cookie, address } = await signIn();
    const from = (site: string) => status({ cookie, 'sec-fetch-site': site }, address);
    for (const site of ['cross-site', 'same-site']) {
      assert.equal((await from(site)).status, 403, site);
    }
    assert.equal((await from('same-origin')).status, 200);
  });

  test('cross-site: a form can send text, which is not read', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const answer = await postFrom({ ...bearer(), 'content-type': type });
      assert.equal(answer.status, 415, type);
    }
  });

  test('no other site is ever allowed to read: there is no CORS, not even for a preflight', async () => {
    const preflight = await askRaw(server.port, {
      method: 'OPTIONS',
      path: '/api/pause',
      headers: {
        origin: 'https://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    assert.equal(preflight.status, 403);
    for (const answer of [preflight, await status(bearer()), await status({})]) {
      const allowing = Object.keys(answer.headers).filter((name) => name.startsWith('access-'));
      assert.deepEqual(allowing, []);
    }
  });

  test('every answer tells browsers to run, frame and guess nothing', async () => {
    const answers = [
      await status(bearer()),
      await status({}),
      await status({ host: 'evil.example' }),
      await askRaw(server.port, { path: '/' }),
      await askRaw(server.port, { path: '/api/nothing', headers: bearer() }),
      await open(server.newLink()),
    ];
    for (const { headers } of answers) {
      const policy = headers['content-security-policy'];
      assert.ok(typeof policy === 'string');
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.doesNotMatch(policy, /unsafe|\*|https?:/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
      assert.equal(headers['cache-control'], 'no-store');
    }
  });

  test('what only the socket may ask is not there', async () => {
    for (const path of ['/api/lend', '/api/page/open']) {
      const answer = await askRaw(server.port, { method: 'POST', path, headers: bearer() });
      assert.equal(answer.status, 404, path);
    }
  });

  test('guessing tokens is slowed, and keeps nobody out who has one', async () => {
    const statuses = new Set<number>();
    for (let tries = 0; tries < 30; tries += 1) {
      statuses.add((await status({ authorization: `Bearer guess-${tries}` })).status);
    }
    assert.deepEqual([...statuses], [401, 429]);
    const slowed = await status({});
    assert.equal(slowed.status, 429);
    assert.ok(Number(slowed.headers['retry-after']) >= 1);
    assert.equal((await status(bearer())).status, 200);
    clock.advance(1000);
    assert.equal((await status({})).status, 401);
  });

  test('a new start makes a new token', async () => {
    const former = token;
    const other = await start();
    const headers = { authorization: `Bearer ${former}` };
    assert.equal((await askRaw(other.port, { path: '/api/status', headers })).status, 401);
    await end(other);
  });
});
