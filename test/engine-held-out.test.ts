/** S8: deletions made here, with the smallest kind: what is held, and what goes on. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { countHeld } from '../src/replica/held.ts';
import { outboxCount, outboxEntries } from '../src/replica/outbox.ts';
import { recordOf } from '../src/replica/records.ts';
import { currentVersionsOf } from '../src/replica/versions.ts';
import { commitEntries } from '../src/sync/commit.ts';
import { guardShareOf, isMassDeletion, mostWithinWindow } from '../src/sync/guard.ts';
import { INLINE_MAX_BYTES } from '../src/sync/kind.ts';
import { publishCollection } from '../src/sync/publish.ts';
import { putInRegistry, updateRegistryEntry } from '../src/sync/registry.ts';
import { approveHeld, rejectHeld } from '../src/sync/release.ts';
import { openDevice, TEST_COLLECTION, type TestDevice, type TwoDevices } from './support/device.ts';
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
import { createSeededRandom } from './support/ports.ts';
import { temporaryFolder } from './support/temporary.ts';

test('S8: twenty deletions over the share are many, and so is all of five', () => {
  assert.equal(isMassDeletion(19, 1, 25), false);
  assert.equal(isMassDeletion(20, 60, 25), false);
  assert.equal(isMassDeletion(21, 60, 25), true);
  assert.equal(isMassDeletion(4, 0, 25), false);
  assert.equal(isMassDeletion(5, 0, 25), true);
  assert.equal(isMassDeletion(5, 1, 25), false);
  assert.equal(isMassDeletion(20, 1000, 0), true);
  assert.equal(isMassDeletion(1000, 0, 100), false);
});

test('S8: of deletions over a longer time, those within any ten minutes count', () => {
  assert.equal(mostWithinWindow([]), 0);
  assert.equal(mostWithinWindow([0, 10, 10].map((minute) => minute * MINUTE_MS)), 2);
  assert.equal(mostWithinWindow([0, 9, 12, 18, 30].map((minute) => minute * MINUTE_MS)), 3);
});

/** What a round does before it asks the bucket for anything. */
async function takeIn({ open }: TestDevice): Promise<void> {
  await open.get(TEST_COLLECTION)?.takeIn();
}

/** Of 50 files `a` deleted 30 at once, and the guard has stopped them. */
async function withThirtyHeld(): Promise<TwoDevices> {
  const devices = await sharing(50);
  erase(devices.a, 0, 30);
  await exchange(devices);
  assert.equal(heldOut(devices.a), 30);
  return devices;
}

test('S8: a mass that an editor deletes while content goes up is held', async () => {
  const devices = await sharing(50);
  const { a } = devices;
  await exchange(devices);
  a.folder.set('long', 'x'.repeat(INLINE_MAX_BYTES + 1));
  await takeIn(a);
  const open = a.open.get(TEST_COLLECTION);
  assert.ok(open !== undefined);
  const { versions } = await publishCollection(a.engine, TEST_COLLECTION, {
    ...open,
    async readLocal(record) {
      erase(a, 0, 30);
      await open.takeIn();
      return open.readLocal(record);
    },
  });
  assert.equal(versions, 1);
  assert.equal(heldOut(a), 30);
});

/** Of 50 files `a` deleted 15, which both know, and nine minutes later ten more. */
async function withTenAfterFifteen(): Promise<TwoDevices> {
  const devices = await sharing(50);
  erase(devices.a, 0, 15);
  await exchange(devices);
  devices.clock.advance(9 * MINUTE_MS);
  erase(devices.a, 15, 25);
  return devices;
}

/** The same with `a` started anew, from another replica file where one is given. */
async function reopened(devices: TwoDevices, path = devices.a.path): Promise<TwoDevices> {
  const { a, store, clock } = devices;
  a.close();
  const random = createSeededRandom(5);
  const { name, folder } = a;
  return { ...devices, a: await openDevice({ store, clock, random, name, path, folder }) };
}

