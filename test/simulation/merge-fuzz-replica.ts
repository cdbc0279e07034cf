/**
 * What a device has applied, and how it decides bit by bit: by the versions that were current and
 * those that a run brought, as the engine does, never by the whole set where it need not.
 */
import { type Clock, type Commit, highestClock } from '../../src/format/commit.ts';
import type { Ends, Placed } from '../../src/sync/merge.ts';
import type { Unit } from '../../src/sync/units.ts';
import type { Rules } from './merge-fuzz-rules.ts';
import { check } from './merge-fuzz-truth.ts';

export interface Replica {
  /** The identity of the device: its own end does not count here. */
  self: string;
  clock: Clock;
  readonly ends: Map<string, number>;
  /** What was applied, by identity, numbers rising. */
  readonly commits: Map<string, readonly Commit[]>;
  /** Every copy of a version, by record. */
  readonly copies: Map<string, readonly Placed[]>;
  /** Those decided to be current, by record. */
  readonly current: Map<string, readonly Placed[]>;
}

export interface CommitUnit extends Unit {
  readonly commits: readonly Commit[];
}

const NO_COPIES: readonly Placed[] = [];
export const NO_COMMITS: readonly Commit[] = [];

export function createReplica(self: string): Replica {
  return {
    self,
    clock: {},
    ends: new Map(),
    commits: new Map(),
    copies: new Map(),
    current: new Map(),
  };
}

/** What is in it changes by replacement only, so that this is a backup. */
export function copyReplica(replica: Replica): Replica {
  return {
    self: replica.self,
    clock: replica.clock,
    ends: new Map(replica.ends),
    commits: new Map(replica.commits),
    copies: new Map(replica.copies),
    current: new Map(replica.current),
  };
}

/** Every known copy of a record's versions. */
export function copiesOf(replica: Replica, record: string): readonly Placed[] {
  return replica.copies.get(record) ?? NO_COPIES;
}

/** The copies decided to be current. */
export function currentOf(replica: Replica, record: string): readonly Placed[] {
  return replica.current.get(record) ?? NO_COPIES;
}

export function appliedUpTo(replica: Replica, identity: string): number {
  return replica.clock[identity]?.[0] ?? 0;
}

/** Notes how far an identity is applied. The id of that commit tells two lives apart (rule S9). */
export function setClock(replica: Replica, identity: string, n: number): void {
  const { [identity]: _former, ...others } = replica.clock;
  const tag = replica.commits.get(identity)?.find((commit) => commit.n === n)?.id ?? '';
  replica.clock = n === 0 ? others : { ...others, [identity]: [n, tag] };
}

export function clockOfOthers(replica: Replica): Clock {
  const { [replica.self]: _own, ...others } = replica.clock;
  return others;
}

export function endsHere({ ends, self }: Replica): Ends {
  return ends.has(self) ? { get: (identity) => ends.get(identity), living: self } : ends;
}

export function hasVersion(replica: Replica, record: string, id: string): boolean {
  return copiesOf(replica, record).some((copy) => copy.version.id === id);
}

/** Stores a commit; its versions are not current until it is decided. */
export function insertCommit(replica: Replica, identity: string, commit: Commit): void {
  replica.commits.set(identity, [...(replica.commits.get(identity) ?? []), commit]);
  for (const version of commit.versions) {
    const { n, clock, own } = commit;
    const known = copiesOf(replica, version.record);
    replica.copies.set(version.record, [...known, { version, device: identity, n, clock, own }]);
  }
}

interface Run {
  readonly device: string;
  readonly from: number;
  readonly to: number;
}

/** Decides after a run of one author's commits came. */
export function decide(rules: Rules, replica: Replica, record: string, run: Run): void {
  const copies = copiesOf(replica, record);
  const current = currentOf(replica, record);
  const candidates = hasTwoOfOne(copies)
    ? copies
    : copies.filter(
        (copy) =>
          (copy.device === run.device && copy.n >= run.from && copy.n <= run.to) ||
          current.includes(copy),
      );
  replica.current.set(record, rules.currentAmong(candidates, endsHere(replica)));
}

export function decideAnew(rules: Rules, replica: Replica, record: string): void {
  const copies = copiesOf(replica, record);
  replica.current.set(record, rules.currentAmong(copies, endsHere(replica)));
}

function hasTwoOfOne(copies: readonly Placed[]): boolean {
  return new Set(copies.map((copy) => copy.version.id)).size < copies.length;
}

/** A run of commits as it travels. @param clock that of its author, where versions were left out. */
export function unitOf(
  device: string,
  from: number,
  to: number,
  commits: readonly Commit[],
  clock: Clock = {},
): CommitUnit {
  const needs = highestClock([clock, ...commits.map((commit) => commit.clock)]);
  return { device, from, to, needs, commits };
}

/** Applies what belongs together. Returns what goes on waiting. */
export function applyUnits(
  rules: Rules,
  replica: Replica,
  waiting: readonly CommitUnit[],
): CommitUnit[] {
  const plan = rules.planApply(waiting, replica.clock, replica.ends);
  for (const unit of plan) applyUnit(rules, replica, unit);
  for (const unit of plan) checkCovered(replica, unit);
  return waiting.filter(
    (unit) =>
      !plan.includes(unit) &&
      unit.to > appliedUpTo(replica, unit.device) &&
      unit.from <= (replica.ends.get(unit.device) ?? Number.POSITIVE_INFINITY),
  );
}

/** S2: whatever its author had applied is applied here too. */
function checkCovered({ clock, ends }: Replica, unit: CommitUnit): void {
  for (const device of Object.keys(unit.needs)) {
    const [n = 0] = unit.needs[device] ?? [];
    const wanted = Math.min(n, ends.get(device) ?? n);
    const has = clock[device]?.[0] ?? 0;
    check(
      has >= wanted,
      'S2',
      () => `${unit.device}${unit.to} is applied before ${device}${wanted}`,
    );
  }
}

function applyUnit(rules: Rules, replica: Replica, unit: CommitUnit): void {
  const { device } = unit;
  const end = replica.ends.get(device) ?? Number.POSITIVE_INFINITY;
  const before = appliedUpTo(replica, device);
  const to = Math.min(unit.to, end);
  if (to <= before) return;
  const commits = unit.commits.filter((commit) => commit.n > before && commit.n <= end);
  for (const commit of commits) insertCommit(replica, device, commit);
  setClock(replica, device, to);
  for (const commit of commits) {
    for (const { record } of commit.versions) {
      decide(rules, replica, record, { device, from: before + 1, to });
    }
  }
}
