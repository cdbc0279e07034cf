import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { createManualClock, createSeededRandom } from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { deleteMeta } from '../replica/meta.ts';
import { forgetNonces } from '../replica/own.ts';
import { addUsage } from '../replica/usage.ts';
import { StoreError } from '../store/store.ts';
import { findCollection } from './collection-list.ts';
import { addCollection } from './collections.ts';
import type { AppContext } from './context.ts';
import { type Session, withSession } from './session.ts';
import { initRepository } from './setup.ts';
import { nextTurn } from './turns.ts';
import { monthOf } from './usage.ts';
import { startLoop } from './watch-loop.ts';
import { roundNow, runRound, type WatchReporter } from './watch-round.ts';

const REPORTER = { round: () => undefined, failed: () => undefined, pruned: () => undefined };

/** A home with empty vaults. */
async function openHome(names: readonly string[]): Promise<AppContext> {
  const root = temporaryFolder('watch-round');
  const app: AppContext = {
    home: join(root, 'home'),
    clock: createManualClock(Date.UTC(2027, 0, 11)),
    random: createSeededRandom(1),
    progress: () => undefined,
    notice: () => undefined,
  };
  await initRepository(app, { bucket: join(root, 'bucket'), deviceName: 'laptop' }, undefined);
  await withSession(app, 'test', async (session) => {
    for (const name of names) {
      mkdirSync(join(root, name));
      await addCollection(session, 'vault', join(root, name), name);
    }
  });
  return app;
}

/** A home ten days into a month in which very much was asked of the bucket. */
async function inDearMonth<T>(work: (session: Session) => Promise<T>): Promise<T> {
  return await withSession(await openHome(['Notes']), 'test', async (session) => {
    addUsage(session.engine.db, monthOf(session.context.clock.now()), { get: 50_000_000 });
    return await work(session);
  });
}

/** The session as one on a bucket that is billed: what it asks goes to the folder all the same. */
function billed(session: Session, preferences: Record<string, number>): Session {
  const bucket = 's3://notes?provider=aws&region=eu-west-1';
  const settings = { ...session.settings, bucket, preferences };
  return { ...session, settings, live: () => settings };
}

test('polls are slowed for a monthly cap, tries after a failure are not', async () => {
  await inDearMonth(async (session) => {
    const delayMs = async (of: Session): Promise<number> => {
      const loop = startLoop(of, undefined);
      await runRound(of, loop, REPORTER, 'poll');
      return loop.delayMs;
    };
    const usualMs = await delayMs(billed(session, {}));
    assert.ok((await delayMs(billed(session, { 'cost.cap': 25 }))) > 10 * usualMs);
    assert.equal(await delayMs(billed(session, { 'cost.cap': 1_000 })), usualMs);

    const capped = billed(session, { 'cost.cap': 25 });
    const get = (): Promise<never> =>
      Promise.reject(new StoreError('unreachable', 'no network', 'never'));
    const failing = {
      ...capped,
      engine: { ...capped.engine, store: { ...capped.engine.store, get } },
    };
    const loop = startLoop(failing, undefined);
    assert.equal(await runRound(failing, loop, REPORTER, 'poll'), undefined);
    assert.ok(loop.delayMs <= 2 * usualMs, `${loop.delayMs} ms after a failure`);
  });
});

/** The session with all its collections carried once an hour. */
function hourly(session: Session): Session {
  const collections = Object.entries(session.settings.collections).map(
    ([id, one]) => [id, { ...one, schedule: 'hourly' }] as const,
  );
  const settings = { ...session.settings, collections: Object.fromEntries(collections) };
  return { ...session, settings, live: () => settings };
}

function isDue(session: Session, name: string): boolean {
  return nextTurn(session, findCollection(session, name).id) === session.context.clock.now();
}

