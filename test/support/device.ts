/** A device made of the real engine and a real replica file, for tests of the engine. */
import { join } from 'node:path';
import type { Clock, Random } from '../../src/base/ports.ts';
import { REGISTRY_ID } from '../../src/format/ids.ts';
import { encodeManifest } from '../../src/format/manifest.ts';
import { openRepositoryKey, type RepositoryKey } from '../../src/format/repository-key.ts';
import { Database } from '../../src/replica/database.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { ObjectStore } from '../../src/store/store.ts';
import { beginCollection, prepareReplica } from '../../src/sync/bootstrap.ts';
import type { Engine } from '../../src/sync/engine.ts';
import type { Kind, OpenCollection } from '../../src/sync/kind.ts';
import { LIMITS, type Limits } from '../../src/sync/limits.ts';
import { openPort } from '../../src/sync/port.ts';
import { registryKind } from '../../src/sync/registry.ts';
import { type RoundOptions, type RoundReport, syncRound } from '../../src/sync/round.ts';
import { type MapFolder, mapKind } from './map-kind.ts';
import { createManualClock, createSeededRandom, type ManualClock } from './ports.ts';
import { temporaryFolder } from './temporary.ts';

export const TEST_REPOSITORY = 'testrepository';
export const TEST_COLLECTION = 'testcollection';
export const TEST_ROOT: Uint8Array = new Uint8Array(32).fill(7);
export const TEST_KEY: RepositoryKey = openRepositoryKey('aes-256-gcm', TEST_REPOSITORY, TEST_ROOT);

/** What stands in front of a repository: nobody in these tests unlocks it. */
export function manifestOf(repository = TEST_REPOSITORY): Uint8Array {
  const encryption = 'aes-256-gcm';
  return encodeManifest({ repository, created: 1, encryption, keyCheck: 'for tests only' });
}

export interface TestDevice {
  readonly name: string;
  readonly path: string;
  readonly engine: Engine;
  readonly folder: MapFolder;
  readonly open: ReadonlyMap<string, OpenCollection>;
  sync(options?: RoundOptions): Promise<RoundReport>;
  close(): void;
}

export interface DeviceInputs {
  readonly store: ObjectStore;
  readonly clock: Clock;
  /** Its computer's own, where that is another. */
  readonly machineClock?: Clock;
  readonly random: Random;
  readonly name: string;
  /** Where the replica is; a new place by default. */
  readonly path?: string;
  readonly folder?: MapFolder;
  /** Another kind than `mapKind`, and the folder it works on. */
  readonly other?: { readonly kind: Kind; readonly root: string };
  /** True on the device where the collection begins. */
  readonly isFirst?: boolean;
  /** True for a device of the repository on which the collection is not. */
  readonly isBystander?: boolean;
  readonly limits?: Limits;
  /** The keys that it has; those of `TEST_KEY` by default. */
  readonly key?: RepositoryKey;
}

export interface TwoDevices {
  readonly store: ObjectStore;
  readonly clock: ManualClock;
  readonly a: TestDevice;
  readonly b: TestDevice;
}

/** Two devices around one bucket in memory; the collection begins on `a`. */
export async function openTwoDevices(): Promise<TwoDevices> {
  const store = createMemoryStore();
  const clock = createManualClock(1_800_000_000_000);
  const random = createSeededRandom(1);
  const a = await openDevice({ store, clock, random, name: 'a', isFirst: true });
  const b = await openDevice({ store, clock, random, name: 'b' });
  return { store, clock, a, b };
}

export async function openDevice(inputs: DeviceInputs): Promise<TestDevice> {
  const { store, clock, random, name } = inputs;
  const path = inputs.path ?? join(temporaryFolder('test'), 'replica.sqlite');
  const folder: MapFolder = inputs.folder ?? new Map();
  const db = new Database(path);
  prepareReplica(db, TEST_REPOSITORY, random, {
    app: 'a test',
    nowMs: clock.now(),
    keepCopy: () => undefined,
  });
  const kind = inputs.other?.kind ?? mapKind(new Map([[name, folder]]));
  const isBystander = inputs.isBystander === true;
  const kinds = new Map([[REGISTRY_ID, registryKind]]);
  if (!isBystander) kinds.set(TEST_COLLECTION, kind);
  const engine: Engine = {
    db,
    store,
    key: inputs.key ?? TEST_KEY,
    repository: TEST_REPOSITORY,
    clock,
    machineClock: inputs.machineClock ?? clock,
    random,
    limits: inputs.limits ?? LIMITS,
    deviceName: name,
    platform: 'test',
    app: 'satchel test',
    kindOf: (collection) => kinds.get(collection),
    progress: () => undefined,
  };
  const open = new Map<string, OpenCollection>();
  if (!isBystander) {
    if (inputs.path === undefined) beginCollection(db, TEST_COLLECTION, inputs.isFirst === true);
    const root = inputs.other?.root ?? name;
    open.set(TEST_COLLECTION, await kind.open(openPort(engine, TEST_COLLECTION), root));
  }
  return {
    name,
    path,
    engine,
    folder,
    open,
    sync: (options = { list: true }) => syncRound(engine, open, options),
    close: () => db.close(),
  };
}
