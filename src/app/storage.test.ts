import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { openVaultHome } from '../../test/support/vault-home.ts';
import { addUsage } from '../replica/usage.ts';
import { contentGroupOf } from './content-groups.ts';
import { readCost } from './cost.ts';
import { costCap, forecastCounts, readCostOfMonths, readPollStretch } from './cost-outlook.ts';
import { previewPrune, runPrune } from './prune.ts';
import type { Session } from './session.ts';
import { listBucket, readStorage, sumByObject } from './storage.ts';
import { runSync } from './sync.ts';

const START_MS = Date.UTC(2027, 0, 1);
const DAY_MS = 24 * 60 * 60 * 1000;

async function openBench() {
  const { clock, folder, work } = await openVaultHome();
  return {
    clock,
    work,
    save(path: string, content: string) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    },
    remove: (path: string) => rmSync(join(folder, path)),
    async sync() {
      await work((session) => runSync(session, undefined));
      clock.advance(60_000);
    },
  };
}

suite('what takes space', () => {
  test('is told by kind of content, with the history apart', async () => {
    const bench = await openBench();
    bench.save('a.md', 'x'.repeat(100));
    bench.save('README', 'x'.repeat(10));
    bench.save('pictures/b.JPG', 'y'.repeat(3_000));
    bench.save('gone.pdf', 'z'.repeat(500));
    await bench.sync();
    bench.save('a.md', 'x'.repeat(70));
    bench.remove('gone.pdf');
    await bench.sync();
    const { collections, listedAt, byObject } = await bench.work(readStorage);
    assert.deepEqual(
      collections.map(({ id: _id, ...rest }) => rest),
      [
        {
          name: 'Notes',
          current: 3_080,
          history: 600,
          versions: 6,
          byContent: [
            { what: 'images', files: 1, bytes: 3_000 },
            { what: 'text', files: 2, bytes: 80 },
          ],
        },
      ],
    );
    assert.equal(listedAt, null, 'nobody listed the bucket');
    assert.deepEqual(byObject, []);
  });

  test('counts a content once, however many versions have it', async () => {
    const bench = await openBench();
    for (const text of ['one', 'two', 'one', 'two', 'three']) {
      bench.save('a.md', text);
      await bench.sync();
    }
    const [notes] = (await bench.work(readStorage)).collections;
    assert.deepEqual([notes?.current, notes?.history, notes?.versions], [5, 6, 5]);
  });

  test('is told by kind of object once the bucket was listed, and kept with the time', async () => {
    const bench = await openBench();
    bench.save('long.bin', 'x'.repeat(40_000));
    await bench.sync();
    const listedAt = new Date(bench.clock.now()).toISOString();
    await bench.work(listBucket);
    bench.clock.advance(DAY_MS);
    const storage = await bench.work(readStorage);
    assert.equal(storage.listedAt, listedAt);
    assert.deepEqual(
      new Set(storage.byObject.map(({ what }) => what)),
      new Set(['heads', 'blobs', 'keys']),
    );
    assert.equal(
      storage.total.objects,
      storage.byObject.reduce((sum, one) => sum + one.objects, 0),
    );
  });

  test('what nothing needs is told from the last look, and gone from it once it is pruned', async () => {
    const bench = await openBench();
    bench.save('long.bin', 'x'.repeat(40_000));
    await bench.sync();
    assert.equal((await bench.work(readStorage)).reclaimable, null, 'nobody looked');
    bench.remove('long.bin');
    await bench.sync();
    bench.clock.advance(500 * DAY_MS);
    await bench.work(previewPrune);
    const planned = (await bench.work(readStorage)).reclaimable;
    assert.equal(planned?.objects, 1);
    await bench.work(runPrune);
    assert.deepEqual((await bench.work(readStorage)).reclaimable, planned, 'announced');
    bench.clock.advance(8 * DAY_MS);
    await bench.work(runPrune);
    assert.deepEqual((await bench.work(readStorage)).reclaimable, { objects: 0, bytes: 0 });
  });

  test('objects and files that nobody knows are among the others', () => {
    assert.deepEqual(
      sumByObject([
        { key: 'links/abc', sizeBytes: 5 },
        { key: 'archive/d/1', sizeBytes: 20 },
        { key: 'satchel.json', sizeBytes: 1 },
        { key: 'stray', sizeBytes: 5 },
      ]),
      [
        { what: 'archives', objects: 1, bytes: 20 },
        { what: 'other', objects: 2, bytes: 10 },
        { what: 'keys', objects: 1, bytes: 1 },
      ],
    );
    assert.equal(contentGroupOf('a.b/Makefile'), 'text');
    assert.equal(contentGroupOf('song.MP3'), 'audio and video');
    assert.equal(contentGroupOf('x.unknown'), 'other');
  });
});

