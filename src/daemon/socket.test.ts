import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { checkAnswers } from '../../test/support/checked-handlers.ts';
import {
  createFakeDaemon,
  FAKE_HANDLERS,
  type FakeDaemon,
  until,
} from '../../test/support/fake-daemon.ts';
import { createSeededRandom, systemClock, systemRandom } from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import type { News } from '../api/events.ts';
import { openPageRoute } from '../api/page.ts';
import { lendRoute, pauseRoute, statusRoute, syncRoute } from '../api/status.ts';
import { VERSION } from '../app/version.ts';
import { isErrorKind, SatchelError } from '../base/errors.ts';
import { announceDaemon } from './announce.ts';
import { connectDaemon, type DaemonClient } from './client.ts';
import { type Socket, type SocketOptions, startSocket } from './socket.ts';
import { chooseAddress, removeSocket } from './socket-place.ts';

interface Served {
  readonly home: string;
  readonly daemon: FakeDaemon;
  readonly socket: Socket;
  readonly client: DaemonClient;
}

async function serve(
  t: TestContext,
  home = temporaryFolder('socket'),
  options: Partial<SocketOptions> = {},
): Promise<Served> {
  const daemon = createFakeDaemon(home);
  const socket = await startSocket({
    daemon,
    home,
    clock: systemClock,
    random: systemRandom,
    handlers: checkAnswers(FAKE_HANDLERS),
    log: (message) => assert.fail(message),
    ...options,
  });
  t.after(() => socket.close());
  return { home, daemon, socket, client: await connect(home) };
}

async function connect(home: string): Promise<DaemonClient> {
  return (await connectDaemon(home)) ?? assert.fail('no daemon answers');
}

