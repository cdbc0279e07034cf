/** Devices around one bucket, for tests of pruning (rule S12): days pass at a word. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { utf8 } from '../../src/base/bytes.ts';
import { sha256 } from '../../src/base/hash.ts';
import type { Version } from '../../src/format/commit.ts';
import { BLOBS_PREFIX, blobKey, headKey } from '../../src/format/object-keys.ts';
import { blobIdOf } from '../../src/format/repository-key.ts';
import { sealBlob } from '../../src/format/seal.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { ObjectStore } from '../../src/store/store.ts';
import { readContent } from '../../src/sync/contents.ts';
import { selfId } from '../../src/sync/engine.ts';
import { openHead } from '../../src/sync/head.ts';
import { LIMITS, type Limits } from '../../src/sync/limits.ts';
import { prune } from '../../src/sync/prune.ts';
import { putInRegistry, updateRegistryEntry } from '../../src/sync/registry.ts';
import { openDevice, TEST_COLLECTION, TEST_KEY, type TestDevice } from './device.ts';
import { createManualClock, createSeededRandom, type ManualClock } from './ports.ts';
import { temporaryFolder } from './temporary.ts';

export const HOUR_MS = 60 * 60 * 1000;
export const DAY_MS = 24 * HOUR_MS;

/** Content long enough for a blob of its own, if there are at least four letters. */
export function long(words: string): string {
  return `${words} `.repeat(4000);
}

/** The key under which such content is stored. */
export function keyOf(content: string, generation = 0): string {
  return blobKey(blobIdOf(TEST_KEY, sha256(utf8(content)), generation));
}

export interface PruneWorld {
  readonly store: ObjectStore;
  readonly clock: ManualClock;
  open(name: string, options?: OpenOptions): Promise<TestDevice>;
  /** A device as it would be if its disk were put back to how it is now, as often as is asked. */
  backUp(device: TestDevice): () => Promise<TestDevice>;
  blobs(): Promise<string[]>;
  /** Puts content into the bucket as an upload does that never came to its commit. */
  upload(content: string, generation?: number): Promise<string>;
  /** A newcomer that reads everything must have what the others have. */
  assertReadable(device: TestDevice): Promise<void>;
}

interface OpenOptions {
  readonly isFirst?: boolean;
  /** Another store in front of the bucket. */
  readonly store?: ObjectStore;
  readonly limits?: Partial<Limits>;
}

export function createPruneWorld(): PruneWorld {
  const store = createMemoryStore();
  const clock = createManualClock(1_800_000_000_000);
  const random = createSeededRandom(1);
  let newcomers = 0;
  const world: PruneWorld = {
    store,
    clock,
    open: (name, options = {}) =>
      openDevice({
        store: options.store ?? store,
        clock,
        random,
        name,
        isFirst: options.isFirst === true,
        limits: { ...LIMITS, ...options.limits },
      }),
    backUp(device) {
      device.engine.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      const copy = join(temporaryFolder('backup'), 'replica.sqlite');
      copyFileSync(device.path, copy);
      const folder = new Map(device.folder);
      const { name } = device;
      const { limits } = device.engine;
      return () => {
        const path = join(temporaryFolder('life'), 'replica.sqlite');
        copyFileSync(copy, path);
        const files = new Map(folder);
        return openDevice({ store, clock, random, name, path, folder: files, limits });
      };
    },
    blobs: async () => (await store.list(BLOBS_PREFIX)).objects.map(({ key }) => key).sort(),
    async upload(content, generation) {
      const key = keyOf(content, generation);
      await store.put(key, sealBlob(TEST_KEY, key, utf8(content)));
      return key;
    },
    async assertReadable(device) {
      newcomers += 1;
      const late = await world.open(`newcomer ${newcomers}`);
      await late.sync();
      assert.deepEqual(Object.fromEntries(late.folder), Object.fromEntries(device.folder));
      late.close();
    },
  };
  return world;
}

/** Keeps replaced versions for one day only. */
export function keepOneDay(device: TestDevice): void {
  const info = { id: TEST_COLLECTION, name: 'test', kind: 'vault', created: 0 };
  putInRegistry(device.engine, info);
  updateRegistryEntry(device.engine, TEST_COLLECTION, { historyAllDays: 1, historyDailyDays: 0 });
}

export async function syncAll(...devices: readonly TestDevice[]): Promise<void> {
  for (const device of devices) await device.sync();
}

/** The only record of the collection, or the one first called so. */
export function recordOf(device: TestDevice, path: string): string {
  const row = device.engine.db.get(
    `SELECT record FROM records WHERE collection = ? AND fields ->> '$.path' = ?`,
    TEST_COLLECTION,
    path,
  );
  assert.ok(row);
  return String(row.record);
}

export async function condemnedId(
  world: PruneWorld,
  device: TestDevice,
): Promise<string | undefined> {
  const self = selfId(device.engine);
  const found = await world.store.get(headKey(self));
  assert.ok(found.kind === 'found');
  return (await openHead(device.engine, self, found.body)).condemned;
}

export async function textOf({ engine }: TestDevice, version: Version): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of readContent(engine, TEST_COLLECTION, version)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

export interface ReplacedWorld extends PruneWorld {
  readonly a: TestDevice;
  readonly b: TestDevice;
}

/** Two devices; history is kept for a day; `a` has replaced a long content, so nothing needs it. */
export async function replaced(limits: Partial<Limits> = {}): Promise<ReplacedWorld> {
  const world = createPruneWorld();
  const a = await world.open('a', { isFirst: true, limits });
  const b = await world.open('b', { limits });
  a.folder.set('file', long('former')).set('note', 'short');
  await syncAll(a, b);
  keepOneDay(a);
  a.folder.set('file', long('present'));
  await syncAll(a, b, a);
  world.clock.advance(8 * DAY_MS);
  await syncAll(a, b, a);
  return { ...world, a, b };
}

/** The bucket behind something that hears of each write before it is done, and may refuse it. */
export function beforeEachPut(
  { store }: PruneWorld,
  hear: (key: string) => void,
): PruneWorld['store'] {
  return {
    ...store,
    async put(key, body) {
      hear(key);
      return await store.put(key, body);
    },
  };
}

/** Prunes, and lets a week pass after each time. */
export async function pruneWeekly(
  { clock }: PruneWorld,
  device: TestDevice,
  weeks: number,
): Promise<void> {
  for (let week = 0; week < weeks; week += 1) {
    await prune(device.engine);
    clock.advance(7 * DAY_MS + HOUR_MS);
  }
}
