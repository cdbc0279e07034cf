/**
 * A random life of a few devices around one bucket, and the questions to ask afterwards. One seed
 * decides everything.
 */
import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isErrorKind } from '../../src/base/errors.ts';
import { headKey } from '../../src/format/object-keys.ts';
import { clockOf } from '../../src/replica/clocks.ts';
import { isReady } from '../../src/replica/meta.ts';
import { outboxCount } from '../../src/replica/outbox.ts';
import { commitsOf } from '../../src/replica/versions.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { ObjectStore } from '../../src/store/store.ts';
import { selfId } from '../../src/sync/engine.ts';
import { openHead } from '../../src/sync/head.ts';
import type { Limits } from '../../src/sync/limits.ts';
import { approveHeld } from '../../src/sync/release.ts';
import { openDevice, TEST_COLLECTION, type TestDevice } from './device.ts';
import { createDice, type Dice } from './dice.ts';
import { createFaultyStore, type FaultyStore } from './faulty-store.ts';
import {
  type Accounts,
  checkConverged,
  checkHistory,
  checkNothingLost,
  checkShown,
  noteSaved,
} from './life-checks.ts';
import { editOne } from './life-edits.ts';
import { assertReadable, keepTenMinutes, longText, pruneNow } from './life-pruning.ts';
import { retireForGood, retireSome } from './life-retiring.ts';
import { createManualClock, createSeededRandom, type ManualClock } from './ports.ts';
import { temporaryFolder } from './temporary.ts';

export interface LifeOptions {
  readonly steps: number;
  readonly devices: number;
  /** A device is put back to an earlier copy of its replica and folder. */
  readonly restores?: boolean;
  /** Devices take in at once what is saved, and have their round later, as one without a network. */
  readonly watches?: boolean;
  /** Devices are removed and come back, or are gone for good. */
  readonly retires?: boolean;
  /** Devices prune; contents are long at times, history is short, and time goes faster. */
  readonly prunes?: boolean;
}

/** So small that a short life goes through segments, compaction, archives and index objects. */
const SMALL_LIMITS: Limits = {
  tailBytes: 700,
  listsBytes: 350,
  segmentBytes: 4000,
  commitBytes: 2000,
  fanIn: 2,
  mergedBytes: 6000,
  condemnedMs: 40 * 60 * 1000,
};

interface World {
  readonly dice: Dice;
  readonly clock: ManualClock;
  /** The bucket itself, without faults. */
  readonly bucket: ObjectStore;
  readonly store: FaultyStore;
  readonly devices: TestDevice[];
  readonly accounts: Accounts;
  readonly prunes: boolean;
  readonly watches: boolean;
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
    accounts: { saved: new Set(), parents: new Map() },
    prunes: options.prunes === true,
    watches: options.watches === true,
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
    if (world.prunes) keepTenMinutes(world.devices);
    let backup: (() => Promise<void>) | undefined;
    for (let step = 0; step < options.steps; step += 1) {
      clock.advance(1000 + world.dice.below(world.prunes ? 180_000 : 30_000));
      await takeStep(world);
      if (options.retires === true && world.dice.chance(0.04)) {
        retireSome(world.dice, world.devices);
      }
      if (options.restores === true && world.dice.chance(0.02)) {
        if (backup === undefined) backup = backUp(world, random);
        else await backup();
      }
    }
    await settle(world);
    if (await saveWhereAlone(world, seed)) await settle(world);
    if (options.retires === true) {
      const living = await retireForGood(world.dice, world.devices, store);
      for (const device of world.devices) if (!living.includes(device)) device.close();
      world.devices.splice(0, world.devices.length, ...living);
    }
    // A device that comes last reads what compaction left, and must agree with the rest.
    world.devices.push(
      await openDevice({ store, clock, random, name: 'latecomer', limits: SMALL_LIMITS }),
    );
    places.push(...world.devices.slice(-1).map((device) => dirname(device.path)));
    await settle(world);
    checkConverged(world.devices);
    for (const device of world.devices) checkShown(device);
    checkNothingLost(world.accounts, world.devices);
    for (const latecomer of world.devices.slice(-1)) {
      await assertReadable(latecomer);
      if (!world.prunes) await checkHistory(world.accounts, latecomer);
    }
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
    if (world.watches && dice.chance(0.5)) await device.open.get(TEST_COLLECTION)?.takeIn();
    return;
  }
  if (world.prunes && dice.chance(0.2)) await pruneNow(device);
  else await round(world, device);
}

