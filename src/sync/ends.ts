/** S9a: what a device does with what stands beyond the end of another identity. */
import type { Clock, Commit } from '../format/commit.ts';
import { tagOf } from '../format/ids.ts';
import { appliedUpTo, endsOf, noteEnd, removeClock, setClock } from '../replica/clocks.ts';
import { keepContent } from '../replica/contents.ts';
import {
  collectionIds,
  deleteNote,
  getNote,
  markHeadChanged,
  nextSequence,
  setNote,
} from '../replica/meta.ts';
import {
  commitId,
  commitsOf,
  contestedRecords,
  hasVersion,
  knownRecords,
  recordsBeyond,
  removeBeyond,
  versionsOf,
} from '../replica/versions.ts';
import { appendCommit } from './commit.ts';
import { type Engine, selfId, workedOn } from './engine.ts';
import { recomputeCurrent, refreshRecord } from './records.ts';

/**
 * S9a: an identity ended at `n`. What this device knows beyond it is written again, as its own and
 * under the same version ids, so that nothing seen anywhere is lost; if it is this device's own
 * identity, once it has another.
 */
export function endIdentity(engine: Engine, device: string, collection: string, n: number): void {
  const { db } = engine;
  db.transaction(() => {
    if (!noteEnd(db, device, collection, n)) return;
    markHeadChanged(db);
    if (!collectionIds(db).includes(collection)) return;
    if (device === selfId(engine)) {
      refreshAll(engine, collection, recordsBeyond(db, collection, device, n));
    } else if (appliedUpTo(db, collection, device) > n) {
      writeBeyondAgain(engine, device, collection, n);
    }
    refreshContested(engine, collection);
  });
}

function writeBeyondAgain(engine: Engine, device: string, collection: string, n: number): void {
  const { db } = engine;
  const orphans = [...commitsOf(db, collection, device, n + 1, Number.MAX_SAFE_INTEGER)];
  const records = recordsBeyond(db, collection, device, n);
  removeBeyond(db, collection, device, n);
  const id = commitId(db, collection, device, n);
  if (n === 0) removeClock(db, collection, device);
  else setClock(db, collection, device, n, id === undefined ? '' : tagOf(id));
  for (const commit of orphans) republish(engine, collection, device, n, commit);
  refreshAll(engine, collection, records);
}

function republish(
  engine: Engine,
  collection: string,
  device: string,
  end: number,
  commit: Commit,
): void {
  const { db } = engine;
  const fresh = commit.versions
    .filter((version) => !hasVersion(db, collection, version.id))
    .map((version) => keepContent(db, version));
  if (fresh.length === 0) return;
  const self = selfId(engine);
  const { [self]: seenOfSelf, ...clock } = commit.clock;
  // What had been written again already saw less of its author than all earlier numbers.
  const seen = Math.min(commit.own ?? end, end);
  const seenId = commitId(db, collection, device, seen);
  const ended: Clock =
    seen === 0 ? clock : { ...clock, [device]: [seen, seenId === undefined ? '' : tagOf(seenId)] };
  appendCommit(engine, collection, fresh, { clock: ended, own: seenOfSelf?.[0] ?? 0 });
  if (!mayRefresh(engine, collection)) return;
  const seq = nextSequence(db);
  for (const { record } of fresh) refreshRecord(engine, collection, record, seq);
}

/**
 * S9a: what stands under a former identity beyond its end, written by the twin or by this device
 * before it was put back, is written again by the one that announced the end.
 */
export function rescue(
  engine: Engine,
  former: string,
  collection: string,
  commits: readonly Commit[],
): void {
  const end = endsOf(engine.db, collection).get(former);
  if (end === undefined) return;
  engine.db.transaction(() => {
    for (const commit of commits) {
      if (commit.n > end) republish(engine, collection, former, end, commit);
    }
  });
}

/**
 * S3: which of several versions show also depends on where identities ended; which are current does
 * not, but for what stands beyond an end.
 */
export function refreshContested(engine: Engine, collection: string): void {
  const { db } = engine;
  if (!mayRefresh(engine, collection)) return;
  const seq = nextSequence(db);
  for (const record of contestedRecords(db, collection)) {
    refreshRecord(engine, collection, record, seq);
  }
}

/** Decides anew what these records show. */
export function refreshAll(engine: Engine, collection: string, records: readonly string[]): void {
  const isViewed = mayRefresh(engine, collection);
  const seq = nextSequence(engine.db);
  for (const record of records) {
    recomputeCurrent(engine, collection, record, versionsOf(engine.db, collection, record));
    if (isViewed) refreshRecord(engine, collection, record, seq);
  }
}

const REFRESH_DUE = 'refresh-due';

/** Only its kind knows what a record shows. Once that is here again, all records are looked at. */
function mayRefresh(engine: Engine, collection: string): boolean {
  const isCarried = engine.kindOf(collection) !== undefined;
  if (!isCarried) setNote(engine.db, collection, REFRESH_DUE, 'all');
  return isCarried;
}

/** Decides anew what records show of collections that were not carried while an identity ended. */
export function refreshWhatIsDue(engine: Engine): void {
  const { db } = engine;
  for (const collection of workedOn(engine)) {
    if (getNote(db, collection, REFRESH_DUE) === undefined) continue;
    db.transaction(() => {
      const seq = nextSequence(db);
      for (const record of knownRecords(db, collection)) {
        refreshRecord(engine, collection, record, seq);
      }
      deleteNote(db, collection, REFRESH_DUE);
    });
  }
}
