import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server as TcpServer } from 'node:net';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { checkAnswers } from '../../test/support/checked-handlers.ts';
import {
  askRaw,
  createFakeDaemon,
  FAKE_HANDLERS,
  type RawRequest,
} from '../../test/support/fake-daemon.ts';
import { systemClock, systemRandom } from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { ROUTES } from '../api/routes.ts';
import { SatchelError } from '../base/errors.ts';
import { ConflictAnswer } from './ports.ts';
import { type Server, type ServerOptions, startServer } from './server.ts';

interface Served {
  readonly server: Server;
  readonly home: string;
  readonly logged: readonly string[];
  /** Asks with the token. */
  ask(request: RawRequest): Promise<{ readonly status: number; readonly body: unknown }>;
}

async function serve(t: TestContext, options: Partial<ServerOptions> = {}): Promise<Served> {
  const home = temporaryFolder('server');
  const logged: string[] = [];
  const server = await startServer({
    daemon: createFakeDaemon(home),
    port: 0,
    clock: systemClock,
    random: systemRandom,
    handlers: checkAnswers(FAKE_HANDLERS),
    pageFolder: undefined,
    log: (message) => logged.push(message),
    ...options,
  });
  t.after(() => server.close());
  server.announce(home);
  const { token } = JSON.parse(readFileSync(join(home, 'daemon.json'), 'utf8'));
  return {
    server,
    home,
    logged,
    async ask(request) {
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        ...request.headers,
      };
      const { status, text } = await askRaw(server.port, { ...request, headers });
      return { status, body: JSON.parse(text) };
    },
  };
}

function write(body: unknown): RawRequest {
  return { method: 'POST', path: '/api/file/write', body: JSON.stringify(body) };
}

function errorOf(body: unknown): { kind: string; message: string; hint: string } {
  assert.ok(typeof body === 'object' && body !== null && 'error' in body);
  return body.error as { kind: string; message: string; hint: string };
}