suite('where the month is heading', () => {
  const counts = { get: 100, put: 10, list: 1, delete: 0, bytesUp: 1_000, bytesDown: 2_000 };

  test('goes on as it went so far, and from when it was counted', () => {
    const nowMs = START_MS + 10 * DAY_MS;
    const whole = forecastCounts(counts, { nowMs, sinceMs: START_MS - 99 * DAY_MS });
    assert.equal(whole?.get, 310, 'January has 31 days');
    const late = forecastCounts(counts, { nowMs, sinceMs: START_MS + 8 * DAY_MS });
    assert.equal(late?.get, 100 + 50 * 21);
  });

  test('is not told before a day is over', () => {
    const nowMs = START_MS + DAY_MS / 2;
    assert.equal(forecastCounts(counts, { nowMs, sinceMs: START_MS }), undefined);
  });

  /** The session as one on a bucket that is billed: nothing is asked of it. */
  const billed = (session: Session, preferences: Record<string, number>): Session => {
    const settings = {
      ...session.settings,
      bucket: 's3://notes?provider=aws&region=eu-west-1',
      preferences,
    };
    return { ...session, settings, live: () => settings };
  };

  test('is in the money of the provider, and polls are slowed where that is above the cap', async () => {
    const bench = await openBench();
    await bench.sync();
    bench.clock.advance(10 * DAY_MS);
    await bench.work(async (session) => {
      const month = '2027-01';
      addUsage(session.engine.db, month, { get: 50_000_000 });
      const { currency, months, forecast, cap, slowedBy } = await readCostOfMonths(
        billed(session, { 'cost.cap': 25 }),
      );
      assert.equal(currency, 'USD');
      const spent = months[0]?.requestsCost ?? 0;
      assert.ok(spent > 19 && spent < 21, `${spent}`);
      assert.ok(forecast !== null && forecast > 2.5 * spent && forecast < 3.5 * spent);
      assert.equal(cap, 25);
      assert.ok(slowedBy > 10, `${slowedBy}`);
      assert.equal(readPollStretch(billed(session, { 'cost.cap': 1_000 })), 1);
      assert.equal(readPollStretch(billed(session, {})), 1);
      assert.equal(costCap(billed(session, { 'cost.cap': 0 }).settings), undefined);
    });
  });

  test('knows what is stored as soon as "cost --storage" has looked', async () => {
    const bench = await openBench();
    bench.save('a.md', 'text');
    await bench.sync();
    await bench.work(async (session) => {
      const { storedBytes } = await readCost(session, { storage: true });
      const { listedAt, total } = await readStorage(session);
      assert.equal(listedAt, new Date(bench.clock.now()).toISOString());
      assert.ok(total.bytes > 0);
      assert.equal(storedBytes, total.bytes);
      const { months } = await readCostOfMonths(billed(session, {}));
      assert.notEqual(months[0]?.storageCost, null);
    });
  });

  test('costs nothing where nobody bills', async () => {
    const bench = await openBench();
    await bench.sync();
    const { currency, forecast, months } = await bench.work(readCostOfMonths);
    assert.deepEqual([currency, forecast, months[0]?.requestsCost], [null, null, null]);
  });
});
