/** A device made of the real engine and a real replica file, for tests of the engine. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, Random } from '../../src/base/ports.ts';
import { REGISTRY_ID } from '../../src/format/ids.ts';
import { openRepositoryKey, type RepositoryKey } from '../../src/format/repository-key.ts';
import { Database } from '../../src/replica/database.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { ObjectStore } from '../../src/store/store.ts';
import { beginCollection, prepareReplica } from '../../src/sync/bootstrap.ts';
import type { Engine } from '../../src/sync/engine.ts';
import type { OpenCollection } from '../../src/sync/kind.ts';
import { LIMITS, type Limits } from '../../src/sync/limits.ts';
import { openPort } from '../../src/sync/port.ts';
import { registryKind } from '../../src/sync/registry.ts';
import { type RoundReport, syncRound } from '../../src/sync/round.ts';
import { type MapFolder, mapKind } from './map-kind.ts';
import { createManualClock, createSeededRandom, type ManualClock } from './ports.ts';

export const TEST_REPOSITORY = 'testrepository';
export const TEST_COLLECTION = 'testcollection';
export const TEST_KEY: RepositoryKey = openRepositoryKey(
  'aes-256-gcm',
  TEST_REPOSITORY,
  new Uint8Array(32).fill(7),
);

export interface TestDevice {
  readonly name: string;
  readonly path: string;
  readonly engine: Engine;
  readonly folder: MapFolder;
  readonly open: ReadonlyMap<string, OpenCollection>;
  sync(options?: { readonly list: boolean }): Promise<RoundReport>;
  close(): void;
}

export interface DeviceInputs {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly name: string;
  /** Where the replica is; a new place by default. */
  readonly path?: string;
  readonly folder?: MapFolder;
  /** True on the device where the collection begins. */
  readonly isFirst?: boolean;
  readonly limits?: Limits;
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
  const path = inputs.path ?? join(mkdtempSync(join(tmpdir(), 'satchel-test-')), 'replica.sqlite');
  const folder: MapFolder = inputs.folder ?? new Map();
  const db = new Database(path);
  prepareReplica(db, TEST_REPOSITORY, random);
  const kind = mapKind(new Map([[name, folder]]));
  const kinds = new Map([
    [REGISTRY_ID, registryKind],
    [TEST_COLLECTION, kind],
  ]);
  const engine: Engine = {
    db,
    store,
    key: TEST_KEY,
    repository: TEST_REPOSITORY,
    clock,
    random,
    limits: inputs.limits ?? LIMITS,
    deviceName: name,
    platform: 'test',
    app: 'satchel test',
    kindOf: (collection) => kinds.get(collection),
    progress: () => undefined,
  };
  if (inputs.path === undefined) beginCollection(db, TEST_COLLECTION, inputs.isFirst === true);
  const open = new Map([
    [TEST_COLLECTION, await kind.open(openPort(engine, TEST_COLLECTION), name)],
  ]);
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
