/** The daemon as a whole: homes, server and sockets begin and end together. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { until } from '../../test/support/fake-daemon.ts';
import { systemClock, systemRandom } from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { daemonStatusSchema } from '../api/status.ts';
import { addCollection } from '../app/collections.ts';
import type { AppContext } from '../app/context.ts';
import { lockHome } from '../app/lock.ts';
import { listEvents } from '../app/log.ts';
import { withSession } from '../app/session.ts';
import { initRepository } from '../app/setup.ts';
import { isErrorKind } from '../base/errors.ts';
import { connectDaemon } from './client.ts';
import { type RunningDaemon, startDaemon } from './daemon.ts';

const QUIET = { round: () => undefined, failed: () => undefined, pruned: () => undefined };

function contextFor(home: string): AppContext {
  const clock = systemClock;
  return { home, clock, random: systemRandom, progress: () => undefined, notice: () => undefined };
}

async function start(
  context: TestContext,
  homes: readonly [string, ...string[]],
  port = 0,
): Promise<RunningDaemon> {
  const running = await startDaemon({
    homes,
    port,
    contextFor,
    reporterFor: () => QUIET,
    pageFolder: undefined,
    show: async () => undefined,
  });
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (!isClosed) await running.close();
    isClosed = true;
  };
  context.after(close);
  return { ...running, close };
}

async function makeHome(root: string, name: string): Promise<string> {
  const home = join(root, name);
  const bucket = join(root, `${name}-bucket`);
  await initRepository(contextFor(home), { bucket, deviceName: name }, undefined);
  return home;
}

suite('the daemon', () => {
  test('serves several homes, each over a socket of its own, and leaves nothing behind', async (context) => {
    const root = temporaryFolder('daemon');
    const homes: [string, string] = [await makeHome(root, 'one'), await makeHome(root, 'two')];
    const running = await start(context, homes);
    for (const home of homes) {
      const client = await connectDaemon(home);
      assert.ok(client !== undefined);
      assert.ok(existsSync(join(home, 'daemon.json')));
    }
    const status = daemonStatusSchema.parse(running.daemon.status());
    assert.deepEqual(
      status.homes.map(({ device }) => device.name),
      ['one', 'two'],
    );
    assert.throws(() => running.daemon.host('unknown'), /no home/);
    await running.close();
    for (const home of homes) {
      assert.ok(!existsSync(join(home, 'daemon.json')));
      lockHome(home, 'test').release();
    }
    assert.match(readFileSync(join(homes[0], 'log/satchel.log'), 'utf8'), /the daemon ended/);
  });

  test('a second daemon says who holds the home, and harms nothing', async (context) => {
    const root = temporaryFolder('daemon');
    const home = await makeHome(root, 'one');
    await start(context, [home]);
    const free = await makeHome(root, 'free');
    await assert.rejects(start(context, [free, home]), (error) => {
      assert.ok(isErrorKind(error, 'busy'));
      assert.match(error.message, /up \(process \d+\)/);
      return true;
    });
    lockHome(free, 'test').release();
    assert.ok((await connectDaemon(home)) !== undefined);
  });

  test('a second daemon before the set-up leaves what tells editors of the first', async (context) => {
    const home = join(temporaryFolder('daemon'), 'later');
    await start(context, [home]);
    const announced = readFileSync(join(home, 'daemon.json'), 'utf8');
    await assert.rejects(start(context, [home]), (error) => isErrorKind(error, 'busy'));
    assert.equal(readFileSync(join(home, 'daemon.json'), 'utf8'), announced);
    assert.ok((await connectDaemon(home)) !== undefined);
  });

  test('a set-up that outlives the daemon leaves the home free', async (context) => {
    const root = temporaryFolder('daemon');
    const home = join(root, 'later');
    const running = await start(context, [home]);
    const ended = Promise.withResolvers<void>();
    const setUp = running.daemon.setUp(async () => {
      await ended.promise;
      await makeHome(root, 'later');
    });
    await running.close();
    ended.resolve();
    await setUp;
    lockHome(home, 'test').release();
  });

  test('a port that is taken is told before any work, and frees the homes again', async (context) => {
    const root = temporaryFolder('daemon');
    const home = await makeHome(root, 'one');
    const notes = join(root, 'Notes');
    mkdirSync(notes);
    writeFileSync(join(notes, 'a.md'), 'first\n');
    await withSession(contextFor(home), 'test', (session) =>
      addCollection(session, 'vault', notes, undefined),
    );
    const other = createServer().listen(0, '127.0.0.1');
    context.after(() => other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    assert.ok(typeof address === 'object' && address !== null);
    await assert.rejects(start(context, [home], address.port), (error) =>
      isErrorKind(error, 'busy'),
    );
    lockHome(home, 'test').release();
    const sent = await withSession(contextFor(home), 'test', async (session) =>
      listEvents(session, 0, 10),
    );
    assert.deepEqual(sent, []);
  });

  test('a home that is set up while it runs is served from then on', async (context) => {
    const root = temporaryFolder('daemon');
    const home = join(root, 'later');
    const running = await start(context, [home]);
    assert.deepEqual(running.daemon.status().homes, []);
    assert.throws(() => running.daemon.host(), /not set up/);
    await assert.rejects(
      running.daemon.setUp(() => Promise.reject(new Error('no bucket'))),
      /no bucket/,
    );
    await running.daemon.setUp(async (context) => {
      assert.equal(context.home, home);
      await makeHome(root, 'later');
      assert.deepEqual(running.daemon.status().homes, [], 'nobody opens half a home');
      assert.throws(() => running.daemon.newHome(), /being set up/);
    });
    assert.equal(running.daemon.host().home, home);
    assert.throws(() => running.daemon.newHome(), /set up already/);
    assert.ok((await connectDaemon(home)) !== undefined);
  });

  test('a home whose files are in the way at first is served once they are not', async (context) => {
    const root = temporaryFolder('daemon');
    const later = join(root, 'later');
    const running = await start(context, [await makeHome(root, 'one'), later]);
    await makeHome(root, 'later');
    const inTheWay = ['daemon.address', 'daemon.json'].map((name) => join(later, name));
    for (const path of inTheWay) mkdirSync(path);
    for (const path of inTheWay) {
      await until(`word of ${path}`, () => {
        running.daemon.status();
        return readFileSync(join(root, 'one/log/satchel.log'), 'utf8').includes(path);
      });
      rmdirSync(path);
    }
    await until('all in its place', () => {
      running.daemon.status();
      return existsSync(join(later, 'daemon.json'));
    });
    assert.ok((await connectDaemon(later)) !== undefined);
  });
});
