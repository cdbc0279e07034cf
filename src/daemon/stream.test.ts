import assert from 'node:assert/strict';
import { get, type IncomingMessage } from 'node:http';
import { suite, type TestContext, test } from 'node:test';
import { createFakeDaemon, type FakeDaemon, until } from '../../test/support/fake-daemon.ts';
import { createHandClock, type HandClock } from '../../test/support/hand-clock.ts';
import type { News } from '../api/events.ts';
import { listen } from './listen.ts';
import { createApp } from './mount.ts';
import { createNewsStreams, type NewsStreams } from './stream.ts';

interface Streaming {
  readonly daemon: FakeDaemon;
  readonly clock: HandClock;
  readonly streams: NewsStreams;
  /** How many connections were closed, seen from the daemon. */
  closed(): number;
  listen(lastId?: string): Promise<Listener>;
}

interface Listener {
  /** All that came, as it came. */
  text(): string;
  news(): readonly News[];
  lastId(): string | undefined;
  readonly response: IncomingMessage;
  hasEnded(): boolean;
}

async function stream(t: TestContext, run = 'run'): Promise<Streaming> {
  const daemon = createFakeDaemon('/home');
  const clock = createHandClock(0);
  const streams = createNewsStreams({ daemon, clock, run });
  const app = createApp((message) => assert.fail(message));
  let closed = 0;
  app.get('/api/events', (c) => {
    c.env.outgoing.once('close', () => {
      closed += 1;
    });
    return streams.answer(c);
  });
  const listening = await listen({ host: '127.0.0.1', port: 0 }, clock, () => app);
  t.after(async () => {
    streams.close();
    const closed = listening.close();
    clock.advance(60_000);
    await closed;
  });
  return {
    daemon,
    clock,
    streams,
    closed: () => closed,
    listen: async (lastId) => await openStream(t, listening.port, lastId),
  };
}

function openStream(t: TestContext, port: number, lastId?: string): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const headers = lastId === undefined ? {} : { 'last-event-id': lastId };
    const sent = get({ host: '127.0.0.1', port, path: '/api/events', headers, agent: false });
    t.after(() => sent.destroy());
    sent.on('error', reject);
    sent.on('response', (response) => {
      if (response.statusCode !== 200) return reject(new Error(`status ${response.statusCode}`));
      assert.match(response.headers['content-type'] ?? '', /^text\/event-stream/);
      let text = '';
      let hasEnded = false;
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        resolve(listener);
      });
      response.on('error', () => {});
      response.on('close', () => {
        hasEnded = true;
      });
      const lines = (start: string): string[] =>
        text
          .split('\n')
          .filter((line) => line.startsWith(start))
          .map((line) => line.slice(start.length));
      const listener: Listener = {
        text: () => text,
        news: () => lines('data: ').map((line) => JSON.parse(line)),
        lastId: () => lines('id: ').at(-1),
        response,
        hasEnded: () => hasEnded,
      };
    });
  });
}

function changed(rev: number): News {
  return { type: 'changed', home: 'first-home', collection: 'Notes', rev };
}

suite('the stream of news', () => {
  test('begins with how things stand, and goes on with what happens', async (t) => {
    const { daemon, listen } = await stream(t);
    daemon.news.tell(changed(1));
    const listener = await listen();
    daemon.news.tell(changed(2));
    await until('news came', () => listener.news().length === 2);
    assert.deepEqual(
      listener.news().map(({ type }) => type),
      ['status', 'changed'],
    );
    assert.deepEqual(listener.news()[1], changed(2));
  });

  test('whoever comes back gets what it missed, once, and how things stand now', async (t) => {
    const { daemon, listen } = await stream(t);
    const first = await listen();
    daemon.news.tell(changed(1));
    await until('news came', () => first.lastId() !== undefined);
    first.response.destroy();
    daemon.news.tell(changed(2));
    daemon.news.tell({ type: 'transfers', home: 'first-home', transfers: [] });
    daemon.news.tell(changed(3));
    const second = await listen(first.lastId());
    daemon.news.tell(changed(4));
    await until('the rest came', () => second.news().length === 4);
    // What was under way meanwhile is in how things stand.
    const [two, three, standing, four] = second.news();
    assert.deepEqual([two, three, four], [changed(2), changed(3), changed(4)]);
    assert.equal(standing?.type, 'status');
  });

  test('nothing is missed between the beginning and the first news', async (t) => {
    const { daemon, listen } = await stream(t);
    daemon.news.tell(changed(1));
    const first = await listen();
    first.response.destroy();
    daemon.news.tell(changed(2));
    const second = await listen(first.lastId());
    await until('news came', () => second.news().length > 0);
    assert.deepEqual(second.news()[0], changed(2));
  });

  test('whoever was away for too long, or since another run, is told to read all again', async (t) => {
    const { daemon, listen } = await stream(t, 'this');
    daemon.news.tell(changed(1));
    const fromOther = await listen('other-1');
    assert.deepEqual(
      fromOther.news().map(({ type }) => type),
      ['reset', 'status'],
    );
    const known = fromOther.lastId();
    assert.equal(known, 'this-1');
    for (let rev = 2; rev < 1000; rev += 1) daemon.news.tell(changed(rev));
    for (const id of [known, 'this-5000', 'this-', 'this-1e3', '']) {
      const late = await listen(id);
      const types = late.news().map(({ type }) => type);
      assert.deepEqual(types, ['reset', 'status'], id);
    }
  });

  test('a line comes every 15 seconds while nothing happens', async (t) => {
    const { clock, listen } = await stream(t);
    const listener = await listen();
    const beats = (): number => listener.text().split('\n: ').length - 1;
    clock.advance(14_999);
    assert.equal(beats(), 0);
    clock.advance(1);
    await until('the first beat', () => beats() === 1);
    clock.advance(15_000);
    await until('the second beat', () => beats() === 2);
  });

  test('whoever does not read is let go, and holds up nobody else', async (t) => {
    const { daemon, listen, closed } = await stream(t);
    const slow = await listen();
    const quick = await listen();
    slow.response.pause();
    const long = 'x'.repeat(200_000);
    const entry = { id: 1, time: '2026-11-01T10:00:00.000Z', kind: 'info', collection: null };
    // More than the buffers of the system and ours hold together.
    const most = 100;
    for (let told = 1; told <= most; told += 1) {
      daemon.news.tell({ type: 'log', home: 'first-home', entry: { ...entry, message: long } });
      await until('the quick one has it', () => quick.text().length > told * long.length);
    }
    // Also where it never reads again: nothing is kept for it.
    await until('its connection is cut', () => closed() === 1);
    slow.response.resume();
    await until('the slow one is let go', () => slow.hasEnded());
    assert.ok(slow.text().length < most * long.length);
    assert.equal(quick.hasEnded(), false);
  });

  test('a limited number may listen, and one that went makes room', async (t) => {
    const { listen } = await stream(t);
    const listeners: Listener[] = [];
    for (let count = 0; count < 64; count += 1) listeners.push(await listen());
    await assert.rejects(listen(), /status 429/);
    listeners[0]?.response.destroy();
    let isIn = false;
    await until('there is room again', () => {
      if (!isIn) {
        listen().then(
          () => {
            isIn = true;
          },
          () => {},
        );
      }
      return isIn;
    });
  });

  test('the end of the daemon ends the streams', async (t) => {
    const { streams, daemon, listen } = await stream(t);
    const listener = await listen();
    streams.close();
    await until('it ended', () => listener.hasEnded());
    assert.equal(daemon.listeners, 0);
  });
});
