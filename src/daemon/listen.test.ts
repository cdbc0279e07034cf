/** Who connects to the daemon and takes its time, and who may connect at all. */
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { statSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { askRaw } from '../../test/support/fake-daemon.ts';
import { systemClock } from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { listen } from './listen.ts';
import { createApp } from './mount.ts';

const IMPATIENT = { headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 20 };

function makeApp() {
  const app = createApp((message) => assert.fail(message));
  app.get('/', (c) => c.text('fine'));
  app.post('/', async (c) => c.text(String((await c.req.text()).length)));
  return app;
}

/** Says this much, and then nothing; tells what it heard until it was let go. */
function dawdle(t: TestContext, port: number, words: string): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  return new Promise((resolve, reject) => {
    let heard = '';
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      heard += part;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(heard));
    socket.write(words);
  });
}

suite('connections to the daemon', () => {
  test('whoever does not come to an end of its request is let go, others are answered', async (t) => {
    const where = { host: '127.0.0.1', port: 0 };
    const listening = await listen(where, systemClock, makeApp, IMPATIENT);
    t.after(() => listening.close());
    const { port } = listening;
    const slow = [
      '',
      'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nbegun',
    ].map((words) => dawdle(t, port, words));
    assert.equal((await askRaw(port, { path: '/' })).text, 'fine');
    for (const heard of await Promise.all(slow)) assert.doesNotMatch(heard, /200 OK/);
  });

  test('a connection that cannot be accepted does not end the others', async (t) => {
    const listening = await listen({ host: '127.0.0.1', port: 0 }, systemClock, makeApp);
    t.after(() => listening.close());
    const servers: Server[] = [];
    const note = (message: unknown): void => {
      servers.push((message as { readonly server: Server }).server);
    };
    subscribe('http.server.request.start', note);
    t.after(() => unsubscribe('http.server.request.start', note));
    const { port } = listening;
    assert.equal((await askRaw(port, { path: '/' })).text, 'fine');
    // As Node tells it where the system has no room for one more open file.
    const full = Object.assign(new Error('accept ENFILE'), { code: 'ENFILE', syscall: 'accept' });
    for (const server of servers) server.emit('error', full);
    assert.equal(servers.length, 1);
    assert.equal((await askRaw(port, { path: '/' })).text, 'fine');
  });

  test('a socket belongs to its owner alone from the first moment, whatever the umask', {
    skip: process.platform === 'win32',
  }, async (t) => {
    const former = process.umask(0);
    t.after(() => process.umask(former));
    const path = join(temporaryFolder('listen'), 'test.sock');
    const listening = await listen({ path }, systemClock, makeApp);
    t.after(() => listening.close());
    assert.equal(statSync(path).mode & 0o077, 0);
    assert.equal(process.umask(), 0);
  });
});
