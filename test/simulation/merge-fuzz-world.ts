/** The devices of a history, the bucket between them, and what a device shows. */
import type { Clock, Commit, Stamp, Version } from '../../src/format/commit.ts';
import { withNames } from '../../src/sync/beside.ts';
import type { Fields } from '../../src/sync/kind.ts';
import { highestStampMs, type Placed } from '../../src/sync/merge.ts';
import {
  appliedUpTo,
  clockOfOthers,
  copiesOf,
  copyReplica,
  createReplica,
  currentOf,
  decide,
  endsHere,
  hasVersion,
  insertCommit,
  type Replica,
  setClock,
} from './merge-fuzz-replica.ts';
import type { Rules } from './merge-fuzz-rules.ts';
import { noteCommit, type Overlooked, type Truth } from './merge-fuzz-truth.ts';

/** A write that is in no commit yet. */
export interface Pending {
  readonly version: Version;
  readonly saw: readonly string[];
}

/** What is on a device's disk for one record. */
export interface OnDisk {
  readonly hash: string;
  readonly fields: Fields;
  /** The versions that the person sees by looking at it. */
  readonly versions: readonly string[];
}

export interface Device {
  readonly index: number;
  replica: Replica;
  outbox: Map<string, Pending>;
  disk: Map<string, OnDisk>;
  /** Identities whose every commit it has to write again where they lie beyond an end. */
  former: readonly string[];
  /** Put back to a backup, and has not looked at its head since. */
  isAsleep: boolean;
  backup: Omit<Device, 'index' | 'backup'> | undefined;
}

/** What a head says, with all segments it names. */
export interface Published {
  readonly commits: readonly Commit[];
  readonly ends: ReadonlyMap<string, number>;
  readonly clock: Clock;
}

export interface World {
  readonly rules: Rules;
  readonly devices: readonly Device[];
  readonly bucket: Map<string, Published>;
  readonly truth: Truth;
  readonly overlooked: Overlooked;
  /** Ids of the versions that came to a commit, by record. */
  readonly committed: Map<string, Set<string>>;
  nowMs: number;
  names: number;
  /** True once an identity ended: then false conflicts are allowed (rule S9a). */
  hasEnds: boolean;
  /** True while not all have read a head that was written over: a number may mean two commits. */
  isOverwritten: boolean;
  /** The one device that is put back to a backup now and then. */
  restored: number | undefined;
  readonly trace: string[] | undefined;
}

export const RECORDS = ['r', 's'] as const;
/** The field that goes with the content. */
export const CONTENT_FIELDS = ['mtime'] as const;

/** In no order, so that neither the order of birth nor that of the devices decides ties. */
const IDENTITIES = 'mgtcxkbweqhndyfsjapvlzuori';
/** How far the devices' clocks are off, in milliseconds. */
const SKEWS_MS = [0, 40, -40, 3, 0];

export function createWorld(rules: Rules, devices: number, trace?: string[]): World {
  const world: World = {
    rules,
    devices: Array.from({ length: devices }, (_, index) => ({
      index,
      replica: createReplica(''),
      outbox: new Map(),
      disk: new Map(),
      former: [],
      isAsleep: false,
      backup: undefined,
    })),
    bucket: new Map(),
    truth: new Map(),
    overlooked: new Map(),
    committed: new Map(),
    nowMs: 100,
    names: 0,
    hasEnds: false,
    isOverwritten: false,
    restored: undefined,
    trace,
  };
  for (const device of world.devices) device.replica.self = nextIdentity(world);
  return world;
}

export function nextIdentity(world: World): string {
  const letter = IDENTITIES[world.names % IDENTITIES.length] ?? '';
  const identity = `${letter}${world.names < IDENTITIES.length ? '' : world.names}`;
  world.names += 1;
  return identity;
}

/** Everything of a device that a backup of its disk holds. */
export function copyOf(device: Device): Omit<Device, 'index' | 'backup'> {
  return {
    replica: copyReplica(device.replica),
    outbox: new Map(device.outbox),
    disk: new Map(device.disk),
    former: device.former,
    isAsleep: device.isAsleep,
  };
}

/** What a record shows on a device, and why. */
export interface State {
  readonly committed: readonly Placed[];
  readonly pending: Pending | undefined;
  /** The current versions, the pending write in the place it will have. */
  readonly current: readonly Placed[];
}