suite('the local API over HTTP', () => {
  test('routes get what the query and the body say, checked, with what was left out', async (t) => {
    const { ask } = await serve(t);
    const log = await ask({ path: '/api/log?after=41&limit=5' });
    assert.deepEqual(log.body, [
      {
        id: 42,
        time: '2026-11-01T10:00:00.000Z',
        kind: 'info',
        collection: null,
        message: 'Began.',
      },
    ]);
    const written = await ask(write({ collection: 'Notes', path: 'a.md', content: 'four' }));
    assert.deepEqual(written, { status: 200, body: { path: 'a.md', rev: 4, mtime_ns: '1' } });
  });

  test('input that a route does not take is refused with the name of the field', async (t) => {
    const { ask } = await serve(t);
    const cases: readonly [RawRequest, RegExp][] = [
      [write({ path: 'a.md' }), /collection: /],
      [write({ collection: 'Notes', path: 'a.md', contents: 'x' }), /contents/],
      [write({ collection: 'Notes', path: '', content: 'x' }), /path: /],
      [write([]), /file\/write/],
      [write(null), /file\/write/],
      [{ path: '/api/log?after=minus' }, /after: /],
      [{ path: '/api/log?limit=100000' }, /limit: /],
      [{ path: '/api/log?limt=5' }, /limt/],
    ];
    for (const [request, expected] of cases) {
      const { status, body } = await ask(request);
      assert.equal(status, 400, JSON.stringify(request));
      const { kind, message, hint } = errorOf(body);
      assert.equal(kind, 'usage');
      assert.match(message, expected);
      assert.match(hint, /openapi/);
    }
  });

  test('a malformed body is refused, and so is one that is no UTF-8', async (t) => {
    const { ask } = await serve(t);
    const invalid = Buffer.from('{"collection":"N","path":"a.md","content":"\xff"}', 'latin1');
    for (const body of ['{"collection":', 'collection=Notes', '\0', invalid]) {
      const answer = await ask({ method: 'POST', path: '/api/file/write', body });
      assert.equal(answer.status, 400);
      assert.match(errorOf(answer.body).message, /no JSON/);
    }
  });

  test('an oversized body is refused, announced or not', async (t) => {
    const { ask } = await serve(t);
    const body = `{"paused":true,"collection":"${'x'.repeat(1024 * 1024)}"}`;
    const announced = await ask({
      method: 'POST',
      path: '/api/pause',
      body,
      headers: { 'content-length': String(body.length) },
    });
    assert.equal(announced.status, 413);
    const chunked = await ask({
      method: 'POST',
      path: '/api/pause',
      body,
      headers: { 'transfer-encoding': 'chunked' },
    });
    assert.equal(chunked.status, 413);
    assert.match(errorOf(chunked.body).message, /1 MiB/);
    // Files may be larger.
    const file = await ask(write({ collection: 'N', path: 'a', content: 'x'.repeat(2 ** 21) }));
    assert.equal(file.status, 200);
  });

  test('errors come with their status, words and hint', async (t) => {
    const failing = new SatchelError('damaged', 'The replica is damaged.', { hint: 'Run sync.' });
    const { ask } = await serve(t, {
      handlers: { ...FAKE_HANDLERS, status: () => Promise.reject(failing) },
    });
    assert.deepEqual(await ask({ path: '/api/status' }), {
      status: 422,
      body: { error: { kind: 'damaged', message: 'The replica is damaged.', hint: 'Run sync.' } },
    });
  });

  test('an error that nobody foresaw shows no stack, and is logged with it', async (t) => {
    const { ask, logged } = await serve(t, {
      handlers: { ...FAKE_HANDLERS, status: () => Promise.reject(new TypeError('x of undefined')) },
    });
    const { status, body } = await ask({ path: '/api/status' });
    assert.equal(status, 500);
    assert.doesNotMatch(JSON.stringify(body), /server\.test|TypeError|node:/);
    assert.equal(errorOf(body).kind, 'internal');
    assert.match(logged.join('\n'), /GET \/api\/status failed: TypeError[\s\S]*server\.test/);
  });

  test('a conflict answers 409 with the body of the route', async (t) => {
    const changed = { error: 'changed', current_content: 'theirs', current_rev: 7 };
    const { ask } = await serve(t, {
      handlers: { ...FAKE_HANDLERS, writeFile: () => Promise.reject(new ConflictAnswer(changed)) },
    });
    const answer = await ask(write({ collection: 'Notes', path: 'a.md', content: 'mine' }));
    assert.deepEqual(answer, { status: 409, body: changed });
  });

  test('what there is not answers 404 in the same form', async (t) => {
    const { ask } = await serve(t);
    for (const request of [{ path: '/api/nothing' }, { path: '/api/sync' }, { path: '/api/' }]) {
      const { status, body } = await ask(request);
      assert.equal(status, 404);
      assert.equal(errorOf(body).kind, 'usage');
    }
  });

  test('the description covers every route, and is served', async (t) => {
    const { ask } = await serve(t);
    const { body } = await ask({ path: '/api/openapi.json' });
    assert.ok(typeof body === 'object' && body !== null && 'paths' in body);
    const paths = body.paths as Record<string, Record<string, { operationId: string }>>;
    for (const { path, method, name } of Object.values(ROUTES)) {
      assert.equal(paths[path]?.[method.toLowerCase()]?.operationId, name);
    }
  });

  test('a port that is taken is told with who has it', async (t) => {
    const { server } = await serve(t);
    await assert.rejects(
      serve(t, { port: server.port }),
      (error) =>
        error instanceof SatchelError &&
        error.kind === 'busy' &&
        /taken by another Satchel/.test(error.message) &&
        /--port/.test(error.hint ?? ''),
    );
    const other = await listenTcp(t);
    const expected =
      process.platform === 'linux' ? `process ${process.pid} \\(` : 'another program';
    await assert.rejects(serve(t, { port: other }), new RegExp(`taken by ${expected}`));
  });

  test('editors find port and token in the home, in a file that only its owner reads', async (t) => {
    const { server, home } = await serve(t);
    const path = join(home, 'daemon.json');
    if (process.platform !== 'win32') assert.equal(statSync(path).mode & 0o777, 0o600);
    const { port, token } = JSON.parse(readFileSync(path, 'utf8'));
    assert.equal(port, server.port);
    assert.ok(Buffer.from(token, 'base64url').length >= 32);
    const second = temporaryFolder('second-home');
    server.announce(second);
    assert.equal(readFileSync(join(second, 'daemon.json'), 'utf8'), readFileSync(path, 'utf8'));
    await server.close();
    assert.equal(existsSync(path), false);
    assert.equal(existsSync(join(second, 'daemon.json')), false);
  });

  test('a daemon that ends leaves the file of the next one alone', async (t) => {
    const { server, home } = await serve(t);
    writeFileSync(join(home, 'daemon.json'), '{"port":1,"token":"of the next"}');
    await server.close();
    assert.match(readFileSync(join(home, 'daemon.json'), 'utf8'), /of the next/);
  });
});

