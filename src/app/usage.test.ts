import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createManualClock } from '../../test/support/ports.ts';
import { openReplica } from '../../test/support/replica.ts';
import { addLatency, dailyLatencies, dailyUsage } from '../replica/daily.ts';
import { DamagedReplicaError, Database, integer } from '../replica/database.ts';
import { addUsage, allUsage } from '../replica/usage.ts';
import { createMemoryStore } from '../store/memory.ts';
import { withMeter } from '../store/meter.ts';
import { usageNoter } from './usage.ts';

const clock = createManualClock(Date.UTC(2027, 0, 31, 23, 59, 59));

test('each request is counted once, in the month it was noted in', async (context) => {
  const db = openReplica(context);
  const meter = withMeter(createMemoryStore());
  let retries = 0;
  const note = usageNoter(db, { meter, retries: () => retries }, clock);
  await meter.put('a', new Uint8Array(3));
  retries = 2;
  note();
  note();
  clock.advance(1000);
  await meter.get('a');
  note();
  assert.deepEqual(
    [...allUsage(db)],
    [
      ['2027-02', { bytesDown: 3, get: 1 }],
      ['2027-01', { bytesUp: 3, put: 1 }],
    ],
  );
  assert.deepEqual(
    [...dailyUsage(db, '')],
    [
      ['2027-01-31', { bytesUp: 3, put: 1, retries: 2 }],
      ['2027-02-01', { bytesDown: 3, get: 1 }],
    ],
  );
});

test('days are kept as long as events, months for ever', async (context) => {
  const db = openReplica(context);
  const meter = withMeter(createMemoryStore());
  const time = createManualClock(Date.UTC(2027, 5, 1));
  const note = usageNoter(db, { meter, retries: () => 0 }, time);
  await meter.get('a');
  note();
  addLatency(db, '2027-06-01', { latencyMs: 1_200, saves: 1 });
  for (const daysLater of [90, 1]) {
    time.advance(daysLater * 24 * 60 * 60 * 1000);
    await meter.get('a');
    note();
    const isKept = daysLater === 90;
    assert.equal(dailyUsage(db, '').has('2027-06-01'), isKept);
    assert.equal(dailyLatencies(db, '').has('2027-06-01'), isKept);
  }
  assert.deepEqual(allUsage(db).get('2027-06'), { get: 1 });
});

test('a damaged replica fails no command that did its work', async (context) => {
  const db = openReplica(context);
  const damaged = damagedCopy(context, db);
  const month = '2027-01';
  assert.throws(() => addUsage(damaged, month, { put: 1 }), DamagedReplicaError);
  const meter = withMeter(createMemoryStore());
  const note = usageNoter(damaged, { meter, retries: () => 0 }, clock);
  await meter.put('a', new Uint8Array(3));
  note();
});

/** The file with noise where the counts are. */
function damagedCopy(context: TestContext, db: Database): Database {
  const path = join(db.path, '..', 'damaged.sqlite');
  db.run('VACUUM INTO ?', path);
  const damaged = new Database(path);
  const sizeBytes = integer(damaged.get('PRAGMA page_size') ?? {}, 'page_size');
  const root = damaged.get(`SELECT rootpage FROM sqlite_schema WHERE name = 'usage'`) ?? {};
  const at = integer(root, 'rootpage') * sizeBytes;
  writeFileSync(path, readFileSync(path).fill(0xff, at - sizeBytes, at));
  context.after(() => damaged.close());
  return damaged;
}
