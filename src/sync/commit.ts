/** Turning outbox entries into a commit of this device: local, and all or nothing. */
import type { Commit, Version } from '../format/commit.ts';
import { newInnerId, tagOf } from '../format/ids.ts';
import { appliedUpTo, clockOfOthers, setClock } from '../replica/clocks.ts';
import { markHeadChanged, nextSequence } from '../replica/meta.ts';
import { type OutboxEntry, outboxEntry, removeOutbox } from '../replica/outbox.ts';
import {
  candidatesOf,
  currentVersionsOf,
  hasCopies,
  insertCommit,
  versionsOf,
} from '../replica/versions.ts';
import { type Engine, selfId } from './engine.ts';
import { placePending, recomputeCurrent, refreshRecord, wasPublished } from './records.ts';

/** Moves the entries into one commit. Entries that were published before are only dropped. */
export function commitEntries(
  engine: Engine,
  collection: string,
  entries: readonly OutboxEntry[],
): void {
  const { db } = engine;
  db.transaction(() => {
    // Another process may have put a newer write in the place of one of them meanwhile.
    const present = entries.filter(
      (entry) => outboxEntry(db, collection, entry.record)?.version.id === entry.version.id,
    );
    const fresh = present.filter((entry) => !wasPublished(engine, collection, entry));
    for (const entry of present) removeOutbox(db, collection, entry.record);
    if (fresh.length < present.length) refreshDropped(engine, collection, present, fresh);
    if (fresh.length === 0) return;
    const versions = fresh.map((entry) => {
      const committed = currentVersionsOf(db, collection, entry.record);
      return placePending(engine, collection, entry, committed).version;
    });
    appendCommit(engine, collection, versions);
  });
}

/** What was dropped shows nothing any more: what became of it elsewhere does. */
function refreshDropped(
  engine: Engine,
  collection: string,
  present: readonly OutboxEntry[],
  fresh: readonly OutboxEntry[],
): void {
  const kept = new Set(fresh);
  const seq = nextSequence(engine.db);
  for (const entry of present) {
    if (!kept.has(entry)) refreshRecord(engine, collection, entry.record, seq);
  }
}

/**
 * Appends a commit of this device, by default with its present clock. To be called in a transaction, with the
 * inline content of the versions in the replica already.
 */
export function appendCommit(
  engine: Engine,
  collection: string,
  versions: readonly Version[],
  seen: Pick<Commit, 'clock' | 'own' | 'unknown'> = {
    clock: clockOfOthers(engine.db, collection, selfId(engine)),
  },
): Commit {
  const { db } = engine;
  const self = selfId(engine);
  const n = appliedUpTo(db, collection, self) + 1;
  const commit: Commit = {
    n,
    id: newInnerId(engine.random),
    time: engine.clock.now(),
    ...seen,
    versions,
  };
  insertCommit(db, collection, self, commit);
  setClock(db, collection, self, n, tagOf(commit.id));
  for (const version of versions) {
    const { record } = version;
    const run = { device: self, from: n, to: n };
    const candidates = hasCopies(db, collection, record)
      ? versionsOf(db, collection, record)
      : candidatesOf(db, collection, record, run);
    recomputeCurrent(engine, collection, record, candidates);
  }
  markHeadChanged(db);
  return commit;
}