function edit(world: World, device: TestDevice): void {
  const { dice } = world;
  world.counter += 1;
  const number = world.counter;
  const text = (): string => {
    const isLong = world.prunes && dice.chance(0.6);
    return isLong ? longText(dice) : `${device.name} wrote ${number}`;
  };
  editOne(dice, device.folder, { number, text });
}

/** A round that may fail on the way, as rounds do. */
async function round(world: World, device: TestDevice): Promise<void> {
  try {
    await device.sync({ list: world.dice.chance(0.5), everyHead: world.dice.chance(0.5) });
  } catch (error) {
    if (!isErrorKind(error, 'unreachable') && !isErrorKind(error, 'damaged')) throw error;
  }
  noteSaved(world.accounts, device);
}

function backUp(world: World, random: ReturnType<typeof createSeededRandom>): () => Promise<void> {
  const index = world.dice.below(world.devices.length);
  const device = world.devices[index];
  assert.ok(device);
  device.engine.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const copy = join(temporaryFolder('backup'), 'replica.sqlite');
  copyFileSync(device.path, copy);
  const files = new Map(device.folder);
  return async () => {
    const { store, clock } = world;
    // A backup is put back after writes under way have landed: an old head that lands later takes
    // away what only the bucket had, and no rule can bring that back.
    await world.store.land();
    const before = world.devices[index];
    if (before !== undefined) {
      for (const id of await unpublishedOf(before, world.bucket)) world.accounts.saved.delete(id);
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
  const published = (await numberInBucket(device, self, bucket)) ?? 0;
  return [...commitsOf(engine.db, TEST_COLLECTION, self, published + 1, Number.MAX_SAFE_INTEGER)]
    .flatMap((commit) => commit.versions)
    .map((version) => version.id);
}

/** The last number that a device's head in the bucket shows; undefined where it has no head. */
async function numberInBucket(
  { engine }: TestDevice,
  author: string,
  bucket: ObjectStore,
): Promise<number | undefined> {
  const found = await bucket.get(headKey(author));
  if (found.kind !== 'found') return undefined;
  const head = await openHead({ ...engine, store: bucket }, author, found.body);
  return head.collections[TEST_COLLECTION]?.n ?? 0;
}

/**
 * A late write may put back the head of an identity that nobody lives under any more. Who has read
 * what it lost is alone with it until it saves something: from then on others wait for that, and it
 * is ended (rule S13). So it saves something.
 */
async function saveWhereAlone(world: World, seed: number): Promise<boolean> {
  const living = new Set(world.devices.map(({ engine }) => selfId(engine)));
  let isAny = false;
  for (const device of world.devices) {
    for (const [author, [n]] of Object.entries(clockOf(device.engine.db, TEST_COLLECTION))) {
      if (living.has(author)) continue;
      const shown = await numberInBucket(device, author, world.bucket);
      if (shown === undefined || shown >= n) continue;
      console.log(
        `seed ${seed}: ${device.name} alone has read number ${n}; its head shows ${shown}`,
      );
      device.folder.set(`last of ${device.name}`, 'saved once more');
      isAny = true;
    }
  }
  return isAny;
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
      approveAll(device);
      await device.sync({ list: true, everyHead: true });
      noteSaved(world.accounts, device);
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

/** A person lets all deletions happen that the guard holds (rule S8). */
function approveAll({ engine }: TestDevice): void {
  for (const direction of ['out', 'in'] as const) approveHeld(engine, TEST_COLLECTION, direction);
}
