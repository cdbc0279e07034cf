import assert from 'node:assert/strict';
import { request } from 'node:http';
import { suite, type TestContext, test } from 'node:test';
import * as z from 'zod';
import { askRaw, createFakeDaemon, until } from '../../test/support/fake-daemon.ts';
import { createHandClock, type HandClock } from '../../test/support/hand-clock.ts';
import { route } from '../api/route.ts';
import { SatchelError } from '../base/errors.ts';
import { listen } from './listen.ts';
import { createApp, type Mounted, type MountOptions, mountRoutes } from './mount.ts';
import { createAttempts } from './rates.ts';

interface Served {
  readonly port: number;
  readonly clock: HandClock;
}

async function serve(
  t: TestContext,
  mounted: readonly Mounted[],
  options: Partial<MountOptions> = {},
): Promise<Served> {
  const clock = createHandClock(0);
  const app = createApp((message) => assert.fail(message));
  mountRoutes(app, mounted, {
    daemon: createFakeDaemon('/home'),
    attempts: createAttempts(clock),
    isLocal: false,
    defaultHome: () => undefined,
    ...options,
  });
  const listening = await listen({ host: '127.0.0.1', port: 0 }, clock, () => app);
  t.after(async () => {
    const closed = listening.close();
    clock.advance(60_000);
    await closed;
  });
  return { port: listening.port, clock };
}

const tryRoute = route({
  name: 'try',
  method: 'POST',
  path: '/api/try',
  summary: 'Tries something.',
  input: z.object({ passphrase: z.string().default('') }),
  answer: z.object({}),
  isGuarded: true,
});

const JSON_TYPE = { 'content-type': 'application/json' };

suite('routes in an app', () => {
  test('guessing a passphrase is slowed for the route that takes it, and for no other', async (t) => {
    const handle: Mounted['handle'] = async (_, { passphrase }) => {
      if (passphrase === 'right') return {};
      throw new SatchelError('refused', 'That passphrase opens nothing.');
    };
    const other = { ...tryRoute, name: 'other', path: '/api/other' } as const;
    const { port, clock } = await serve(t, [
      { route: tryRoute, handle },
      { route: other, handle },
    ]);
    const guess = async (passphrase: string, path = '/api/try') =>
      await askRaw(port, {
        method: 'POST',
        path,
        headers: JSON_TYPE,
        body: JSON.stringify({ passphrase }),
      });
    const statuses: number[] = [];
    for (let tries = 0; tries < 5; tries += 1) statuses.push((await guess('wrong')).status);
    assert.deepEqual(statuses, [403, 403, 403, 429, 429]);
    const slowed = await guess('right');
    assert.equal(slowed.status, 429, 'the right one is not told from others while it has to wait');
    assert.equal(slowed.headers['retry-after'], '1');
    assert.equal((await guess('right', '/api/other')).status, 200);
    clock.advance(1000);
    assert.equal((await guess('right')).status, 200);
    assert.equal((await guess('wrong')).status, 403);
  });

  test('a request names the home it means, or gets the one of its socket', async (t) => {
    const echo = { ...tryRoute, isGuarded: false };
    const homes: unknown[] = [];
    const handle: Mounted['handle'] = async (_, { home }) => {
      homes.push(home);
      return {};
    };
    const { port } = await serve(t, [{ route: echo, handle }], { defaultHome: () => 'own' });
    const post = async (body: string) =>
      await askRaw(port, { method: 'POST', path: '/api/try', headers: JSON_TYPE, body });
    await post('{"home":"named"}');
    await post('');
    assert.deepEqual(homes, ['named', 'own']);
    assert.equal((await post('{"home":""}')).status, 400);
  });

  test('a handler learns that the caller went away', async (t) => {
    let begun = false;
    let signal: AbortSignal | undefined;
    const handle: Mounted['handle'] = (_, __, asker) => {
      begun = true;
      signal = asker.signal;
      return new Promise(() => {});
    };
    const { port } = await serve(t, [{ route: { ...tryRoute, isGuarded: false }, handle }]);
    const sent = request({ host: '127.0.0.1', port, method: 'POST', path: '/api/try' });
    sent.on('error', () => {});
    sent.end();
    await until('the handler runs', () => begun);
    assert.equal(signal?.aborted, false);
    sent.destroy();
    await until('the handler knows', () => signal?.aborted === true);
  });

  test('local routes are served to the same person only', async (t) => {
    const local = { ...tryRoute, isLocal: true };
    const handle: Mounted['handle'] = async () => ({ isServed: true });
    const overHttp = await serve(t, [{ route: local, handle }]);
    const ask = async (port: number) => await askRaw(port, { method: 'POST', path: '/api/try' });
    assert.equal((await ask(overHttp.port)).status, 404);
    const overSocket = await serve(t, [{ route: local, handle }], { isLocal: true });
    assert.deepEqual(JSON.parse((await ask(overSocket.port)).text), { isServed: true });
  });
});