suite('S8: deletions made here', () => {
  test('many at once are held; everything else goes on', async () => {
    const devices = await sharing(50);
    const { a, b } = devices;
    erase(a, 0, 30);
    a.folder.set(nameOf(40), 'edited').set('new', 'new');
    await exchange(devices);
    assert.equal(heldOut(a), 30);
    assert.equal(outboxCount(a.engine.db, TEST_COLLECTION), 30);
    assert.equal(b.folder.size, 51);
    assert.equal(b.folder.get(nameOf(40)), 'edited');
    assert.equal(b.folder.get('new'), 'new');
    assert.equal(countHeld(b.engine.db, TEST_COLLECTION), 0);
    assert.deepEqual(eventsOf(a, 'held'), ['30 deletions made here, to be approved or rejected']);
  });

  test('more of them join what is held, even hours later', async () => {
    const devices = await withThirtyHeld();
    const { a, b, clock } = devices;
    clock.advance(180 * MINUTE_MS);
    erase(a, 30, 31);
    await exchange(devices);
    assert.equal(heldOut(a), 31);
    assert.equal(b.folder.size, 50);
    assert.equal(eventsOf(a, 'held').length, 1);
  });

  test('few, and few at a time, are everyday work', async () => {
    const devices = await sharing(50);
    const { a, b } = devices;
    await eraseInPortions(devices, () => exchange(devices));
    assert.equal(heldOut(a) + heldIn(b), 0);
    assert.deepEqual([...b.folder.keys()], [...a.folder.keys()]);
  });

  test('those sent in the last ten minutes count too', async () => {
    const devices = await withTenAfterFifteen();
    const { a, b } = devices;
    await exchange(devices);
    assert.equal(heldOut(a), 10);
    assert.equal(b.folder.size, 35);
  });

  test('those made while the bucket was out of reach count when they were made', async () => {
    const devices = await withTenAfterFifteen();
    const { a, b, clock } = devices;
    await takeIn(a);
    clock.advance(180 * MINUTE_MS);
    await exchange(devices);
    assert.equal(heldOut(a), 10);
    assert.equal(b.folder.size, 35);
  });

  test('those made few at a time out of reach are sent; who gets them at once is asked', async () => {
    const devices = await sharing(50);
    const { a, b } = devices;
    await eraseInPortions(devices, () => takeIn(a));
    await exchange(devices);
    assert.equal(heldOut(a), 0);
    assert.equal(heldIn(b), 45);
  });

  test('renames are no deletions', async () => {
    const devices = await sharing(50);
    const { a, b } = devices;
    for (const [path, text] of [...a.folder]) {
      a.folder.delete(path);
      a.folder.set(`moved/${path}`, text);
    }
    await exchange(devices);
    assert.equal(heldOut(a), 0);
    assert.deepEqual(new Map([...b.folder].sort()), new Map([...a.folder].sort()));
  });

  test('all of a small collection is held, all of a tiny one is not', async () => {
    const five = await sharing(5);
    five.a.folder.clear();
    await exchange(five);
    assert.equal(heldOut(five.a), 5);
    assert.equal(five.b.folder.size, 5);
    const four = await sharing(4);
    four.a.folder.clear();
    await exchange(four);
    assert.equal(four.b.folder.size, 0);
  });

  test('the share is a setting of the collection, for all devices', async () => {
    const devices = await sharing(50);
    const { a, b } = devices;
    const info = { id: TEST_COLLECTION, name: 'Notes', kind: 'vault', created: 1 };
    assert.equal(guardShareOf(a.engine, TEST_COLLECTION), 25);
    putInRegistry(b.engine, info);
    updateRegistryEntry(b.engine, TEST_COLLECTION, { guard: 100 });
    await b.sync();
    await a.sync();
    assert.equal(guardShareOf(a.engine, TEST_COLLECTION), 100);
    erase(a, 0, 30);
    await exchange(devices);
    assert.equal(heldOut(a), 0);
    assert.equal(b.folder.size, 20);
  });

  test('approved, they reach every device, and none asks again', async () => {
    const devices = await withThirtyHeld();
    const { a, b } = devices;
    assert.equal(approveHeld(a.engine, TEST_COLLECTION, 'out'), 30);
    await exchange(devices);
    assert.equal(countHeld(a.engine.db, TEST_COLLECTION), 0);
    assert.equal(countHeld(b.engine.db, TEST_COLLECTION), 0);
    assert.deepEqual([...b.folder.keys()], [...a.folder.keys()]);
    assert.equal(b.folder.size, 20);
    assert.deepEqual(eventsOf(a, 'approved'), ['30 deletions made here']);
    assert.equal(approveHeld(a.engine, TEST_COLLECTION, 'out'), 0);
    // What was approved does not count for what comes after it.
    erase(a, 30, 31);
    await exchange(devices);
    assert.equal(b.folder.size, 19);
  });

  test('rejected, the files are back where they were deleted', async () => {
    const devices = await withThirtyHeld();
    const { a, b } = devices;
    assert.equal(rejectHeld(a.engine, TEST_COLLECTION, 'out'), 30);
    assert.equal(rejectHeld(a.engine, TEST_COLLECTION, 'out'), 0);
    await exchange(devices);
    assert.equal(outboxCount(a.engine.db, TEST_COLLECTION), 0);
    assert.deepEqual(new Map([...a.folder].sort()), b.folder);
    assert.equal(a.folder.size, 50);
    assert.deepEqual(eventsOf(a, 'rejected'), ['30 deletions made here']);
  });

  test('rejected, those are back too that were sent before the guard saw how many they were', async () => {
    const devices = await sharing(50);
    const { a, b, clock } = devices;
    erase(a, 0, 15);
    await exchange(devices);
    assert.equal(b.folder.size, 35);
    clock.advance(MINUTE_MS);
    erase(a, 15, 40);
    await exchange(devices);
    clock.advance(60 * MINUTE_MS);
    await exchange(devices);
    assert.equal(rejectHeld(a.engine, TEST_COLLECTION, 'out'), 40);
    await exchange(devices);
    assert.equal(a.folder.size, 50);
    assert.deepEqual(new Map([...b.folder].sort()), new Map([...a.folder].sort()));
  });

  test('rejected, edits that were never sent are back as well', async () => {
    const devices = await sharing(50);
    const { a } = devices;
    a.folder.set(nameOf(0), 'edited offline').set('draft', 'never sent');
    await takeIn(a);
    a.folder.clear();
    await exchange(devices);
    assert.equal(heldOut(a), 51);
    rejectHeld(a.engine, TEST_COLLECTION, 'out');
    await exchange(devices);
    assert.equal(a.folder.get(nameOf(0)), 'edited offline');
    assert.equal(a.folder.get('draft'), 'never sent');
  });

  test('a file that is there again is no edit, and its deletion does not wait any more', async () => {
    const devices = await sharing(50);
    const { a, b } = devices;
    const before = new Map(a.folder);
    erase(a, 0, 30);
    await exchange(devices);
    for (const [path, text] of before) a.folder.set(path, text);
    a.folder.set(nameOf(1), 'another text');
    await exchange(devices);
    assert.equal(heldOut(a), 0);
    assert.equal(outboxCount(a.engine.db, TEST_COLLECTION), 0);
    assert.equal(b.folder.size, 50);
    assert.equal(b.folder.get(nameOf(1)), 'another text');
    assert.deepEqual(conflictsIn(a, before.keys()), []);
    const { record = '' } = claimantOf(a, nameOf(2));
    assert.equal(currentVersionsOf(a.engine.db, TEST_COLLECTION, record)[0]?.n, 1);
  });

  test('S7: an edit made elsewhere brings a held file back', async () => {
    const devices = await withThirtyHeld();
    const { a, b } = devices;
    b.folder.set(nameOf(0), 'edited elsewhere').delete(nameOf(1));
    await exchange(devices);
    assert.equal(a.folder.get(nameOf(0)), 'edited elsewhere');
    // What was deleted there too has nothing to wait for.
    assert.equal(heldOut(a), 28);
    approveHeld(a.engine, TEST_COLLECTION, 'out');
    await exchange(devices);
    assert.deepEqual([...b.folder.keys()].sort(), [...a.folder.keys()].sort());
    assert.equal(b.folder.get(nameOf(0)), 'edited elsewhere');
    assert.equal(b.folder.size, 21);
  });

  test('a deletion that is sent by itself does not wait any more', async () => {
    const devices = await withThirtyHeld();
    const { a, b } = devices;
    const [entry] = outboxEntries(a.engine.db, TEST_COLLECTION, { onlyLocal: false });
    assert.ok(entry);
    // As where a command that restores the file is cut off half-way.
    commitEntries(a.engine, TEST_COLLECTION, [entry]);
    await exchange(devices);
    assert.equal(heldOut(a), 29);
    assert.equal(b.folder.size, 49);
  });

  test('what is held is held after a restart', async () => {
    const devices = await reopened(await withThirtyHeld());
    await exchange(devices);
    assert.equal(heldOut(devices.a), 30);
    assert.equal(devices.b.folder.size, 50);
  });
});

test('S8, S9: a device put back to a backup does not hold what was sent since', async () => {
  const devices = await sharing(50);
  const { a, b } = devices;
  erase(a, 0, 30);
  await a.sync();
  a.engine.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const backup = join(temporaryFolder('backup'), 'replica.sqlite');
  copyFileSync(a.path, backup);
  approveHeld(a.engine, TEST_COLLECTION, 'out');
  await exchange(devices);
  const restored = await reopened(devices, backup);
  await exchange(restored);
  assert.equal(heldOut(restored.a), 0);
  assert.equal(outboxCount(restored.a.engine.db, TEST_COLLECTION), 0);
  assert.deepEqual(new Map(restored.a.folder), b.folder);
});

function claimantOf({ engine }: TestDevice, path: string): { readonly record?: string } {
  const row = engine.db.get(
    'SELECT record FROM shown WHERE collection = ? AND place = ?',
    TEST_COLLECTION,
    path,
  );
  return row === undefined ? {} : { record: String(row.record) };
}

function conflictsIn(device: TestDevice, paths: Iterable<string>): string[] {
  return [...paths].filter((path) => {
    const { record = '' } = claimantOf(device, path);
    return recordOf(device.engine.db, TEST_COLLECTION, record)?.isConflict === true;
  });
}
