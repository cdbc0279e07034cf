/** Everything that one run is made of. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { encodeManifest } from '../../src/format/manifest.ts';
import { MANIFEST_KEY } from '../../src/format/object-keys.ts';
import { keyCheckOf, openRepositoryKey, publicRoot } from '../../src/format/repository-key.ts';
import type { NameFolding } from '../../src/kinds/files/names.ts';
import type { ObjectStore } from '../../src/store/store.ts';
import type { Limits } from '../../src/sync/limits.ts';
import { memoryFolder } from '../support/temporary.ts';
import { type Bucket, createBucket } from './bucket.ts';
import { Counters } from './counters.ts';
import { createSimulatedDisk, type SimulatedDiskOptions } from './disk.ts';
import { HAPPENINGS, type Happening, type Plan } from './faults.ts';
import type { Generator } from './generator.ts';
import type { Image, Machine, RoundCost, Surroundings } from './machine.ts';
import { Oracle } from './oracle.ts';
import { createPeople, type People } from './people.ts';
import type { Repository } from './program.ts';
import { createScheduler, type Owner, type Scheduler } from './scheduler.ts';
import type { Network } from './store.ts';
import { DAY_MS } from './times.ts';
import type { Trace } from './trace.ts';
import { QUESTIONS, type Question, Violations } from './violations.ts';

/** Several times what runs were seen to need for their replicas, 28 MB. */
const REPLICAS_BYTES = 256 * 1024 ** 2;
const START_MS = Date.UTC(2030, 0, 1);

/** So small that a short life goes through segments, compaction, archives and index objects. */
const SMALL_LIMITS: Omit<Limits, 'condemnedMs'> = {
  tailBytes: 700,
  listsBytes: 350,
  segmentBytes: 4000,
  commitBytes: 2000,
  fanIn: 2,
  mergedBytes: 6000,
};

/** As on macOS, on Windows, and on a disk of macOS that tells upper case from lower. */
const FOLDINGS: readonly NameFolding[] = [
  { case: true, form: true },
  { case: true, form: false },
  { case: false, form: true },
];

const REPOSITORY_ID = 'simulatedrepository';
/** Obviously no secret. */
const ROOT_KEY: Uint8Array = new Uint8Array(32).fill(7);

/** But for the newcomer. */
export const MOST_MACHINES = 6;

export interface World {
  readonly plan: Plan;
  readonly dice: Generator;
  readonly trace: Trace;
  readonly counters: Counters;
  readonly scheduler: Scheduler;
  readonly bucket: Bucket;
  readonly network: Network;
  readonly oracle: Oracle;
  readonly people: People;
  readonly violations: Violations;
  readonly machines: Machine[];
  readonly around: Surroundings;
  readonly sabotage: Sabotage;
  readonly told: Told;
  /** What happened to identities, which some questions depend on. */
  readonly history: WorldHistory;
  happens(what: Happening): boolean;
  /** Counts how often a question had an occasion. */
  ask(question: Question, times?: number): void;
  /** Tells of something that people or fate did. */
  tell(what: string): void;
  close(): void;
}

/** Who is told of what machines do. */
export interface Told {
  onRound: (machine: Machine, cost: RoundCost) => void;
  onDeath: (machine: Machine) => void;
}

export interface WorldHistory {
  /** Machines were copied, or put back with something unsent, or devices lost: identities end. */
  hasForks: boolean;
  hasPruned: boolean;
  /** Machines that are shut while the others go on. */
  away: readonly Away[];
  /** Who pruned last. */
  pruner: Machine | undefined;
  /** What a machine may be put back to. */
  backup: Backup | undefined;
  /** Under which device each published version first stood, by its id. */
  readonly firstUnder: Map<string, string>;
  /** Machines of which there are two, and how many edits there were when one was copied. */
  readonly twins: Map<string, number>;
}

export interface Away {
  readonly machine: Machine;
  readonly sinceMs: number;
  /** After so many more steps it is opened again. */
  readonly stepsLeft: number;
}

export interface Backup {
  readonly machine: Machine;
  readonly image: Image;
  /** Hashes of contents that the machine had not published by then. */
  readonly unpublished: readonly string[];
  /** True where it had saved something by then that the bucket did not show. */
  readonly hasUnsent: boolean;
  /** So often people edit on the machine, at least, before its disk is lost. */
  readonly editsUntilLoss: number;
}

/** What may be put in the place of a part, to see that what is asked afterwards can fail. */
export interface Sabotage {
  readonly bucketOf?: (bucket: Bucket) => Bucket;
  /** Comes between an engine and its requests, outside of where they are counted. */
  readonly storeOf?: (store: ObjectStore) => ObjectStore;
  /** What a Satchel is told of the repository it works with. */
  readonly repositoryOf?: (repository: Repository) => Repository;
  /** Something happens to the folder that no person did. */
  readonly afterEdit?: (machine: Machine, words: string) => void;
  readonly beforeCheck?: (world: World) => void;
}

