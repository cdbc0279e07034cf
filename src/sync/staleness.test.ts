import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openDevice, TEST_COLLECTION } from '../../test/support/device.ts';
import { createManualClock, createSeededRandom } from '../../test/support/ports.ts';
import { allRecords } from '../replica/records.ts';
import { createMemoryStore } from '../store/memory.ts';
import type { CollectionPort } from './kind.ts';
import { openPort } from './port.ts';

/** The port of a device with one note, which is placed and stale once more. */
async function openWork(
  t: TestContext,
): Promise<{ readonly port: CollectionPort; readonly record: string }> {
  const store = createMemoryStore();
  const clock = createManualClock(1_800_000_000_000);
  const device = await openDevice({
    store,
    clock,
    random: createSeededRandom(7),
    name: 'a',
    isFirst: true,
  });
  t.after(() => device.close());
  device.folder.set('note', 'text');
  await device.sync();
  const [row] = allRecords(device.engine.db, TEST_COLLECTION);
  assert.ok(row !== undefined);
  const port = openPort(device.engine, TEST_COLLECTION);
  port.markAllStale();
  return { port, record: row.record };
}

/** The ways in which work on a record ends. */
const ENDS: Readonly<Record<string, (port: CollectionPort, record: string) => void>> = {
  placed(port, record) {
    const shown = port.shown(record);
    assert.ok(shown !== undefined);
    port.placed(shown);
  },
  removed: (port, record) => port.removed(record),
  settled: (port, record) => port.settled(record),
};

for (const [name, end] of Object.entries(ENDS)) {
  test(`a record that is ${name} is stale no more`, async (t) => {
    const { port, record } = await openWork(t);
    port.startOn([record]);
    end(port, record);
    assert.equal(port.isStale(record), false);
  });

  test(`a record that is ${name} after news stays stale, until work heeds that`, async (t) => {
    const { port, record } = await openWork(t);
    port.startOn([record]);
    port.markAllStale();
    end(port, record);
    assert.equal(port.isStale(record), true);
    port.startOn([record]);
    end(port, record);
    assert.equal(port.isStale(record), false);
  });
}

test('what the work itself asks for another look at is no news', async (t) => {
  const { port, record } = await openWork(t);
  port.startOn([record]);
  port.markStale(record);
  port.settled(record);
  assert.equal(port.isStale(record), false);
});

test('news is not forgotten where the work itself asks for another look', async (t) => {
  const { port, record } = await openWork(t);
  port.startOn([record]);
  port.markAllStale();
  port.markStale(record);
  port.settled(record);
  assert.equal(port.isStale(record), true);
});
