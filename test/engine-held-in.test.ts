/** S8: deletions made elsewhere, with the smallest kind: what is held, and what goes on. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { countHeld, heldRecords } from '../src/replica/held.ts';
import { outboxCount } from '../src/replica/outbox.ts';
import { allRecords, recordOf } from '../src/replica/records.ts';
import { currentVersionsOf } from '../src/replica/versions.ts';
import { beginCollection, endCollection } from '../src/sync/bootstrap.ts';
import { openPort } from '../src/sync/port.ts';
import { approveHeld, rejectHeld } from '../src/sync/release.ts';
import { openDevice, TEST_COLLECTION, type TestDevice, type TwoDevices } from './support/device.ts';
import { createDice } from './support/dice.ts';
import {
  erase,
  eraseInPortions,
  eventsOf,
  exchange,
  heldIn,
  heldOut,
  MINUTE_MS,
  nameOf,
  sharing,
} from './support/mass.ts';
import { chooseSeed, createSeededRandom } from './support/ports.ts';

suite('S8: deletions made elsewhere', () => {
  /** `a` deletes most of what `b` shows, in portions that `a` does not hold. */
  async function arriving(): Promise<TwoDevices> {
    const devices = await sharing(50);
    const { a, b } = devices;
    await eraseInPortions(devices, () => a.sync());
    assert.equal(heldOut(a), 0);
    await b.sync();
    return devices;
  }

  test('many at once are not carried out; what else came is', async () => {
    const devices = await arriving();
    const { a, b } = devices;
    assert.equal(heldIn(b), 45);
    assert.equal(b.folder.size, 50);
    a.folder.set(nameOf(49), 'edited');
    await exchange(devices);
    assert.equal(b.folder.get(nameOf(49)), 'edited');
    assert.equal(heldIn(b), 45);
    // Commits are applied all the same, and what stays is no edit.
    assert.equal(recordOf(b.engine.db, TEST_COLLECTION, heldRecordOf(b))?.isLive, false);
    assert.equal(outboxCount(b.engine.db, TEST_COLLECTION), 0);
    assert.equal(a.folder.size, 5);
    assert.deepEqual(eventsOf(b, 'held'), [
      '45 deletions made elsewhere, to be approved or rejected',
    ]);
  });

  test('those carried out in the last ten minutes count too, and one more joins', async () => {
    const devices = await sharing(50);
    const { a, b, clock } = devices;
    erase(a, 0, 15);
    await exchange(devices);
    clock.advance(11 * MINUTE_MS);
    erase(a, 15, 25);
    await a.sync();
    clock.advance(-2 * MINUTE_MS);
    await b.sync();
    assert.equal(heldIn(b), 10);
    assert.equal(b.folder.size, 35);
    clock.advance(60 * MINUTE_MS);
    erase(a, 25, 26);
    await exchange(devices);
    assert.equal(heldIn(b), 11);
    // Rejected, what was removed in those minutes is back as well.
    rejectHeld(b.engine, TEST_COLLECTION, 'in');
    await exchange(devices);
    assert.equal(b.folder.size, 50);
    assert.equal(a.folder.size, 50);
  });

  test('what is still to come in their place is not left', async () => {
    const devices = await sharing(5);
    const { a, b } = devices;
    a.folder.set('in their place', 'new');
    erase(a, 0, 5);
    await a.sync();
    assert.equal(heldOut(a), 0);
    await b.sync();
    assert.equal(heldIn(b), 5);
    assert.equal(b.folder.get('in their place'), 'new');
    assert.equal(b.folder.size, 6);
  });

  test('approved, they are carried out', async () => {
    const devices = await arriving();
    const { a, b } = devices;
    // Whatever a kind says of a record that is held, its turn comes.
    openPort(b.engine, TEST_COLLECTION).settled(heldRecordOf(b));
    assert.equal(approveHeld(b.engine, TEST_COLLECTION, 'in'), 45);
    assert.equal(approveHeld(b.engine, TEST_COLLECTION, 'in'), 0);
    await exchange(devices);
    assert.equal(heldIn(b), 0);
    assert.deepEqual(b.folder, a.folder);
    assert.equal(outboxCount(b.engine.db, TEST_COLLECTION), 0);
  });

  test('approved, and cut off before they are carried out, they are not asked about again', async () => {
    const devices = await arriving();
    const { b } = devices;
    approveHeld(b.engine, TEST_COLLECTION, 'in');
    await b.sync();
    assert.equal(heldIn(b), 0);
    assert.equal(b.folder.size, 5);
  });

  test('rejected, the files are back on every device', async () => {
    const devices = await arriving();
    const { a, b } = devices;
    const before = new Map(b.folder);
    assert.equal(rejectHeld(b.engine, TEST_COLLECTION, 'in'), 45);
    await exchange(devices);
    assert.equal(countHeld(b.engine.db, TEST_COLLECTION), 0);
    assert.deepEqual(b.folder, before);
    assert.deepEqual(new Map([...a.folder].sort()), before);
    assert.equal(outboxCount(b.engine.db, TEST_COLLECTION), 0);
    assert.deepEqual(eventsOf(b, 'rejected'), ['45 deletions made elsewhere']);
  });

  test('an edit of a file that stays brings it back; one that is deleted here is gone', async () => {
    const devices = await arriving();
    const { a, b } = devices;
    b.folder.set(nameOf(0), 'still in use').delete(nameOf(1));
    await exchange(devices);
    assert.equal(a.folder.get(nameOf(0)), 'still in use');
    assert.equal(heldIn(b), 43);
    approveHeld(b.engine, TEST_COLLECTION, 'in');
    await exchange(devices);
    assert.deepEqual([...b.folder.keys()].sort(), [...a.folder.keys()].sort());
    assert.equal(b.folder.get(nameOf(0)), 'still in use');
  });

  test('rejected, what was deleted here meanwhile stays deleted', async () => {
    const devices = await arriving();
    const { a, b } = devices;
    b.folder.delete(nameOf(1));
    await exchange(devices);
    assert.equal(rejectHeld(b.engine, TEST_COLLECTION, 'in'), 44);
    await exchange(devices);
    assert.equal(b.folder.has(nameOf(1)), false);
    assert.equal(a.folder.size, 49);
  });

  test('detached and attached again, it has nothing to be asked about', async () => {
    const devices = await arriving();
    const { a, b } = devices;
    endCollection(b.engine.db, TEST_COLLECTION);
    b.folder.clear();
    beginCollection(b.engine.db, TEST_COLLECTION, false);
    await exchange(devices);
    assert.equal(countHeld(b.engine.db, TEST_COLLECTION), 0);
    assert.deepEqual(b.folder, a.folder);
  });

  test('a device that comes later has nothing to be asked about', async () => {
    const { a, store, clock } = await arriving();
    const late = await openDevice({ store, clock, random: createSeededRandom(3), name: 'late' });
    await late.sync();
    assert.equal(countHeld(late.engine.db, TEST_COLLECTION), 0);
    assert.deepEqual(late.folder, a.folder);
  });
});