test('a round of one collection is no turn of another, which has its own time', async () => {
  const app = await openHome(['Notes', 'Photos']);
  await withSession(app, 'test', async (session) => {
    const scheduled = hourly(session);
    const areDue = () => ['Notes', 'Photos'].map((name) => isDue(scheduled, name));
    assert.deepEqual(areDue(), [true, true]);
    await roundNow(scheduled, startLoop(scheduled, undefined), REPORTER, ['Notes']);
    assert.deepEqual(areDue(), [false, true]);
  });
});

test('a turn in which the folder was missing is not taken: the next poll carries it', async () => {
  const app = await openHome(['Notes', 'Photos']);
  const photos = join(dirname(app.home), 'Photos');
  await withSession(app, 'test', async (session) => {
    const scheduled = hourly(session);
    const areDue = () => ['Notes', 'Photos'].map((name) => isDue(scheduled, name));
    const loop = startLoop(scheduled, undefined);
    renameSync(photos, `${photos}.away`);
    await runRound(scheduled, loop, REPORTER, 'poll');
    assert.deepEqual(areDue(), [false, true]);
    assert.ok(loop.delayMs >= 1000, 'it is tried again no sooner than others are polled');
    await roundNow(scheduled, loop, REPORTER, undefined);
    assert.deepEqual(areDue(), [false, true]);

    renameSync(`${photos}.away`, photos);
    writeFileSync(join(photos, 'a.md'), 'a picture in words');
    const carried = await runRound(scheduled, loop, REPORTER, 'poll');
    assert.deepEqual(
      carried?.collections.map(({ name, published }) => [name, published.versions]),
      [['Photos', 1]],
    );
    assert.deepEqual(areDue(), [false, false]);
  });
});

test('a turn is taken by a round that asks the bucket, not by one that only sends', async () => {
  const app = await openHome(['Notes']);
  await withSession(app, 'test', async (session) => {
    const scheduled = hourly(session);
    const loop = startLoop(scheduled, undefined);
    await runRound(scheduled, loop, REPORTER, 'publish');
    assert.ok(isDue(scheduled, 'Notes'));
    await runRound(scheduled, loop, REPORTER, 'poll');
    assert.ok(!isDue(scheduled, 'Notes'));
  });
});

test('a standing problem is told once, also where a round in between left its collection out', async () => {
  const app = await openHome(['Notes', 'Photos']);
  rmSync(join(dirname(app.home), 'Photos'), { recursive: true });
  await withSession(app, 'test', async (session) => {
    const told: string[] = [];
    const round: WatchReporter['round'] = (_result, news) => {
      for (const [name, { begun }] of news)
        for (const { error } of begun) told.push(`${name}: ${error}`);
    };
    const reporter = { ...REPORTER, round };
    const loop = startLoop(session, undefined);
    await runRound(session, loop, reporter, 'poll');
    assert.equal(told.length, 1, told.join());
    await roundNow(session, loop, reporter, ['Notes']);
    await runRound(session, loop, reporter, 'poll');
    assert.equal(told.length, 1, told.join());
  });
});

test('S9: a round that only sends, and finds another life of the device, is followed by a poll at once', async () => {
  const app = await openHome(['Notes']);
  await withSession(app, 'test', async (session) => {
    const loop = startLoop(session, undefined);
    await runRound(session, loop, REPORTER, 'poll');
    await session.context.clock.sleep(2 * 60 * 1000);
    // As on a machine that was put back: it does not know the head that it wrote.
    forgetNonces(session.engine.db);
    deleteMeta(session.engine.db, 'head-tag');
    writeFileSync(join(dirname(app.home), 'Notes', 'a.md'), 'saved since');
    const sent = await runRound(session, loop, REPORTER, 'publish');
    assert.deepEqual([sent?.collections[0]?.published.versions, loop.delayMs], [0, 0]);
    const polled = await runRound(session, loop, REPORTER, 'poll');
    assert.equal(polled?.collections[0]?.published.versions, 1);
    assert.ok(loop.delayMs > 0);
  });
});
