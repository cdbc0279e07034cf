/**
 * A random life of a few devices around one bucket, and the questions to ask afterwards. One seed
 * decides everything.
 */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isErrorKind } from '../../src/base/errors.ts';
import { headKey } from '../../src/format/object-keys.ts';
import { isReady } from '../../src/replica/meta.ts';
import { outboxCount, outboxEntry } from '../../src/replica/outbox.ts';
import { allRecords } from '../../src/replica/records.ts';
import { commitsOf, currentVersionsOf, versionsOf } from '../../src/replica/versions.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { ObjectStore } from '../../src/store/store.ts';
import { selfId } from '../../src/sync/engine.ts';
import { openHead } from '../../src/sync/head.ts';
import type { Limits } from '../../src/sync/limits.ts';
import { openDevice, TEST_COLLECTION, type TestDevice } from './device.ts';
import { createDice, type Dice } from './dice.ts';
import { createFaultyStore, type FaultyStore } from './faulty-store.ts';
import { createManualClock, createSeededRandom, type ManualClock } from './ports.ts';

export interface LifeOptions {
  readonly steps: number;
  readonly devices: number;
  /** A device is put back to an earlier copy of its replica and folder. */
  readonly restores?: boolean;
}

/** So small that a short life goes through segments, compaction, archives and index objects. */
const SMALL_LIMITS: Limits = {
  tailBytes: 700,
  listsBytes: 350,
  segmentBytes: 4000,
  commitBytes: 2000,
  fanIn: 2,
  mergedBytes: 6000,
};

const NAMES = ['a', 'b', 'c', 'd/e', 'pic.png'] as const;

interface World {
  readonly dice: Dice;
  readonly clock: ManualClock;
  /** The bucket itself, without faults. */
  readonly bucket: ObjectStore;
  readonly store: FaultyStore;
  readonly devices: TestDevice[];
  /** Version ids that were taken in and not replaced in the outbox before their commit. */
  readonly saved: Set<string>;
  counter: number;
}

export async function liveLife(seed: number, options: LifeOptions): Promise<void> {
  const random = createSeededRandom(seed);
  const clock = createManualClock(1_800_000_000_000);
  const bucket = createMemoryStore();
  const store = createFaultyStore(bucket, createSeededRandom(seed + 1));
  const world: World = {
    dice: createDice(random),
    clock,
    bucket,
    store,
    devices: [],
    saved: new Set(),
    counter: 0,
  };
  const places: string[] = [];
  try {
    for (let index = 0; index < options.devices; index += 1) {
      const name = `device${index}`;
      world.devices.push(
        await openDevice({
          store,
          clock,
          random,
          name,
          isFirst: index === 0,
          limits: SMALL_LIMITS,
        }),
      );
    }
    for (const device of world.devices) places.push(dirname(device.path));
    let backup: (() => Promise<void>) | undefined;
    for (let step = 0; step < options.steps; step += 1) {
      clock.advance(1000 + world.dice.below(30_000));
      await takeStep(world);
      if (options.restores === true && world.dice.chance(0.02)) {
        if (backup === undefined) backup = backUp(world, random);
        else await backup();
      }
    }
    await settle(world);
    // A device that comes last reads what compaction left, and must agree with the rest.
    world.devices.push(
      await openDevice({ store, clock, random, name: 'latecomer', limits: SMALL_LIMITS }),
    );
    places.push(...world.devices.slice(-1).map((device) => dirname(device.path)));
    await settle(world);
    checkConverged(world);
    checkNothingLost(world);
  } finally {
    for (const device of world.devices) device.close();
    for (const place of places) rmSync(place, { recursive: true, force: true });
  }
}

async function takeStep(world: World): Promise<void> {
  const { dice, devices } = world;
  const device = dice.pick(devices);
  if (dice.chance(0.5)) {
    edit(world, device);
    return;
  }
  await round(world, device);
}

function edit(world: World, device: TestDevice): void {
  const { dice } = world;
  const { folder } = device;
  const name = dice.pick(NAMES);
  world.counter += 1;
  const present = [...folder.keys()];
  const roll = dice.below(10);
  if (roll < 6 || present.length === 0) folder.set(name, `${device.name} wrote ${world.counter}`);
  else if (roll < 8) folder.delete(dice.pick(present));
  else {
    const from = dice.pick(present);
    const text = folder.get(from);
    folder.delete(from);
    if (text !== undefined) folder.set(`${from}${world.counter}`, text);
  }
}

/** A round that may fail on the way, as rounds do. */
async function round(world: World, device: TestDevice): Promise<void> {
  try {
    await device.sync({ list: world.dice.chance(0.5) });
  } catch (error) {
    if (!isErrorKind(error, 'unreachable') && !isErrorKind(error, 'damaged')) throw error;
  }
  noteSaved(world, device);
}

