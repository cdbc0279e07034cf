/** S8: a person's decision about deletions that are held. */
import { addEvent } from '../replica/events.ts';
import {
  countedDeletions,
  type Direction,
  heldRecords,
  releaseApproved,
  releaseRecord,
} from '../replica/held.ts';
import { nextSequence } from '../replica/meta.ts';
import { outboxEntry, putOutbox, removeOutbox } from '../replica/outbox.ts';
import { markStale, STALE_RANK, shownOf } from '../replica/shown.ts';
import { currentVersionsOf, type Known, versionsOf } from '../replica/versions.ts';
import { bringBack } from './choose.ts';
import { type Engine, selfId } from './engine.ts';
import { deletionWords } from './guard.ts';
import { refreshRecord, viewRecord } from './records.ts';

/**
 * Lets held deletions happen: they are published and marked, so that no other device asks again;
 * or carried out on this device.
 * @returns how many there were.
 */
export function approveHeld(engine: Engine, collection: string, direction: Direction): number {
  const { db } = engine;
  return db.durableTransaction(() => {
    const records = heldRecords(db, collection, direction);
    if (records.length === 0) return 0;
    const seq = nextSequence(db);
    for (const record of records) {
      if (direction === 'out') markApproved(engine, collection, record);
      else markStale(db, collection, record, seq, STALE_RANK.gone);
    }
    releaseApproved(db, collection, direction);
    tell(engine, collection, 'approved', records.length, direction);
    return records.length;
  });
}

function markApproved({ db }: Engine, collection: string, record: string): void {
  const entry = outboxEntry(db, collection, record);
  if (entry?.version.gone !== true) return;
  putOutbox(db, collection, { ...entry, version: { ...entry.version, approved: true } });
}

/**
 * Brings back what is held, and what was deleted in the minutes before it until the guard saw how
 * much it was. Deletions that were not published are dropped; others are undone by new versions,
 * for all devices.
 * @returns how many records are brought back.
 * @throws SatchelError `damaged` where a content is not to be had; then nothing is changed.
 */
export function rejectHeld(engine: Engine, collection: string, direction: Direction): number {
  const { db } = engine;
  return db.durableTransaction(() => {
    const held = heldRecords(db, collection, direction);
    if (held.length === 0) return 0;
    const seq = nextSequence(db);
    const earlier = countedDeletions(db, collection, direction, 0).filter(
      (record) => direction === 'in' || isOnlyDeletedHere(engine, collection, record),
    );
    const records = new Set([...held, ...earlier]);
    let count = 0;
    for (const record of records) {
      releaseRecord(db, collection, record);
      if (undelete(engine, collection, record, seq)) count += 1;
    }
    tell(engine, collection, 'rejected', count, direction);
    return count;
  });
}

/** True where nobody else deleted the record as well. */
function isOnlyDeletedHere(engine: Engine, collection: string, record: string): boolean {
  const self = selfId(engine);
  return currentVersionsOf(engine.db, collection, record).every(
    ({ version }) => version.stamp[1] === self,
  );
}

function undelete(engine: Engine, collection: string, record: string, seq: number): boolean {
  const { db } = engine;
  if (outboxEntry(db, collection, record)?.version.gone === true) {
    removeOutbox(db, collection, record);
    refreshRecord(engine, collection, record, seq);
  }
  if (viewRecord(engine, collection, record)?.live === true) return true;
  const version = lastContent(engine, collection, record);
  if (version === undefined) return false;
  bringBack(engine, collection, record, version);
  return true;
}

/** The version that is on this device, or else the newest before the record was deleted. */
function lastContent({ db }: Engine, collection: string, record: string): Known | undefined {
  const shown = shownOf(db, collection, record);
  const known = versionsOf(db, collection, record)
    .filter(({ version }) => version.gone !== true)
    .sort((a, b) => b.version.stamp[0] - a.version.stamp[0]);
  return known.find(({ version }) => (version.hash ?? '') === shown?.hash) ?? known[0];
}

function tell(
  engine: Engine,
  collection: string,
  kind: 'approved' | 'rejected',
  count: number,
  direction: Direction,
): void {
  const message = deletionWords(count, direction);
  addEvent(engine.db, { time: engine.clock.now(), kind, collection, message });
}
