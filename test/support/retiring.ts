/** A bucket whose requests are counted and can be cut off, and devices that retire around it. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { headKey, segmentKey } from '../../src/format/object-keys.ts';
import { adoptedOf } from '../../src/replica/adopted.ts';
import { eventsAfter } from '../../src/replica/events.ts';
import { markHeadChanged } from '../../src/replica/meta.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { type ObjectStore, StoreError } from '../../src/store/store.ts';
import { retireDevice } from '../../src/sync/adopt.ts';
import { selfId } from '../../src/sync/engine.ts';
import { LIMITS, type Limits } from '../../src/sync/limits.ts';
import { syncRound } from '../../src/sync/round.ts';
import { type DeviceInputs, openDevice, type TestDevice } from './device.ts';
import { createManualClock, createSeededRandom } from './ports.ts';
import { temporaryFolder } from './temporary.ts';

export const HOUR_MS = 60 * 60 * 1000;
/** Every save goes to a segment of its own, and few of them are merged. */
export const SMALL: Limits = { ...LIMITS, tailBytes: 1, fanIn: 3 };

export interface World {
  readonly store: ObjectStore;
  readonly clock: ReturnType<typeof createManualClock>;
  /** How often each object was asked for since the last look. */
  asked(key: string): number;
  /** After so many more writes the network is gone. */
  failAfter(puts: number): void;
  open(name: string, inputs?: Partial<DeviceInputs>): Promise<TestDevice>;
}

export function makeWorld(limits = SMALL): World {
  const inner = createMemoryStore();
  const clock = createManualClock(1_800_000_000_000);
  const random = createSeededRandom(1);
  let gets: string[] = [];
  let putsLeft = Number.POSITIVE_INFINITY;
  const store: ObjectStore = {
    ...inner,
    get: (key, options) => {
      gets.push(key);
      return inner.get(key, options);
    },
    put: async (key, body) => {
      putsLeft -= 1;
      if (putsLeft < 0) throw new StoreError('unreachable', 'the network is gone', 'never');
      return await inner.put(key, body);
    },
  };
  return {
    store,
    clock,
    asked(key) {
      const count = gets.filter((got) => got === key).length;
      gets = [];
      return count;
    },
    failAfter(puts) {
      putsLeft = puts;
    },
    open: (name, inputs = {}) => openDevice({ store, clock, random, name, limits, ...inputs }),
  };
}

/** As the command `sync` does it. */
export async function syncAll(...devices: readonly TestDevice[]): Promise<void> {
  for (const device of devices) await device.sync({ list: true, everyHead: true });
}

export function retire(by: TestDevice, device: TestDevice, isLost = false): void {
  const { engine } = by;
  const mark = { device: selfId(device.engine), name: device.name, retired: engine.clock.now() };
  retireDevice(engine, { ...mark, isLost });
}

/** Takes everything away that a device ever wrote. */
export async function destroy(store: ObjectStore, device: TestDevice): Promise<void> {
  const id = selfId(device.engine);
  for (const prefix of [`segments/${id}/`, `archive/${id}/`]) {
    for (const { key } of (await store.list(prefix)).objects) await store.delete(key);
  }
  await store.delete(headKey(id));
}

export const filesOf = (device: TestDevice): Record<string, string> =>
  Object.fromEntries(device.folder);

export const logOf = (device: TestDevice): string =>
  eventsAfter(device.engine.db, 0, 1000)
    .map((event) => event.message)
    .join('\n');

/** `old` has edited, moved and deleted, in segments, merged ones and archives; all have read it. */
export async function oldDeviceIn(
  world: World,
  ...others: readonly TestDevice[]
): Promise<TestDevice> {
  const old = await world.open('old', { isFirst: true });
  for (let turn = 0; turn < 8; turn += 1) {
    old.folder.set('diary', `day ${turn}`).set(`note ${turn}`, `text ${turn}`);
    if (turn === 4) old.folder.delete('note 1');
    await old.sync();
    if (turn === 2) await syncAll(...others);
  }
  // Segments are merged in rounds that write none.
  for (let turn = 0; turn < 4; turn += 1) {
    markHeadChanged(old.engine.db);
    await old.sync();
  }
  await syncAll(...others);
  const [other] = others;
  other?.folder.set('diary', 'day 7, and what another device added');
  await syncAll(...others, old, ...others);
  return old;
}

export function adoptedKeys(keeper: TestDevice): string[] {
  const self = selfId(keeper.engine);
  return Object.values(adoptedOf(keeper.engine.db))
    .flatMap((collections) => Object.values(collections))
    .flatMap(({ segments }) => segments.map(([id]) => segmentKey(self, id)));
}

export async function destroyAdopted(store: ObjectStore, keeper: TestDevice): Promise<void> {
  for (const key of adoptedKeys(keeper)) await store.delete(key);
}

export async function copyOf(world: World, device: TestDevice): Promise<TestDevice> {
  device.engine.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const path = join(temporaryFolder('copy'), 'replica.sqlite');
  cpSync(device.path, path);
  return await world.open(device.name, { path, folder: new Map(device.folder) });
}

/** A save in `watch`: nothing of the others is read. */
export async function publishOnly(device: TestDevice): Promise<void> {
  await syncRound(device.engine, device.open, { list: false, publishOnly: true });
}