export function stateOf(world: World, device: Device, record: string): State {
  const { replica } = device;
  const committed = currentOf(replica, record);
  const pending = device.outbox.get(record);
  if (pending === undefined) return { committed, pending, current: committed };
  const placed = placePending(world, device, record, pending);
  const current = world.rules.currentAmong([...committed, placed], endsHere(replica));
  return { committed, pending, current };
}

function placePending(world: World, device: Device, record: string, pending: Pending): Placed {
  const { replica } = device;
  const { rules } = world;
  const copies = copiesOf(replica, record);
  const names = rules.namesOf(
    currentOf(replica, record),
    { saw: pending.saw, parents: pending.version.parents ?? [] },
    (id) => copies.filter((copy) => copy.version.id === id),
    endsHere(replica),
  );
  return {
    version: withNames(pending.version, names),
    device: replica.self,
    n: Number.MAX_SAFE_INTEGER,
    clock: clockOfOthers(replica),
    own: undefined,
  };
}

/** S3: later than every stamp known of the record, whatever the device's clock says. */
export function newStamp(world: World, device: Device, record: string): Stamp {
  const copies = copiesOf(device.replica, record);
  const pending = device.outbox.get(record);
  const versions = [
    ...copies.map((copy) => copy.version),
    ...(pending === undefined ? [] : [pending.version]),
  ];
  const nowMs = world.nowMs + (SKEWS_MS[device.index] ?? 0);
  return [Math.max(nowMs, highestStampMs(versions) + 1), device.replica.self];
}

/** Moves pending writes to one commit; entries that are in one already are only dropped (S9). */
export function commitOutbox(world: World, device: Device, records: readonly string[]): void {
  dropCommitted(device);
  const entries = records.flatMap((record) => {
    const pending = device.outbox.get(record);
    return pending === undefined ? [] : [{ record, pending }];
  });
  if (entries.length === 0) return;
  const versions = entries.map(
    ({ record, pending }) => placePending(world, device, record, pending).version,
  );
  for (const { record, pending } of entries) {
    device.outbox.delete(record);
    const known = copiesOf(device.replica, record);
    noteCommit(
      world,
      pending.version.id,
      known.map((copy) => copy.version.id),
    );
  }
  appendCommit(world, device, versions, clockOfOthers(device.replica), undefined);
}

/** S9: what came back with a backup and was committed long since is no write of now. */
export function dropCommitted(device: Device): void {
  for (const [record, pending] of device.outbox) {
    if (hasVersion(device.replica, record, pending.version.id)) device.outbox.delete(record);
  }
}

/** Appends a commit of the device, and publishes it unless the device is asleep. */
export function appendCommit(
  world: World,
  device: Device,
  versions: readonly Version[],
  clock: Clock,
  own: number | undefined,
): void {
  const { replica } = device;
  const { self } = replica;
  const n = appliedUpTo(replica, self) + 1;
  const id = `${self}${n}:${versions.map((version) => version.id).join('+')}`;
  const commit: Commit = { n, id, time: world.nowMs, clock, own, versions };
  insertCommit(replica, self, commit);
  setClock(replica, self, n);
  for (const { record, beside } of versions) {
    decide(world.rules, replica, record, { device: self, from: n, to: n });
    tell(world, () => `    beside of ${record}: ${beside?.join(' ') ?? 'nothing'}`);
  }
  tell(world, () => `  ${self} commits ${n}: ${commit.id} ${clockWords(commit)}`);
  if (!device.isAsleep) publish(world, device);
}

/** Writes the head of a device: all it has, and the ends it knows. */
export function publish(world: World, device: Device): void {
  const { self, commits, ends, clock } = device.replica;
  const own = commits.get(self) ?? [];
  world.bucket.set(self, { commits: own, ends: new Map(ends), clock });
  for (const { id, record } of own.flatMap((commit) => commit.versions)) {
    const ids = world.committed.get(record) ?? new Set();
    world.committed.set(record, ids.add(id));
  }
}

export function tell(world: World, words: () => string): void {
  world.trace?.push(words());
}

function clockWords({ clock, own }: Commit): string {
  const entries = Object.entries(clock).map(([device, [n]]) => `${device}:${n}`);
  return `clock {${entries.join(' ')}}${own === undefined ? '' : ` own ${own}`}`;
}
