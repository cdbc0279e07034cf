/**
 * One life of Satchel on a simulated machine: what `openForWork` makes, with the simulated ports in
 * the place of the real ones, and the real parts everywhere else.
 */
import { clockOffset, noteClockOffset } from '../../src/app/clock-offset.ts';
import { correctedClock } from '../../src/app/corrected-clock.ts';
import type { Settings } from '../../src/app/home.ts';
import type { Session } from '../../src/app/session.ts';
import { usageNoter } from '../../src/app/usage.ts';
import type { Clock, Random } from '../../src/base/ports.ts';
import { REGISTRY_ID } from '../../src/format/ids.ts';
import type { RepositoryKey } from '../../src/format/repository-key.ts';
import type { Disk } from '../../src/kinds/files/disk.ts';
import { attachFolder } from '../../src/kinds/files/marker.ts';
import { vaultKind } from '../../src/kinds/vault/vault.ts';
import { withMeter } from '../../src/store/meter.ts';
import { withRetry } from '../../src/store/retry.ts';
import type { ObjectStore } from '../../src/store/store.ts';
import { beginCollection, prepareReplica } from '../../src/sync/bootstrap.ts';
import type { Engine } from '../../src/sync/engine.ts';
import type { OpenCollection } from '../../src/sync/kind.ts';
import type { Limits } from '../../src/sync/limits.ts';
import { openPort } from '../../src/sync/port.ts';
import { putInRegistry, registryKind, updateRegistryEntry } from '../../src/sync/registry.ts';
import type { SimulatedDatabase } from './replica.ts';

export const COLLECTION = 'simulatedcollection';
export const VAULT_ROOT = '/home/person/Notes';
const HOME = '/home/person/.satchel';
const NAME = 'Notes';
const APP = 'satchel simulated';

/** What all devices of a run have in common. */
export interface Repository {
  readonly id: string;
  readonly key: RepositoryKey;
  readonly limits: Limits;
  /** How long all history is kept, in days. */
  readonly historyDays: number;
}

export interface ProgramInputs {
  readonly repository: Repository;
  readonly name: string;
  /** True on the device where the collection begins. */
  readonly isFirst: boolean;
  readonly db: SimulatedDatabase;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  /** Sends each request once; told the time by its answers. */
  connect(onServerDate: (dateMs: number) => void): ObjectStore;
  /** Goes around everything, where the requests of a round are counted. */
  readonly count: (store: ObjectStore) => ObjectStore;
  /** Told of what a person is told: also that pruning in `watch` was given up. */
  onNotice(): void;
  /** Told when the requests of a round have all been sent, however it ended. */
  onRoundSent(): void;
}

/** @returns the session of a program that has just been started. */
export async function startProgram(inputs: ProgramInputs): Promise<Session> {
  const { repository, db, disk, clock, random } = inputs;
  const nowMs = clock.now();
  prepareReplica(db, repository.id, random, { app: APP, nowMs, keepCopy: () => undefined });
  const owner = { repository: repository.id, home: HOME };
  const kind = vaultKind(disk, owner);
  const open = new Map<string, OpenCollection>();
  const session = makeSession(inputs, open, new Map([[kind.name, kind]]));
  const { engine } = session;
  if (db.get('SELECT 1 FROM collections WHERE id = ?', COLLECTION) === undefined) {
    begin(engine, repository, inputs.isFirst);
  }
  await attachFolder(disk, VAULT_ROOT, { collection: COLLECTION, ...owner });
  open.set(COLLECTION, await kind.open(openPort(engine, COLLECTION), VAULT_ROOT));
  return session;
}

function begin(engine: Engine, { historyDays }: Repository, isFirst: boolean): void {
  engine.db.transaction(() => {
    beginCollection(engine.db, COLLECTION, isFirst);
    if (!isFirst) return;
    const created = engine.clock.now();
    putInRegistry(engine, { id: COLLECTION, name: NAME, kind: 'vault', created });
    updateRegistryEntry(engine, COLLECTION, {
      historyAllDays: historyDays,
      historyDailyDays: historyDays,
    });
  });
}

function makeSession(
  inputs: ProgramInputs,
  open: ReadonlyMap<string, OpenCollection>,
  kinds: Session['kinds'],
): Session {
  const { repository, db, random, name } = inputs;
  const notice = (): void => inputs.onNotice();
  const context = { home: HOME, clock: inputs.clock, random, progress: () => undefined, notice };
  const settings: Settings = {
    format: 1,
    bucket: 'file:///simulated',
    repository: repository.id,
    encryption: repository.key.encryption,
    deviceName: name,
    collections: { [COLLECTION]: { kind: 'vault', folder: VAULT_ROOT, name: NAME } },
  };
  const clock = correctedClock(inputs.clock, clockOffset(db), (offsetMs) =>
    noteClockOffset(context, db, offsetMs),
  );
  const meter = withMeter(inputs.connect((dateMs) => clock.noteServerDate(dateMs)));
  const engine: Engine = {
    db,
    store: inputs.count(withRetry(meter, { clock, random })),
    key: repository.key,
    repository: repository.id,
    clock,
    machineClock: inputs.clock,
    random,
    limits: repository.limits,
    deviceName: name,
    platform: 'simulated',
    app: APP,
    kindOf: (id) =>
      id === REGISTRY_ID ? registryKind : id === COLLECTION ? kinds.get('vault') : undefined,
    progress: () => undefined,
  };
  const noteUsage = usageNoter(db, { meter, retries: () => 0 }, clock);
  const key: Session['key'] = {
    current: () => repository.key,
    ring: () => Promise.resolve(undefined),
    reload: () => Promise.resolve(),
    use: () => undefined,
    guard: (store) => store,
  };
  return {
    context,
    settings,
    live: () => settings,
    key,
    engine,
    serverNow: () => clock.serverNow(),
    meter,
    noteUsage() {
      noteUsage();
      inputs.onRoundSent();
    },
    kinds,
    open,
    close: () => Promise.resolve(),
  };
}