function listenTcp(t: TestContext): Promise<number> {
  return new Promise((resolve) => {
    const other: TcpServer = createServer((socket) => socket.destroy());
    t.after(() => other.close());
    other.listen(0, '127.0.0.1', () => {
      const address = other.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

suite('the page', () => {
  function buildPage(): string {
    const folder = temporaryFolder('page');
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Satchel</title>');
    writeFileSync(join(folder, 'assets', 'main-1a2b3c.js'), 'start();');
    writeFileSync(join(folder, 'icon.svg'), '<svg/>');
    return folder;
  }

  test('files are served as what they are, and hashed ones are kept for ever', async (t) => {
    const { server } = await serve(t, { pageFolder: buildPage() });
    const script = await askRaw(server.port, { path: '/assets/main-1a2b3c.js' });
    assert.equal(script.status, 200);
    assert.equal(script.text, 'start();');
    assert.match(script.headers['content-type'] ?? '', /^text\/javascript/);
    assert.match(script.headers['cache-control'] ?? '', /immutable/);
    const icon = await askRaw(server.port, { path: '/icon.svg' });
    assert.equal(icon.headers['content-type'], 'image/svg+xml');
    assert.equal(icon.headers['cache-control'], 'no-cache');
  });

  test('addresses of the page show the page, which is asked for anew each time', async (t) => {
    const { server } = await serve(t, { pageFolder: buildPage() });
    for (const path of ['/', '/conflicts', '/time/Notes?at=now', '/index.html']) {
      const page = await askRaw(server.port, { path });
      assert.equal(page.status, 200, path);
      assert.match(page.text, /<title>Satchel/);
      assert.equal(page.headers['cache-control'], 'no-cache');
    }
    // A script of an older build is no page.
    assert.equal((await askRaw(server.port, { path: '/assets/main-old.js' })).status, 404);
  });

  test('no path leads out of its folder', async (t) => {
    const outer = temporaryFolder('outer');
    const folder = join(outer, 'page');
    renameSync(buildPage(), folder);
    writeFileSync(join(outer, 'satchel-secret.txt'), 'secret');
    const { server } = await serve(t, { pageFolder: folder });
    for (const path of [
      '/../satchel-secret.txt',
      '/%2e%2e/satchel-secret.txt',
      '/assets/../../satchel-secret.txt',
      '/..%2fsatchel-secret.txt',
      '//etc/passwd',
      '/assets/%00',
    ]) {
      const { text } = await askRaw(server.port, { path });
      assert.doesNotMatch(text, /secret|root:/, path);
    }
  });

  test('a page that was built anew meanwhile is served, and what is gone is told', async (t) => {
    const folder = buildPage();
    const { server } = await serve(t, { pageFolder: folder });
    renameSync(join(folder, 'assets', 'main-1a2b3c.js'), join(folder, 'assets', 'main-4d5e6f.js'));
    const newer = await askRaw(server.port, { path: '/assets/main-4d5e6f.js' });
    assert.deepEqual([newer.status, newer.text], [200, 'start();']);
    const former = await askRaw(server.port, { path: '/assets/main-1a2b3c.js' });
    assert.equal(former.status, 404);
    assert.match(former.text, /Reload the page/);
  });

  test('a page that is not built is told with what to do', async (t) => {
    const { server } = await serve(t);
    const answer = await askRaw(server.port, { path: '/' });
    assert.equal(answer.status, 404);
    assert.match(answer.text, /npm run build/);
  });
});