function heldRecordOf({ engine }: TestDevice): string {
  const [record] = heldRecords(engine.db, TEST_COLLECTION, 'in');
  assert.ok(record);
  return record;
}

suite('S8: a random life with mass deletions', () => {
  const firstSeed = chooseSeed();
  for (let run = 0; run < 10; run += 1) {
    const seed = firstSeed + run;
    test(`TEST_SEED=${seed}: whatever is decided, devices agree in the end`, () => liveWith(seed));
  }
});

/** Two devices that delete much, save a little, and decide now and then. */
async function liveWith(seed: number): Promise<void> {
  const devices = await sharing(60);
  const { a, b, clock } = devices;
  const dice = createDice(createSeededRandom(seed));
  for (let step = 0; step < 40; step += 1) {
    clock.advance(dice.below(4 * MINUTE_MS));
    const device = dice.pick([a, b]);
    const roll = dice.below(10);
    if (roll < 2) erase(device, dice.below(60), 60);
    else if (roll < 4) device.folder.set(nameOf(dice.below(60)), `${device.name} wrote ${step}`);
    else if (roll < 5) decide(device, dice.pick([approveHeld, rejectHeld]));
    else await device.sync();
  }
  for (let turn = 0; turn < 3; turn += 1) {
    await exchange(devices);
    for (const device of [a, b]) decide(device, dice.pick([approveHeld, rejectHeld]));
  }
  await exchange(devices);
  for (const { engine } of [a, b]) {
    assert.equal(countHeld(engine.db, TEST_COLLECTION), 0);
    assert.equal(outboxCount(engine.db, TEST_COLLECTION), 0);
  }
  const rows = [...allRecords(a.engine.db, TEST_COLLECTION)];
  for (const { record } of rows) {
    const ids = [a, b].map(({ engine }) =>
      currentVersionsOf(engine.db, TEST_COLLECTION, record).map(({ version }) => version.id),
    );
    assert.deepEqual(ids[0]?.sort(), ids[1]?.sort());
  }
  const live = new Set(rows.filter(({ isLive }) => isLive).map(({ fields }) => fields.path));
  for (const { folder } of [a, b]) assert.deepEqual(new Set(folder.keys()), live);
}

function decide({ engine }: TestDevice, how: typeof approveHeld): void {
  for (const direction of ['out', 'in'] as const) how(engine, TEST_COLLECTION, direction);
}
