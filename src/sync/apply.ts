/** Applying fetched units to the replica (rule S2). */
import { type Commit, highestClock } from '../format/commit.ts';
import { tagOf } from '../format/ids.ts';
import { decodeSegment, encodeSegment, type Segment } from '../format/segment.ts';
import { appliedUpTo, clockOf, endsOf, setClock } from '../replica/clocks.ts';
import { nextSequence } from '../replica/meta.ts';
import { noteBlob } from '../replica/own.ts';
import {
  addWaiting,
  removeWaiting,
  type WaitingUnit,
  waitingBody,
  waitingUnits,
} from '../replica/peers.ts';
import { candidatesOf, insertCommit } from '../replica/versions.ts';
import { type Engine, selfId } from './engine.ts';
import { recomputeCurrent, refreshRecord } from './records.ts';
import { planApply } from './units.ts';

/** Keeps a fetched segment, or a commit of a tail, until everything it needs is there. */
export function keepUnit(engine: Engine, segment: Segment, tag: string): void {
  const needs = highestClock([segment.clock ?? {}, ...segment.commits.map((c) => c.clock)]);
  const unit: WaitingUnit = {
    collection: segment.collection,
    device: segment.author,
    from: segment.from,
    to: segment.to,
    tag,
    needs,
    since: engine.clock.now(),
  };
  addWaiting(engine.db, unit, encodeSegment(segment));
}

/** A commit of a tail as a segment of its own. */
export function unitOfCommit(author: string, collection: string, commit: Commit): Segment {
  const range = { from: commit.n, to: commit.n };
  return { author, collection, ...range, clock: undefined, commits: [commit] };
}

/**
 * Applies, in one transaction, the largest set of waiting units that belongs together.
 * @returns how many versions were applied.
 */
export function applyWaiting(engine: Engine, collection: string): number {
  const { db } = engine;
  return db.transaction(() => {
    const { [selfId(engine)]: own, ...others } = clockOf(db, collection);
    const clock = own === undefined ? others : { ...others, [selfId(engine)]: own };
    const plan = planApply(waitingUnits(db, collection), clock, endsOf(db, collection));
    let versions = 0;
    for (const unit of plan) versions += applyUnit(engine, unit);
    for (const unit of waitingUnits(db, collection)) {
      if (unit.to <= appliedUpTo(db, collection, unit.device)) removeWaiting(db, unit);
    }
    return versions;
  });
}

function applyUnit(engine: Engine, unit: WaitingUnit): number {
  const { db } = engine;
  const { collection, device } = unit;
  const end = endsOf(db, collection).get(device) ?? Number.POSITIVE_INFINITY;
  const appliedBefore = appliedUpTo(db, collection, device);
  const segment = decodeSegment(`${device} ${unit.from}-${unit.to}`, waitingBody(db, unit));
  const commits = segment.commits.filter((c) => c.n > appliedBefore && c.n <= end);
  for (const commit of commits) {
    insertCommit(db, collection, device, commit);
    for (const version of commit.versions) {
      for (const [blob] of version.blobs ?? []) noteBlob(db, blob, engine.clock.now());
    }
  }
  const to = Math.min(unit.to, end);
  setClock(db, collection, device, to, to === unit.to ? unit.tag : lastTag(commits));
  const run = { device, from: appliedBefore + 1, to };
  let versions = 0;
  for (const commit of commits) {
    const seq = nextSequence(db);
    for (const { record } of commit.versions) {
      recomputeCurrent(engine, collection, record, candidatesOf(db, collection, record, run));
      refreshRecord(engine, collection, record, seq);
      versions += 1;
    }
  }
  removeWaiting(db, unit);
  return versions;
}

function lastTag(commits: readonly Commit[]): string {
  const last = commits.at(-1);
  return last === undefined ? '' : tagOf(last.id);
}

/** A number whose author's head has not shown it for so long is not coming any more (rule S13). */
const GIVEN_UP_MS = 60 * 60 * 1000;

/** Numbers that units have waited for longer than an hour: device and number of each. */
export function stalledNeeds(
  engine: Engine,
  collection: string,
): readonly (readonly [device: string, n: number])[] {
  const before = engine.clock.now() - GIVEN_UP_MS;
  return missingNeeds(engine, collection, before);
}

/** How long something may wait for others' commits before it is worth a word (rule S2). */
export const WAITING_SHOWN_MS = 10 * 60 * 1000;

/** Devices whose commits are waited for, and since when. */
export function longWaits(engine: Engine, collection: string): readonly string[] {
  const before = engine.clock.now() - WAITING_SHOWN_MS;
  return [...new Set(missingNeeds(engine, collection, before).map(([device]) => device))];
}

function missingNeeds(
  engine: Engine,
  collection: string,
  waitingSinceBeforeMs: number,
): (readonly [device: string, n: number])[] {
  const clock = clockOf(engine.db, collection);
  const ends = endsOf(engine.db, collection);
  return waitingUnits(engine.db, collection)
    .filter((unit) => unit.since < waitingSinceBeforeMs)
    .flatMap((unit) => Object.entries(unit.needs))
    .map(([device, [n]]) => [device, Math.min(n, ends.get(device) ?? n)] as const)
    .filter(([device, n]) => (clock[device]?.[0] ?? 0) < n);
}
