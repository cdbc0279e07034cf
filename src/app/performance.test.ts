import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { createManualClock, createSeededRandom } from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { dailyLatencies } from '../replica/daily.ts';
import { addCollection, attachCollection } from './collections.ts';
import type { AppContext } from './context.ts';
import { percentileMs, roundLatencyMs } from './latency.ts';
import { readPerformance } from './performance.ts';
import { type Session, withSession } from './session.ts';
import { initRepository, joinRepository } from './setup.ts';
import { runSync } from './sync.ts';

const START_MS = Date.UTC(2027, 0, 1, 12);
const DAY_MS = 24 * 60 * 60 * 1000;

/** A laptop with a vault in a bucket that is a folder, and a phone that has the vault too. */
async function openBench() {
  const root = temporaryFolder('performance');
  const clock = createManualClock(START_MS);
  const bucket = join(root, 'bucket');
  const device = (name: string, seed: number) => {
    const app: AppContext = {
      home: join(root, name),
      clock,
      random: createSeededRandom(seed),
      progress: () => undefined,
      notice: () => undefined,
    };
    const folder = join(root, `${name}-notes`);
    const work = <T>(task: (session: Session) => Promise<T>) => withSession(app, 'test', task);
    return {
      app,
      folder,
      work,
      save: (path: string, text: string) => writeFileSync(join(folder, path), text),
      takeIn: () =>
        work(async (session) => {
          for (const collection of session.open.values()) await collection.takeIn();
        }),
      sync: () => work((session) => runSync(session, undefined)),
    };
  };
  const [laptop, phone] = [device('laptop', 1), device('phone', 2)];
  mkdirSync(laptop.folder);
  await initRepository(laptop.app, { bucket, deviceName: 'laptop' }, undefined);
  await laptop.work((session) => addCollection(session, 'vault', laptop.folder, 'Notes'));
  await laptop.sync();
  await joinRepository(phone.app, { bucket, deviceName: 'phone' }, async () => '');
  await phone.work((session) => attachCollection(session, 'Notes', phone.folder, undefined));
  await phone.sync();
  return { clock, laptop, phone };
}

suite('how well this device keeps up', () => {
  test('saves, latency and bytes are told by day, and of other devices what is known', async () => {
    const { clock, laptop, phone } = await openBench();
    laptop.save('a.md', 'one');
    laptop.save('b.md', 'two');
    await laptop.takeIn();
    clock.advance(7_340);
    await laptop.sync();
    clock.advance(DAY_MS);
    phone.save('c.md', 'three');
    await phone.sync();
    await laptop.sync();
    const days = await laptop.work(async (session) => readPerformance(session, 30));
    const [first, ...later] = days;
    assert.equal(first?.day, '2027-01-01');
    assert.deepEqual(
      [first?.device, first?.self, first?.saves, first?.publishP50Ms, first?.publishP95Ms],
      ['laptop', true, 2, 7_300, 7_300],
    );
    assert.ok((first?.bytesUp ?? 0) > 0);
    assert.equal(first?.retries, 0);
    const other = later.find(({ device }) => device === 'phone');
    assert.deepEqual(other, {
      day: '2027-01-02',
      device: 'phone',
      self: false,
      saves: 1,
      publishP50Ms: null,
      publishP95Ms: null,
      bytesUp: null,
      bytesDown: null,
      retries: null,
    });
    assert.deepEqual(
      (await laptop.work(async (session) => readPerformance(session, 1))).map(({ day }) => day),
      ['2027-01-02', '2027-01-02'],
      'only as many days as were asked for',
    );
  });

  test('a save counts once, when the bucket has it, and not what the folder held at first', async () => {
    const { clock, laptop } = await openBench();
    const counted = () =>
      laptop.work(async ({ engine }) =>
        [...dailyLatencies(engine.db, '').values()].flat().map(({ saves }) => saves),
      );
    assert.deepEqual(await counted(), []);
    laptop.save('a.md', 'one');
    await laptop.takeIn();
    assert.deepEqual(await counted(), [], 'the bucket does not have it yet');
    await laptop.sync();
    clock.advance(60_000);
    await laptop.sync();
    assert.deepEqual(await counted(), [1]);
  });
});

suite('latencies', () => {
  test('are kept to two digits, and never below zero', () => {
    assert.deepEqual([0, 7, 1_234, 12_345, -5].map(roundLatencyMs), [0, 7, 1_200, 12_000, 0]);
  });

  test('the share of saves that got through by then is counted, not estimated', () => {
    const latencies = [
      { latencyMs: 100, saves: 50 },
      { latencyMs: 200, saves: 45 },
      { latencyMs: 9_000, saves: 5 },
    ];
    assert.equal(percentileMs(latencies, 0.5), 100);
    assert.equal(percentileMs(latencies, 0.51), 200);
    assert.equal(percentileMs(latencies, 0.95), 200);
    assert.equal(percentileMs(latencies, 0.96), 9_000);
    assert.equal(percentileMs([], 0.5), undefined);
  });
});
