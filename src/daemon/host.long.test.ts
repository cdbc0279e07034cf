/** One home at work: what a person sees of it while things come and go. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { type HomeBench, openHomeBench, startHost } from '../../test/support/home-bench.ts';
import { createSeededRandom } from '../../test/support/ports.ts';
import { addCollection } from '../app/collections.ts';
import { changeSettings, readSettings } from '../app/home.ts';
import { lockHome } from '../app/lock.ts';
import { beginWork } from '../app/recovered.ts';
import { openForReading } from '../app/session.ts';
import { isErrorKind } from '../base/errors.ts';
import type { HomeHost } from './host.ts';

function notesOf(host: HomeHost) {
  const notes = host.status().collections.find(({ name }) => name === 'Notes');
  assert.ok(notes !== undefined);
  return notes;
}

function save(bench: HomeBench, name: string, text = `${name}\n`): void {
  writeFileSync(join(bench.notes, name), text);
}

function setPreference(bench: HomeBench, name: string, value: string | number): void {
  changeSettings(bench.home, (settings) => ({
    ...settings,
    preferences: { ...settings.preferences, [name]: value },
  }));
}

function setDebug(bench: HomeBench, id: string, debug: string): void {
  changeSettings(bench.home, (settings) => {
    const entry = settings.collections[id];
    assert.ok(entry !== undefined);
    return { ...settings, collections: { ...settings.collections, [id]: { ...entry, debug } } };
  });
}

async function untilSent(bench: HomeBench, host: HomeHost, name: string): Promise<void> {
  const path = join(bench.notes, name);
  await bench.clock.until(`${name} sent`, () => {
    const isKnown = host.session().engine.db.get('SELECT 1 FROM shown WHERE place = ?', name);
    return existsSync(path) && isKnown !== undefined && notesOf(host).pending === 0;
  });
}

suite('a home at work', () => {
  test('S11: an edit shows before it is sent, and leaves within seconds', async (context) => {
    const bench = await openHomeBench(context);
    const host = await startHost(bench);
    const savedMs = bench.clock.monotonicMs();
    save(bench, 'a.md');
    await bench.clock.until('news of it', () => bench.news.some(({ type }) => type === 'changed'));
    assert.ok(bench.clock.monotonicMs() - savedMs < 1000);
    assert.equal(notesOf(host).pending, 1);
    assert.equal(notesOf(host).pendingBytes, 5);
    await untilSent(bench, host, 'a.md');
    assert.ok(bench.clock.monotonicMs() - savedMs < 10_000);
    const kinds = bench.news.flatMap((one) => (one.type === 'log' ? [one.entry.kind] : []));
    assert.ok(kinds.includes('published'), kinds.join());
    assert.match(readFileSync(join(bench.home, 'log/satchel.log'), 'utf8'), /Notes: published/);
  });

  test('S11: after a sleep the bucket is asked at once', async (context) => {
    const bench = await openHomeBench(context);
    const other = await bench.addDevice();
    const host = await startHost(bench);
    // Ten quiet minutes: the next poll is minutes away.
    await bench.clock.live(15 * 60_000, 5_000);
    await bench.clock.until(
      'a quiet time',
      () => {
        return Date.parse(host.status().nextTryAt ?? '') - bench.clock.now() > 120_000;
      },
      1_000,
    );
    writeFileSync(join(other.folder, 'far.md'), 'from elsewhere\n');
    await other.sync();
    const wokenMs = bench.clock.monotonicMs();
    bench.clock.jump(8 * 60 * 60 * 1000);
    await bench.clock.until('its arrival', () => existsSync(join(bench.notes, 'far.md')));
    assert.ok(bench.clock.monotonicMs() - wokenMs < 5_000);
  });

  test('S11: what a device saves that was just linked does not wait for the next list', async (context) => {
    const bench = await openHomeBench(context);
    const host = await startHost(bench);
    await bench.clock.live(15 * 60_000, 5_000);
    const other = await bench.addDevice();
    host.expectDevice();
    await bench.clock.live(60_000, 1_000);
    const savedMs = bench.clock.monotonicMs();
    writeFileSync(join(other.folder, 'first.md'), 'from the new device\n');
    await other.sync();
    await bench.clock.until('its arrival', () => existsSync(join(bench.notes, 'first.md')));
    assert.ok(bench.clock.monotonicMs() - savedMs < 10_000);
  });

  test('the bucket goes and comes back: what is saved waits, and is told', async (context) => {
    const bench = await openHomeBench(context);
    const host = await startHost(bench);
    renameSync(bench.bucket, `${bench.bucket}-away`);
    save(bench, 'b.md');
    await bench.clock.until('the failure', () => host.status().state === 'offline');
    const status = host.status();
    assert.match(status.reason ?? '', /bucket/);
    assert.ok(status.nextTryAt !== null);
    assert.equal(notesOf(host).pending, 1);
    await assert.rejects(bench.clock.during(host.sync()), (error) =>
      isErrorKind(error, 'unreachable'),
    );
    renameSync(`${bench.bucket}-away`, bench.bucket);
    await untilSent(bench, host, 'b.md');
    assert.equal(host.status().state, 'connected');
    assert.equal(host.status().reason, null);
  });

  test('what failed is tried at once when somebody has mended it', async (context) => {
    const bench = await openHomeBench(context);
    const host = await startHost(bench);
    renameSync(bench.bucket, `${bench.bucket}-away`);
    const waitMs = (): number => Date.parse(host.status().nextTryAt ?? '') - bench.clock.now();
    await bench.clock.until('a long pause', () => waitMs() > 30_000, 1_000);
    renameSync(`${bench.bucket}-away`, bench.bucket);
    const askedMs = bench.clock.monotonicMs();
    host.retry();
    await bench.clock.until('order', () => host.status().state === 'connected', 1);
    assert.ok(bench.clock.monotonicMs() - askedMs < 20_000);
  });

  test("S8: the folder's disk goes and comes back: nothing is taken for deleted", async (context) => {
    const bench = await openHomeBench(context);
    const host = await startHost(bench);
    save(bench, 'c.md');
    await untilSent(bench, host, 'c.md');
    renameSync(bench.notes, `${bench.notes}-away`);
    await bench.clock.until('attention', () => host.status().state === 'attention');
    assert.match(host.status().reason ?? '', /Notes/);
    assert.equal(notesOf(host).records, 1);
    renameSync(`${bench.notes}-away`, bench.notes);
    await bench.clock.until('order', () => host.status().state === 'connected');
    assert.equal(notesOf(host).records, 1);
    // It is watched again: what is saved does not wait for the next poll.
    await bench.clock.live(15 * 60_000, 5_000);
    const savedMs = bench.clock.monotonicMs();
    save(bench, 'back.md');
    await untilSent(bench, host, 'back.md');
    assert.ok(bench.clock.monotonicMs() - savedMs < 10_000);
  });

  test('a round for those who ask: a wrong name is theirs alone', async (context) => {
    const bench = await openHomeBench(context);
    const host = await startHost(bench);
    save(bench, 'd.md');
    const result = await bench.clock.during(host.sync(['Notes']));
    assert.equal(result.collections[0]?.published.versions, 1);
    await assert.rejects(host.sync(['Nobody']), (error) => isErrorKind(error, 'usage'));
    assert.equal(host.status().state, 'connected');
  });
});

suite('what a person is told of a home', () => {
  test('a conflict shows on the desktop once, over a restart too; the setting turns it off', async (context) => {
    const bench = await openHomeBench(context);
    const other = await bench.addDevice();
    const host = await startHost(bench);
    save(bench, 'both.md', 'here\n');
    writeFileSync(join(other.folder, 'both.md'), 'there\n');
    await untilSent(bench, host, 'both.md');
    await other.sync();
    await bench.clock.until('the conflict', () => notesOf(host).conflicts === 1);
    await bench.clock.until('its notice', () => bench.shown.length > 0);
    assert.equal(host.status().state, 'attention');
    assert.match(host.status().reason ?? '', /Notes: one conflict waits/);
    await host.close();
    const again = await startHost(bench);
    await bench.clock.live(30_000, 1_000);
    assert.equal(notesOf(again).conflicts, 1);
    assert.deepEqual(bench.shown, ['Conflict in Notes']);
    setPreference(bench, 'notifications', 'off');
    save(bench, 'second.md', 'here\n');
    renameSync(bench.bucket, `${bench.bucket}-away`);
    await bench.clock.until(
      'no contact',
      () => again.status().reason?.includes('bucket') === true,
      500,
    );
    bench.clock.jump(25 * 60 * 60 * 1000);
    await bench.clock.live(15 * 60_000, 10_000);
    assert.deepEqual(bench.shown, ['Conflict in Notes']);
    setPreference(bench, 'notifications', 'on');
    await bench.clock.until(
      'word of it',
      () => bench.shown.includes('No contact for a day'),
      1_000,
    );
    renameSync(`${bench.bucket}-away`, bench.bucket);
  });

  test('what a killed run left is told at the next start, and in the log', async (context) => {
    const bench = await openHomeBench(context);
    const first = await startHost(bench);
    // What was written when the process died: the note that it is at work, and a save not sent.
    renameSync(bench.bucket, `${bench.bucket}-away`);
    save(bench, 'late.md');
    await bench.clock.until('the save', () => notesOf(first).pending === 1);
    await first.close();
    const session = await openForReading(bench.contextOf(bench.home));
    beginWork(session, 'up (process 1)');
    await session.close();
    renameSync(`${bench.bucket}-away`, bench.bucket);
    const host = await startHost(bench);
    assert.deepEqual(host.recovered, [
      'The last run, up (process 1), did not end in order.',
      'Notes: one save was not sent yet, and goes out now.',
    ]);
    assert.match(readFileSync(join(bench.home, 'log/satchel.log'), 'utf8'), /recovered: Notes/);
    await untilSent(bench, host, 'late.md');
    await host.close();
    assert.deepEqual((await startHost(bench)).recovered, []);
  });

  test('traces of a collection are written while a person asks for them, without content', async (context) => {
    const bench = await openHomeBench(context);
    const host = await startHost(bench);
    const traces = (): string[] =>
      readFileSync(join(bench.home, 'log/satchel.log'), 'utf8')
        .split('\n')
        .filter((line) => line.includes(' trace '));
    save(bench, 'one.md');
    await untilSent(bench, host, 'one.md');
    assert.deepEqual(traces(), []);
    setDebug(bench, notesOf(host).id, 'on');
    save(bench, 'two.md', 'the content of two\n');
    await untilSent(bench, host, 'two.md');
    await bench.clock.until('a trace', () => traces().some((line) => line.includes('1 sent')));
    assert.ok(traces().every((line) => !line.includes('the content')));
    setDebug(bench, notesOf(host).id, 'off');
    const before = traces().length;
    await host.exclusive(async () => undefined);
    await bench.clock.live(60_000, 1_000);
    assert.equal(traces().length, before);
  });

  test('nothing is told between polls where nothing happens', async (context) => {
    const bench = await openHomeBench(context);
    const host = await startHost(bench);
    await bench.clock.live(15 * 60_000, 5_000);
    await bench.clock.until(
      'a quiet time',
      () => {
        return Date.parse(host.status().nextTryAt ?? '') - bench.clock.now() > 200_000;
      },
      1_000,
    );
    const told = bench.news.length;
    const pauses = bench.clock.pauses;
    await bench.clock.live(120_000, 1_000);
    assert.equal(bench.news.length, told);
    // Only the look at the clocks, once a second.
    assert.ok(bench.clock.pauses - pauses <= 121, `${bench.clock.pauses - pauses} pauses`);
  });
});

suite('a pause', () => {
  test('holds one collection over a restart, until a person lets it go on', async (context) => {
    const bench = await openHomeBench(context);
    const first = await startHost(bench);
    first.pause(notesOf(first).id, true);
    assert.equal(notesOf(first).state, 'paused');
    await first.close();
    const host = await startHost(bench);
    save(bench, 'e.md');
    await bench.clock.live(10 * 60_000, 10_000);
    assert.equal(notesOf(host).lastPublishAt, null);
    assert.deepEqual([notesOf(host).state, notesOf(host).nextTryAt], ['paused', null]);
    host.pause(notesOf(host).id, false);
    await untilSent(bench, host, 'e.md');
    assert.equal(notesOf(host).state, 'connected');
  });

  test('of everything asks the bucket for nothing', async (context) => {
    const bench = await openHomeBench(context);
    const host = await startHost(bench);
    host.pause(undefined, true);
    await bench.clock.until('rest', () => host.status().state === 'paused');
    renameSync(bench.bucket, `${bench.bucket}-away`);
    await bench.clock.live(20 * 60_000, 10_000);
    assert.equal(host.status().state, 'paused');
    assert.equal(bench.failures.length, 0);
    renameSync(`${bench.bucket}-away`, bench.bucket);
    save(bench, 'f.md');
    host.pause(undefined, false);
    await untilSent(bench, host, 'f.md');
  });
});

suite('a home and other work', () => {
  test('work between rounds may bring a collection, which is carried from then on', async (context) => {
    const bench = await openHomeBench(context);
    const host = await startHost(bench);
    const folder = join(bench.root, 'Recipes');
    mkdirSync(folder);
    writeFileSync(join(folder, 'soup.md'), 'water\n');
    const order: string[] = [];
    const slow = host.exclusive(async (session) => {
      order.push('first begins');
      await addCollection(session, 'vault', folder, undefined);
      order.push('first ends');
    });
    const next = host.exclusive(async () => void order.push('second'));
    await bench.clock.during(Promise.all([slow, next]));
    assert.deepEqual(order, ['first begins', 'first ends', 'second']);
    await bench.clock.until('the new collection sent', () =>
      host
        .status()
        .collections.some(
          ({ name, lastPublishAt }) => name === 'Recipes' && lastPublishAt !== null,
        ),
    );
  });

  test('a loan frees the home until the borrower is gone', async (context) => {
    const bench = await openHomeBench(context);
    const host = await startHost(bench);
    assert.throws(() => lockHome(bench.home, 'test'), /up \(process \d+\)/);
    const borrower = new AbortController();
    await bench.clock.during(host.lend(borrower.signal));
    const lock = lockHome(bench.home, 'test');
    assert.equal(notesOf(host).name, 'Notes');
    await assert.rejects(
      host.exclusive(async () => 1),
      (error) => isErrorKind(error, 'busy'),
    );
    // Its connection may end before its lock: the home is tried again.
    borrower.abort();
    await bench.clock.until('a try in vain', () => host.status().state === 'attention');
    lock.release();
    await bench.clock.until('the return', () => host.status().state === 'connected');
    save(bench, 'g.md');
    await untilSent(bench, host, 'g.md');
  });

  test('a second host is told who holds the home', async (context) => {
    const bench = await openHomeBench(context);
    await startHost(bench);
    await assert.rejects(bench.makeHost().start(), (error) => {
      assert.ok(isErrorKind(error, 'busy'));
      assert.match(error.message, /up \(process \d+\)/);
      return true;
    });
  });

  test('a home that cannot be opened says why, and is tried again', async (context) => {
    const bench = await openHomeBench(context);
    const settings = readSettings(bench.home);
    const path = join(bench.home, 'settings.json');
    writeFileSync(path, '{');
    const host = bench.makeHost();
    await host.start();
    assert.equal(host.status().state, 'attention');
    assert.match(host.status().reason ?? '', /settings/);
    assert.throws(() => host.session(), /settings/);
    writeFileSync(path, JSON.stringify(settings));
    await bench.clock.until('the opening', () => host.status().state === 'connected');
    assert.equal(notesOf(host).name, 'Notes');
  });

  test('limits hold from the moment they are set, in the midst of a transfer too', async (context) => {
    const bench = await openHomeBench(context);
    const host = await startHost(bench);
    const limit = (rate: number): void => setPreference(bench, 'limit.up', rate);
    limit(1_000);
    writeFileSync(join(bench.notes, 'big.bin'), createSeededRandom(1).bytes(1_000_000));
    await bench.clock.until('a round', () => notesOf(host).pending === 1);
    const startMs = bench.clock.monotonicMs();
    await bench.clock.until('a minute', () => bench.clock.monotonicMs() - startMs > 60_000);
    assert.equal(notesOf(host).pending, 1);
    assert.equal(notesOf(host).state, 'syncing');
    limit(0);
    await untilSent(bench, host, 'big.bin');
    assert.ok(bench.clock.monotonicMs() - startMs < 80_000);
  });
});
