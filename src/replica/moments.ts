/** What records were at a moment, and how much was saved when: questions about a whole collection. */
import { type Database, integer, type Row, text } from './database.ts';
import { getMeta } from './meta.ts';

/** What is known of one record for a moment. */
export interface RecordThen {
  readonly record: string;
  /** How many versions count for the moment. */
  readonly versions: number;
  /** One of them, as JSON, with its commit; the one where there is one. */
  readonly body: string;
  readonly device: string;
  readonly n: number;
}

// One row for each record, read in the order of the table's key: nothing is sorted.
const COLUMNS = 'record, count(*) AS versions, body, device, n';
const OF_RECORDS = 'GROUP BY record ORDER BY record LIMIT ?';

/**
 * The next records of a collection by their ids, with what was saved of them until a moment. What
 * history let go is left out.
 * @param afterRecord the last one that was read; empty for the first.
 */
export function recordsUntil(
  db: Database,
  collection: string,
  atMs: number,
  afterRecord: string,
  limit: number,
): RecordThen[] {
  return db
    .all(
      `SELECT ${COLUMNS} FROM versions
       WHERE collection = ? AND record > ? AND time <= ? AND is_archived < 2 ${OF_RECORDS}`,
      collection,
      afterRecord,
      atMs,
      limit,
    )
    .map(toRecordThen);
}

/** The same for now: with the versions that none supersedes. */
export function recordsNow(
  db: Database,
  collection: string,
  afterRecord: string,
  limit: number,
): RecordThen[] {
  return db
    .all(
      `SELECT ${COLUMNS} FROM versions
       WHERE collection = ? AND record > ? AND is_current = 1 ${OF_RECORDS}`,
      collection,
      afterRecord,
      limit,
    )
    .map(toRecordThen);
}

function toRecordThen(row: Row): RecordThen {
  return {
    record: text(row, 'record'),
    versions: integer(row, 'versions'),
    body: text(row, 'body'),
    device: text(row, 'device'),
    n: integer(row, 'n'),
  };
}

/** Records with something in the outbox, by their ids: from after one up to another, or to the end. */
export function pendingRecords(
  db: Database,
  collection: string,
  afterRecord: string,
  upToRecord: string | undefined,
): string[] {
  const isUpTo = upToRecord === undefined ? '' : 'AND record <= ?';
  return db
    .all(
      `SELECT record FROM outbox WHERE collection = ? AND record > ? ${isUpTo} ORDER BY record`,
      collection,
      afterRecord,
      ...(upToRecord === undefined ? [] : [upToRecord]),
    )
    .map((row) => text(row, 'record'));
}

/** Names that several live records claim: only one of them has its own on a disk (rule S5). */
export function sharedClaims(db: Database, collection: string): string[] {
  return db
    .all(
      `SELECT claim FROM records INDEXED BY records_by_claim
       WHERE collection = ? AND claim IS NOT NULL AND is_live = 1
       GROUP BY claim HAVING count(*) > 1`,
      collection,
    )
    .map((row) => text(row, 'claim'));
}

/**
 * A text that is another one whenever a collection, or what this device shows of it, may have
 * changed: for what was worked out from all of it.
 */
export function stateOfCollection(db: Database, collection: string): string {
  const clocks = db.all('SELECT device, n FROM clocks WHERE collection = ?', collection);
  const outbox = db.get(
    'SELECT count(*) AS count, max(seq) AS seq FROM outbox WHERE collection = ?',
    collection,
  );
  const archives = db.get('SELECT count(*) AS count FROM archives_read');
  const counters = [getMeta(db, 'rev'), getMeta(db, 'head-change')];
  return JSON.stringify([clocks, outbox, archives, counters]);
}

/** What was saved on one day, by the clocks of the devices that saved it. */
export interface DayOfSaves {
  /** Days since the Unix epoch. */
  readonly day: number;
  readonly written: number;
  readonly deleted: number;
  /** Content bytes; a rename, which keeps its content, has none. */
  readonly bytes: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

export interface SavesAsked {
  /** Only records after this one. */
  readonly afterRecord: string;
  /** The last of them; undefined for all that follow. */
  readonly upToRecord: string | undefined;
  /** By which the days begin before those of UTC. */
  readonly aheadMs: number;
}

/**
 * Days on which something was saved, of some of the records. A version that stands in two commits
 * counts once.
 */
export function savesByDay(
  db: Database,
  collection: string,
  { afterRecord, upToRecord, aheadMs }: SavesAsked,
): DayOfSaves[] {
  const isUpTo = upToRecord === undefined ? '' : 'AND record <= ?';
  return db
    .all(
      `SELECT (time + CAST(? AS INTEGER)) / ${DAY_MS} AS day, sum(gone IS NULL) AS written,
         count(gone) AS deleted,
         coalesce(sum(size), 0) AS bytes
       FROM (
         SELECT time, body ->> '$.gone' AS gone,
           CASE WHEN of_version IS NULL THEN body ->> '$.size' END AS size
         FROM versions WHERE collection = ? AND record > ? ${isUpTo} AND is_archived < 2
         GROUP BY record, id)
       GROUP BY day`,
      aheadMs,
      collection,
      afterRecord,
      ...(upToRecord === undefined ? [] : [upToRecord]),
    )
    .map((row) => ({
      day: integer(row, 'day'),
      written: integer(row, 'written'),
      deleted: integer(row, 'deleted'),
      bytes: integer(row, 'bytes'),
    }));
}

/** The record of a version so many further on in the table; undefined where there are not as many. */
export function recordFurtherOn(
  db: Database,
  collection: string,
  afterRecord: string,
  versions: number,
): string | undefined {
  const row = db.get(
    `SELECT record FROM versions WHERE collection = ? AND record > ?
     ORDER BY record LIMIT 1 OFFSET ?`,
    collection,
    afterRecord,
    versions,
  );
  return row === undefined ? undefined : text(row, 'record');
}

/** What the history of a collection holds besides what is shown now. */
export interface HistorySize {
  /** Versions that are known and were not let go, current ones included. */
  readonly versions: number;
  /** Bytes of contents that only former versions have, each counted once. */
  readonly formerBytes: number;
}

export function historySize(db: Database, collection: string): HistorySize {
  const row = db.get(
    `SELECT coalesce(sum(versions), 0) AS versions,
       coalesce(sum(CASE WHEN hash IS NOT NULL AND is_current = 0 THEN size END), 0) AS bytes
     FROM (
       SELECT hash, count(DISTINCT id) AS versions, max(is_current) AS is_current,
         max(body ->> '$.size') AS size
       FROM versions WHERE collection = ? AND is_archived < 2 GROUP BY hash)`,
    collection,
  );
  if (row === undefined) return { versions: 0, formerBytes: 0 };
  return { versions: integer(row, 'versions'), formerBytes: integer(row, 'bytes') };
}
