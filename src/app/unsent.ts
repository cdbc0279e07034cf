/**
 * What is in commits of this device and not in the bucket, for its head could not be written. It
 * needs nobody: the next round sends it. To the person it waits like what is not in a commit yet.
 */
import type { Version } from '../format/commit.ts';
import { appliedUpTo } from '../replica/clocks.ts';
import { getMeta, getNote, setNote } from '../replica/meta.ts';
import { outboxBytes, outboxCount, outboxEntry } from '../replica/outbox.ts';
import { recordsBeyond, versionsOf } from '../replica/versions.ts';
import { type Engine, selfId } from '../sync/engine.ts';
import { isHeadChanged } from '../sync/head.ts';
import type { CollectionReport } from '../sync/round.ts';
import { noteLatencies } from './latency.ts';
import type { Session } from './session.ts';

type Amount = CollectionReport['published'];

/** Up to which number which identity's commits are in the bucket, as `<device>:<n>`. */
const NOTE = 'sent';

/** To be called after a round: what the head in the bucket shows is sent. */
export function noteSent({ engine, settings }: Session): void {
  if (isHeadChanged(engine)) return;
  const self = selfId(engine);
  for (const id of Object.keys(settings.collections)) {
    const upToN = appliedUpTo(engine.db, id, self);
    const note = `${self}:${upToN}`;
    const before = getNote(engine.db, id, NOTE);
    if (note === before) continue;
    engine.db.transaction(() => {
      setNote(engine.db, id, NOTE, note);
      // What a folder held before the collection was made is no save that anybody waited for.
      if (before === undefined) return;
      const [device, n] = before.split(':');
      // What an identity that ended had sent goes out again under the new one.
      if (device === self) noteLatencies(engine, id, { afterN: Number(n), upToN });
    });
  }
}

/** Everything saved here and not in the bucket, the deletions that are held included. */
export function pendingCount(engine: Engine, collection: string): number {
  return outboxCount(engine.db, collection) + unsentRecords(engine, collection).length;
}

/** The content of all that, bytes. */
export function pendingBytes(engine: Engine, collection: string): number {
  return outboxBytes(engine.db, collection) + unsentAmount(engine, collection).bytes;
}

/** The newest version of each record that is in a commit and not in the bucket. */
export function unsentVersions(engine: Engine, collection: string): Version[] {
  const self = selfId(engine);
  return unsentRecords(engine, collection).flatMap((record) => {
    const own = versionsOf(engine.db, collection, record).filter(({ device }) => device === self);
    const newest = own.sort((a, b) => a.n - b.n).at(-1);
    return newest === undefined ? [] : [newest.version];
  });
}

/** How much is in commits and not in the bucket. */
export function unsentAmount(engine: Engine, collection: string): Amount {
  const versions = unsentVersions(engine, collection);
  const bytes = versions.reduce((sum, { of, size = 0 }) => sum + (of === undefined ? size : 0), 0);
  return { versions: versions.length, bytes };
}

/** The report of a round that wrote the head: it sent what an earlier one could not. */
export function withEarlier(
  engine: Engine,
  report: CollectionReport,
  earlier: Amount | undefined,
): CollectionReport {
  if (earlier === undefined || isHeadChanged(engine)) return report;
  const { versions, bytes } = report.published;
  const published = { versions: versions + earlier.versions, bytes: bytes + earlier.bytes };
  return { ...report, published };
}

/** A record that was saved again since is in the outbox, and counts there. */
function unsentRecords(engine: Engine, collection: string): string[] {
  const { db } = engine;
  if (!isHeadChanged(engine)) return [];
  const sent = sentUpTo(engine, collection);
  return recordsBeyond(db, collection, selfId(engine), sent).filter(
    (record) => outboxEntry(db, collection, record) === undefined,
  );
}

function sentUpTo({ db }: Engine, collection: string): number {
  const note = getNote(db, collection, NOTE);
  if (note !== undefined) {
    const [device, n] = note.split(':');
    // A new identity has sent nothing before its first head.
    return device === getMeta(db, 'device') ? Number(n) : 0;
  }
  // A home that was at work before this was noted; its next round notes it.
  const hasHead = getMeta(db, 'head-acknowledged') !== undefined;
  return hasHead ? Number.MAX_SAFE_INTEGER : 0;
}