suite('the socket of a home', () => {
  test('commands ask over it without a token, and get answers and errors as they are', async (t) => {
    const { client } = await serve(t, undefined, {
      handlers: {
        ...FAKE_HANDLERS,
        sync: () =>
          Promise.reject(
            new SatchelError('unreachable', 'No bucket there.', { hint: 'Plug it in.' }),
          ),
      },
    });
    assert.equal((await client.call(statusRoute, {})).version, '1.2.3');
    assert.deepEqual(await client.call(pauseRoute, { paused: true }), {});
    assert.match((await client.call(openPageRoute, {})).url, /once=/);
    await assert.rejects(
      client.call(syncRoute, {}),
      (error) =>
        isErrorKind(error, 'unreachable') &&
        error.message === 'No bucket there.' &&
        error.hint === 'Plug it in.',
    );
  });

  test('a daemon of before an update is told of where it does not know what is asked', async (t) => {
    const { client } = await serve(t, undefined, { version: '0.0.1' });
    await client.call(pauseRoute, { paused: true });
    const path = '/api/of-a-later-version';
    await assert.rejects(
      client.call({ ...pauseRoute, path }, { paused: true }),
      (error) =>
        isErrorKind(error, 'usage') && /The daemon is of version 0\.0\.1, /.test(error.hint ?? ''),
    );
  });

  test('which version it is of is known before it is asked anything', async (t) => {
    const { home, client } = await serve(t);
    assert.equal(client.version, undefined);
    announceDaemon(home, { port: 1, token: 'token-of-a-test' });
    assert.equal((await connect(home)).version, VERSION);
    writeFileSync(
      join(home, 'daemon.json'),
      '{"port":1,"token":"token-of-a-test","version":"0.0.1"}',
    );
    assert.equal((await connect(home)).version, '0.0.1');
    for (const text of ['', 'null', '[]', '{"version":7}']) {
      writeFileSync(join(home, 'daemon.json'), text);
      assert.equal((await connect(home)).version, undefined, text);
    }
  });

  test('where no daemon runs, none answers', async (t) => {
    assert.equal(await connectDaemon(temporaryFolder('no-daemon')), undefined);
    const { home, socket } = await serve(t);
    await socket.close();
    assert.equal(await connectDaemon(home), undefined);
    assert.equal(existsSync(socket.address), false);
  });

  test('other users of this computer cannot open it', { skip: isWindows() }, async (t) => {
    const home = temporaryFolder('open-home');
    mkdirSync(join(home, 'inner'), { mode: 0o777 });
    const { socket } = await serve(t, join(home, 'inner'));
    assert.equal(statSync(socket.address).mode & 0o777, 0o600);
    assert.equal(statSync(dirname(socket.address)).mode & 0o777, 0o700);
  });

  test('a home with a long path has its socket elsewhere', { skip: isWindows() }, async (t) => {
    const home = join(temporaryFolder('long'), 'x'.repeat(120));
    const { socket } = await serve(t, home);
    assert.ok(Buffer.byteLength(socket.address) <= 100);
    assert.equal(statSync(dirname(socket.address)).mode & 0o777, 0o700);
    // Nobody can have made this folder before, or guess the next.
    const options = { platform: process.platform, runtimeFolder: undefined, random: systemRandom };
    const next = chooseAddress(home, options);
    assert.notEqual(next, socket.address);
    removeSocket(home, next);
    assert.equal(existsSync(dirname(next)), false);
    await socket.close();
    assert.equal(existsSync(dirname(socket.address)), false);
  });

  test('nobody is asked where others may listen by now', { skip: isWindows() }, async (t) => {
    const home = join(temporaryFolder('squatted'), 'x'.repeat(120));
    const folder = temporaryFolder('of-others');
    chmodSync(folder, 0o777);
    const address = join(folder, 'daemon.sock');
    const other = createServer(() => assert.fail('somebody else was asked'));
    t.after(() => other.close());
    await new Promise<void>((resolve) => other.listen(address, resolve));
    mkdirSync(home);
    writeFileSync(join(home, 'daemon.address'), `${address}\n`);
    assert.equal(await connectDaemon(home), undefined);
    // Nor does it keep the daemon from starting.
    const { client } = await serve(t, home);
    assert.equal((await client.call(statusRoute, {})).version, '1.2.3');
    assert.equal(existsSync(address), true);
  });

  test('pipes of Windows have names that nobody can take before', () => {
    const home = temporaryFolder('pipe');
    const options = { platform: 'win32', runtimeFolder: undefined } as const;
    const [first, second] = [1, 2].map((seed) =>
      chooseAddress(home, { ...options, random: createSeededRandom(seed) }),
    );
    assert.match(first ?? '', /^\\\\\.\\pipe\\satchel-[0-9a-f]{32}$/);
    assert.notEqual(first, second);
  });

  test('a second daemon is refused while the first answers, wherever its socket is', async (t) => {
    const outer = temporaryFolder('second');
    for (const home of [join(outer, 'short'), join(outer, 'x'.repeat(120))]) {
      const { client } = await serve(t, home);
      await assert.rejects(
        serve(t, home),
        (error) => isErrorKind(error, 'busy') && error.message.includes(home),
      );
      assert.equal((await client.call(statusRoute, {})).version, '1.2.3');
    }
  });

  test('the socket of a killed daemon is replaced', { skip: isWindows() }, async (t) => {
    const home = temporaryFolder('killed');
    const address = join(home, 'daemon.sock');
    await leaveSocket(address);
    assert.equal(existsSync(address), true);
    writeFileSync(join(home, 'daemon.address'), `${address}\n`);
    assert.equal(await connectDaemon(home), undefined);
    const { client } = await serve(t, home);
    assert.equal((await client.call(statusRoute, {})).version, '1.2.3');
  });

  test('so is one whose address was not written yet', { skip: isWindows() }, async (t) => {
    const home = temporaryFolder('killed-early');
    await leaveSocket(join(home, 'daemon.sock'));
    const { socket } = await serve(t, home);
    assert.equal(readFileSync(join(home, 'daemon.address'), 'utf8').trim(), socket.address);
  });

  test('one whose address cannot be written leaves nothing in the way', {
    skip: isWindows(),
  }, async (t) => {
    const home = temporaryFolder('unwritten');
    const inTheWay = join(home, 'daemon.address');
    mkdirSync(inTheWay);
    await assert.rejects(serve(t, home));
    assert.equal(existsSync(join(home, 'daemon.sock')), false);
    rmdirSync(inTheWay);
    const { client } = await serve(t, home);
    assert.equal((await client.call(statusRoute, {})).version, '1.2.3');
  });

  test('an address that leads nowhere is none; one that cannot be asked is told', async () => {
    const home = temporaryFolder('broken-address');
    for (const address of ['4780', 'daemon.sock', '../daemon.sock', '\0']) {
      writeFileSync(join(home, 'daemon.address'), address);
      assert.equal(await connectDaemon(home), undefined, address);
    }
    writeFileSync(join(home, 'daemon.address'), join(home, 'x'.repeat(200)));
    await assert.rejects(
      connectDaemon(home),
      (error) =>
        isErrorKind(error, 'internal') && error.hint !== undefined && error.message.includes(home),
    );
  });

  test('an address that leads to a file of the person removes nothing', async (t) => {
    const home = temporaryFolder('wrong-address');
    writeFileSync(join(home, 'diary.md'), 'dear diary');
    writeFileSync(join(home, 'daemon.address'), `${join(home, 'diary.md')}\n`);
    await serve(t, home);
    assert.equal(readFileSync(join(home, 'diary.md'), 'utf8'), 'dear diary');
  });

  test('a lent home comes back when it is released', async (t) => {
    const { daemon, client } = await serve(t);
    const held = await client.hold(lendRoute, {});
    assert.deepEqual(held.answer, {});
    assert.equal(daemon.isLent, true);
    // It stays lent while others ask.
    await client.call(statusRoute, {});
    assert.equal(daemon.isLent, true);
    held.release();
    await until('the home is back', () => !daemon.isLent);
  });

  test('a lent home comes back when the borrower is killed', async (t) => {
    const { daemon, home } = await serve(t);
    const script = `
      import { connectDaemon } from ${JSON.stringify(join(import.meta.dirname, 'client.ts'))};
      import { lendRoute } from ${JSON.stringify(join(import.meta.dirname, '../api/status.ts'))};
      const client = await connectDaemon(${JSON.stringify(home)});
      await client.hold(lendRoute, {});`;
    const borrower = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    t.after(() => borrower.kill('SIGKILL'));
    await until('the home is lent', () => daemon.isLent);
    borrower.kill('SIGKILL');
    await until('the home is back', () => !daemon.isLent);
  });

  test('what is refused to a borrower is told', async (t) => {
    const { client } = await serve(t, undefined, {
      handlers: {
        ...FAKE_HANDLERS,
        lend: () => Promise.reject(new SatchelError('busy', 'Lent already.')),
      },
    });
    await assert.rejects(client.hold(lendRoute, {}), /Lent already/);
  });

  test('news come over it until either side ends', async (t) => {
    const { daemon, client, socket } = await serve(t);
    const heard: News[] = [];
    const ended = new AbortController();
    const listening = client.news((news) => heard.push(news), ended.signal);
    await until('the stream began', () => heard.length > 0);
    daemon.news.tell({ type: 'changed', home: 'first-home', collection: 'Notes', rev: 1 });
    await until('news came', () => heard.length === 2);
    ended.abort();
    await listening;
    const before = heard.length;
    const second = client.news((news) => heard.push(news), new AbortController().signal);
    await until('the stream began', () => heard.length > before);
    await socket.close();
    await second;
  });

  test('a daemon that dies while it is asked is told', async (t) => {
    const daemon = createFakeDaemon('');
    const { client, socket } = await serve(t, undefined, {
      daemon,
      handlers: { ...FAKE_HANDLERS, sync: () => new Promise(() => {}) },
    });
    const asked = client.call(syncRoute, {});
    const told = assert.rejects(asked, /daemon went away while it was asked \/api\/sync/);
    await socket.close();
    await told;
  });
});

function isWindows(): boolean {
  return process.platform === 'win32';
}

/** A process that listens and is killed leaves its socket. */
async function leaveSocket(address: string): Promise<void> {
  const script = `require('node:net').createServer().listen(${JSON.stringify(address)}, () => {
    process.kill(process.pid, 'SIGKILL');
  });`;
  const killed = spawn(process.execPath, ['--eval', script], { stdio: 'ignore' });
  await new Promise((resolve) => killed.once('exit', resolve));
}