export interface WorldInputs {
  readonly plan: Plan;
  readonly dice: Generator;
  readonly trace: Trace;
  readonly sabotage?: Sabotage;
}

export function createWorld(inputs: WorldInputs): World {
  const { plan, dice, trace, sabotage = {} } = inputs;
  const counters = new Counters([...HAPPENINGS, ...QUESTIONS]);
  const scheduler = createScheduler(START_MS, dice, trace);
  // The repository is older than any answer: a stale one does not say that there is none.
  let isBegun = false;
  const plain = createBucket(() => (isBegun ? scheduler.now() : 0), plan.stalenessMs);
  const bucket = sabotage.bucketOf?.(plain) ?? plain;
  const violations = new Violations();
  const machines: Machine[] = [];
  const network = createNetwork(inputs, { bucket, scheduler, counters, machines, violations });
  const oracle = new Oracle(() => scheduler.now());
  const place = mkdtempSync(join(memoryFolder(REPLICAS_BYTES), 'satchel-simulation-'));
  const created = createRepository(plan, bucket, scheduler);
  const repository = sabotage.repositoryOf?.(created) ?? created;
  isBegun = true;
  let names = 0;
  const told: Told = { onRound: () => undefined, onDeath: () => undefined };
  const around: Surroundings = {
    scheduler,
    dice,
    network,
    counters,
    repository,
    place,
    storeOf: sabotage.storeOf ?? ((store) => store),
    makeDisk(machine) {
      const options = diskOptions(machine, scheduler);
      if (!dice.chance(plan.foldingShare)) return createSimulatedDisk(options);
      counters.add('disk that folds names');
      return createSimulatedDisk({ ...options, folding: dice.pick(FOLDINGS) });
    },
    copyDisk: (machine, disk) => disk.copy(diskOptions(machine, scheduler)),
    nextName(prefix) {
      names += 1;
      return `${prefix}-${names}`;
    },
    onFailure: (machine, what, error) => violations.addError(`${machine.name}, ${what}`, error),
    onRound: (machine, cost) => told.onRound(machine, cost),
    onDeath: (machine) => told.onDeath(machine),
  };
  const world: World = {
    plan,
    dice,
    trace,
    counters,
    scheduler,
    bucket,
    network,
    oracle,
    people: createPeople({ dice, oracle, plan }),
    violations,
    machines,
    around,
    sabotage,
    told,
    history: {
      hasForks: false,
      hasPruned: false,
      away: [],
      pruner: undefined,
      backup: undefined,
      firstUnder: new Map(),
      twins: new Map(),
    },
    happens: (what) => plan.on.has(what),
    ask: (question, times = 1) => counters.add(question, times),
    tell: (what) => trace.note(`${scheduler.now()} * ${what}`),
    close() {
      for (const machine of machines) machine.scrap();
      rmSync(place, { recursive: true, force: true });
    },
  };
  return world;
}

/** Machines that are not gone for good. */
export function living({ machines }: World): readonly Machine[] {
  return machines.filter((machine) => !machine.isGone);
}

interface NetworkParts {
  readonly bucket: Bucket;
  readonly scheduler: Scheduler;
  readonly counters: Counters;
  readonly machines: readonly Machine[];
  readonly violations: Violations;
}

function createNetwork({ plan, dice }: WorldInputs, parts: NetworkParts): Network {
  const carrier: Owner = { name: 'network', isDead: false, isAsleep: false };
  return {
    ...parts,
    dice,
    plan,
    carrier,
    isFaulty: true,
    changes: 0,
    underWay: new Set(),
    onChange: () => () => undefined,
  };
}

function createRepository(plan: Plan, bucket: Bucket, scheduler: Scheduler): Repository {
  const encryption = plan.isEncrypted ? 'aes-256-gcm' : 'none';
  const root = plan.isEncrypted ? ROOT_KEY : publicRoot(REPOSITORY_ID);
  const keyCheck = keyCheckOf(root, REPOSITORY_ID);
  const created = scheduler.now();
  bucket.put(
    MANIFEST_KEY,
    encodeManifest({ repository: REPOSITORY_ID, created, encryption, keyCheck }),
  );
  const secret = plan.isEncrypted ? root : undefined;
  return {
    id: REPOSITORY_ID,
    key: openRepositoryKey(encryption, REPOSITORY_ID, secret),
    limits: { ...SMALL_LIMITS, condemnedMs: plan.condemnedDays * DAY_MS },
    historyDays: plan.historyDays,
  };
}

function diskOptions(machine: Machine, scheduler: Scheduler): SimulatedDiskOptions {
  return {
    now: () => scheduler.now() + machine.time.offsetMs,
    gate: (operation, path, stage) => machine.passGate(operation, path, stage),
  };
}
