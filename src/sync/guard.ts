/**
 * S8: the guard against mass deletions. It counts what was deleted within ten minutes, and where
 * that is much of a collection it holds it for a person: deletions made here are not published,
 * those made elsewhere are not carried out on this disk. Commits are applied whatever it says: one
 * that is held back would block everybody whose clock covers it.
 */
import { addEvent } from '../replica/events.ts';
import {
  countedDeletions,
  countLiveFiles,
  countShownFiles,
  type Direction,
  deletionsToSend,
  deletionTimes,
  dropDeletions,
  dropEmptyHolds,
  hold,
  holdOf,
  noteDeletion,
  oldestUnsentDeletion,
  removalsDue,
} from '../replica/held.ts';
import { outboxEntry } from '../replica/outbox.ts';
import { currentVersionsOf } from '../replica/versions.ts';
import { commitEntries } from './commit.ts';
import type { Engine } from './engine.ts';
import type { Edit } from './kind.ts';
import { registryFieldsOf } from './registry.ts';

/** Deletions count together for so long. */
const WINDOW_MS = 10 * 60 * 1000;
/** Fewer deletions than these are everyday work, unless nothing is left … */
const MASS_MIN = 20;
/** … of a collection that had at least so many. */
const WHOLE_MIN = 5;
const SHARE_PERCENT = 25;
/** A share that nothing exceeds: the guard is off. */
const OFF_PERCENT = 100;

/** True where so many deletions, with so much left, are for a person to confirm. Pure. */
export function isMassDeletion(gone: number, left: number, sharePercent: number): boolean {
  if (sharePercent >= OFF_PERCENT) return false;
  if (left === 0) return gone >= WHOLE_MIN;
  return gone >= MASS_MIN && gone * 100 > sharePercent * (gone + left);
}

/** The most of the given times, in order, that lie within ten minutes. Pure. */
export function mostWithinWindow(timesMs: readonly number[]): number {
  let most = 0;
  let first = 0;
  timesMs.forEach((timeMs, last) => {
    while (timeMs - (timesMs[first] ?? timeMs) >= WINDOW_MS) first += 1;
    most = Math.max(most, last - first + 1);
  });
  return most;
}

/** The share of a collection that may be deleted within ten minutes, in per cent; 100: all of it. */
export function guardShareOf(engine: Engine, collection: string): number {
  const share = registryFieldsOf(engine, collection)?.guard;
  return typeof share === 'number' && share >= 0 && share <= OFF_PERCENT ? share : SHARE_PERCENT;
}

/** @param countLeft walks the collection: not for the few deletions of every day. */
function isMass(
  engine: Engine,
  collection: string,
  gone: number,
  countLeft: () => number,
): boolean {
  if (gone < WHOLE_MIN) return false;
  return isMassDeletion(gone, countLeft(), guardShareOf(engine, collection));
}

/**
 * Holds deletions in the outbox where they are too many. While some are held, others join them;
 * everything else goes on being published.
 */
export function guardPublishing(engine: Engine, collection: string): void {
  const { db, clock } = engine;
  db.transaction(() => {
    const now = clock.now();
    const stands = holdOf(db, collection, 'out') !== undefined;
    // While a hold stands, what led to it stays known: a person may want all of it back. What was
    // deleted while the bucket was out of reach counts with what was deleted around that time.
    const since = Math.min(now, oldestUnsentDeletion(db, collection) ?? now) - WINDOW_MS;
    if (!stands) dropDeletions(db, collection, 'out', since);
    const gone = mostWithinWindow(deletionTimes(db, collection, 'out'));
    if (!stands && gone === 0) return;
    const waiting = deletionsToSend(db, collection);
    if (waiting.length === 0) return;
    if (!stands) {
      const countLeft = (): number => countLiveFiles(db, collection);
      if (!isMass(engine, collection, gone, countLeft)) return;
      tell(engine, collection, 'out', waiting.length);
    }
    for (const record of waiting) hold(db, collection, 'out', record, now);
  });
}

/**
 * Holds removals of files from this device where they are too many; to be called where versions
 * were applied, in the same transaction. Deletions that a person approved elsewhere pass.
 */
export function guardRemovals(engine: Engine, collection: string): void {
  const { db, clock } = engine;
  dropEmptyHolds(db, collection);
  const now = clock.now();
  const stands = holdOf(db, collection, 'in') !== undefined;
  if (!stands) dropDeletions(db, collection, 'in', now - WINDOW_MS);
  const due = removalsDue(db, collection).filter(
    (record) => !isApproved(engine, collection, record),
  );
  if (due.length === 0) return;
  for (const record of due) noteDeletion(db, collection, 'in', record, now);
  if (!stands) {
    const gone = countedDeletions(db, collection, 'in', now - WINDOW_MS).length;
    const countLeft = (): number => countShownFiles(db, collection);
    if (!isMass(engine, collection, gone, countLeft)) return;
    tell(engine, collection, 'in', due.length);
  }
  for (const record of due) hold(db, collection, 'in', record, now);
}

/** Approved by a person on the device where it was deleted. */
function isApproved({ db }: Engine, collection: string, record: string): boolean {
  return currentVersionsOf(db, collection, record).some(
    ({ version }) => version.gone === true && version.approved === true,
  );
}

/**
 * Where many records are about to be deleted, what was saved of them and never sent becomes part
 * of the history first, so that a person who rejects the deletions has it back. What is only in
 * the deleted files themselves is gone with them.
 */
export function keepUnsent(engine: Engine, collection: string, edits: readonly Edit[]): void {
  const { db } = engine;
  const deletions = edits.filter(({ change }) => change.kind === 'delete');
  const countLeft = (): number => Math.max(0, countLiveFiles(db, collection) - deletions.length);
  if (!isMass(engine, collection, deletions.length, countLeft)) return;
  const entries = deletions
    .map(({ record }) => outboxEntry(db, collection, record))
    .filter((entry) => entry !== undefined)
    .filter(({ isLocal, version }) => !isLocal && version.gone !== true);
  commitEntries(engine, collection, entries);
}

/** `30 deletions made here`. */
export function deletionWords(count: number, direction: Direction): string {
  const where = direction === 'out' ? 'here' : 'elsewhere';
  return `${count === 1 ? 'one deletion' : `${count} deletions`} made ${where}`;
}

function tell(engine: Engine, collection: string, direction: Direction, count: number): void {
  const message = `${deletionWords(count, direction)}, to be approved or rejected`;
  addEvent(engine.db, { time: engine.clock.now(), kind: 'held', collection, message });
}