/** What stands in a commit of its own device was saved, and must be found again at the end. */
function noteSaved(world: World, device: TestDevice): void {
  for (const row of allRecords(device.engine.db, TEST_COLLECTION)) {
    const pending = outboxEntry(device.engine.db, TEST_COLLECTION, row.record);
    for (const known of versionsOf(device.engine.db, TEST_COLLECTION, row.record)) {
      if (known.version.id !== pending?.version.id) world.saved.add(known.version.id);
    }
  }
}

function backUp(world: World, random: ReturnType<typeof createSeededRandom>): () => Promise<void> {
  const index = world.dice.below(world.devices.length);
  const device = world.devices[index];
  assert.ok(device);
  device.engine.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const copy = join(mkdtempSync(join(tmpdir(), 'satchel-backup-')), 'replica.sqlite');
  copyFileSync(device.path, copy);
  const files = new Map(device.folder);
  return async () => {
    const { store, clock } = world;
    // A backup is put back after writes under way have landed: an old head that lands later takes
    // away what only the bucket had, and no rule can bring that back.
    await world.store.land();
    const before = world.devices[index];
    if (before !== undefined) {
      for (const id of await unpublishedOf(before, world.bucket)) world.saved.delete(id);
      before.close();
    }
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${device.path}${suffix}`, { force: true });
    copyFileSync(copy, device.path);
    const folder = new Map(files);
    const { name, path } = device;
    world.devices[index] = await openDevice({
      store,
      clock,
      random,
      name,
      path,
      folder,
      limits: SMALL_LIMITS,
    });
  };
}

/** Versions that are nowhere but on the device: putting its disk back takes them away. */
async function unpublishedOf(device: TestDevice, bucket: ObjectStore): Promise<string[]> {
  const { engine } = device;
  const self = selfId(engine);
  const found = await bucket.get(headKey(self));
  const head = found.kind === 'found' ? await openHead(engine, self, found.body) : undefined;
  const published = head?.collections[TEST_COLLECTION]?.n ?? 0;
  return [...commitsOf(engine.db, TEST_COLLECTION, self, published + 1, Number.MAX_SAFE_INTEGER)]
    .flatMap((commit) => commit.versions)
    .map((version) => version.id);
}

/** Lets the network recover, and everyone talk until nothing changes any more. */
async function settle(world: World): Promise<void> {
  const { store, devices, clock } = world;
  store.isFaulty = false;
  await store.land();
  for (let turn = 0; turn < 8; turn += 1) {
    // Long enough for numbers that were lost for ever to be given up (rule S13).
    clock.advance(turn === 4 ? 2 * 60 * 60 * 1000 : 0);
    for (const device of devices) {
      clock.advance(5000);
      await device.sync({ list: true });
      noteSaved(world, device);
    }
  }
  for (const device of devices) {
    assert.ok(isReady(device.engine.db, TEST_COLLECTION), `${device.name} is not ready`);
    assert.equal(
      outboxCount(device.engine.db, TEST_COLLECTION),
      0,
      `${device.name} has an outbox left`,
    );
  }
}

function currentOf(device: TestDevice): string[] {
  const { db } = device.engine;
  return [...allRecords(db, TEST_COLLECTION)]
    .map((row) => {
      const current = currentVersionsOf(db, TEST_COLLECTION, row.record);
      const ids = new Set(current.map((known) => known.version.id));
      return `${row.record}: ${[...ids].sort().join(' ')}`;
    })
    .sort();
}

/** Converged means: equal sets of current versions everywhere. */
function checkConverged(world: World): void {
  const [first, ...rest] = world.devices;
  assert.ok(first);
  for (const device of rest) {
    assert.deepEqual(
      currentOf(device),
      currentOf(first),
      `${device.name} differs from ${first.name}`,
    );
    const isQuiet = [...allRecords(device.engine.db, TEST_COLLECTION)].every(
      (row) => !row.isConflict,
    );
    if (isQuiet) {
      assert.deepEqual(
        [...device.folder].sort(),
        [...first.folder].sort(),
        `the folder of ${device.name} differs from that of ${first.name}`,
      );
    }
  }
}

/** Each saved version is current, or a version says that its author was shown it. */
function checkNothingLost(world: World): void {
  const replaced = new Set<string>();
  const current = new Set<string>();
  for (const device of world.devices) {
    const { db } = device.engine;
    for (const row of allRecords(db, TEST_COLLECTION)) {
      for (const known of versionsOf(db, TEST_COLLECTION, row.record)) {
        for (const parent of known.version.parents ?? []) replaced.add(parent);
        if (known.isCurrent) current.add(known.version.id);
      }
    }
  }
  const lost = [...world.saved].filter((id) => !current.has(id) && !replaced.has(id));
  assert.deepEqual(lost, [], 'saved versions that are neither current nor replaced');
}
