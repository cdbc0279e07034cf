/** Applying fetched units to the replica (rule S2). */
import { type Commit, highestClock } from '../format/commit.ts';
import { decodeSegment, encodeSegment, type Segment } from '../format/segment.ts';
import { appliedUpTo, clockOf, endsOf, setClock } from '../replica/clocks.ts';
import { checkContent } from '../replica/contents.ts';
import { nextSequence } from '../replica/meta.ts';
import { noteBlob } from '../replica/own.ts';
import {
  addWaiting,
  removeWaiting,
  type WaitingUnit,
  waitingBody,
  waitingUnits,
} from '../replica/peers.ts';
import {
  candidatesOf,
  currentVersionsOf,
  hasCopies,
  insertCommit,
  versionsOf,
} from '../replica/versions.ts';
import type { Engine } from './engine.ts';
import { guardRemovals } from './guard.ts';
import { recomputeCurrent, refreshRecord } from './records.ts';
import { planApply } from './units.ts';
import { partedWaiting } from './unsure.ts';

/**
 * Keeps a fetched segment, or a commit of a tail, until everything it needs is there.
 * @throws SatchelError `damaged` where content and hash differ: then nothing of it is kept.
 */
export function keepUnit(engine: Engine, segment: Segment, tag: string): void {
  for (const commit of segment.commits) commit.versions.forEach(checkContent);
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
    const ends = endsOf(db, collection);
    const { sure } = partedWaiting(engine, collection);
    const plan = planApply(sure, clockOf(db, collection), ends);
    let versions = 0;
    const withBlobs = new Set<string>();
    for (const unit of plan) versions += applyUnit(engine, unit, withBlobs);
    for (const record of withBlobs) noteCurrentBlobs(engine, collection, record);
    for (const unit of waitingUnits(db, collection)) {
      const end = ends.get(unit.device) ?? Number.POSITIVE_INFINITY;
      const isApplied = Math.min(unit.to, end) <= appliedUpTo(db, collection, unit.device);
      if (isApplied || unit.from > end) removeWaiting(db, unit);
    }
    guardRemovals(engine, collection);
    return versions;
  });
}

/** @param withBlobs gets the records of which a version with blobs came. */
function applyUnit(engine: Engine, unit: WaitingUnit, withBlobs: Set<string>): number {
  const { db } = engine;
  const { collection, device, to } = unit;
  const appliedBefore = appliedUpTo(db, collection, device);
  const segment = decodeSegment(`${device} ${unit.from}-${unit.to}`, waitingBody(db, unit));
  const commits = segment.commits.filter((c) => c.n > appliedBefore);
  for (const commit of commits) {
    insertCommit(db, collection, device, commit);
    for (const { record, blobs } of commit.versions) {
      if (blobs !== undefined) withBlobs.add(record);
    }
  }
  // A merged segment may have brought what this one waited with: the clock never goes back.
  if (to <= appliedBefore) {
    removeWaiting(db, unit);
    return 0;
  }
  setClock(db, collection, device, to, unit.tag);
  const run = { device, from: appliedBefore + 1, to };
  let versions = 0;
  for (const commit of commits) {
    const seq = nextSequence(db);
    for (const { record } of commit.versions) {
      // What is written again (rule S9a) may come after what replaced it has been replaced itself.
      const candidates = hasCopies(db, collection, record)
        ? versionsOf(db, collection, record)
        : candidatesOf(db, collection, record, run);
      recomputeCurrent(engine, collection, record, candidates);
      refreshRecord(engine, collection, record, seq);
      versions += 1;
    }
  }
  removeWaiting(db, unit);
  return versions;
}

/** What a current version names is in the bucket; history's blobs may be gone (rule S12). */
function noteCurrentBlobs(engine: Engine, collection: string, record: string): void {
  for (const { version } of currentVersionsOf(engine.db, collection, record)) {
    for (const [blob] of version.blobs ?? []) noteBlob(engine.db, blob, 0);
  }
}

/** How long something may wait for others' commits before it is worth a word (rule S2). */
export const WAITING_SHOWN_MS = 10 * 60 * 1000;

/** Devices whose commits are waited for, and since when. */
export function longWaits(engine: Engine, collection: string): readonly string[] {
  const before = engine.clock.now() - WAITING_SHOWN_MS;
  return [...new Set(missingNeeds(engine, collection, before).map(([device]) => device))];
}

/** Numbers that waiting units need and that are not applied here: device and number of each. */
export function missingNeeds(
  engine: Engine,
  collection: string,
  waitingSinceBeforeMs = Number.POSITIVE_INFINITY,
): (readonly [device: string, n: number])[] {
  const clock = clockOf(engine.db, collection);
  const ends = endsOf(engine.db, collection);
  return waitingUnits(engine.db, collection)
    .filter((unit) => unit.since < waitingSinceBeforeMs)
    .flatMap((unit) => Object.entries(unit.needs))
    .map(([device, [n]]) => [device, Math.min(n, ends.get(device) ?? n)] as const)
    .filter(([device, n]) => (clock[device]?.[0] ?? 0) < n);
}
