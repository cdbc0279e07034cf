/** Deletions that were counted of late, and those that wait for a person (rule S8). */
import { type Database, integer, text } from './database.ts';

/** `out`: made on this device, to be published. `in`: made elsewhere, to be carried out here. */
export type Direction = 'out' | 'in';

/** Stands for the time of a deletion that a person approved: it is not counted any more. */
const APPROVED_AT = 0;

/** Counts a deletion from `at` on, milliseconds since the Unix epoch; an earlier note stands. */
export function noteDeletion(
  db: Database,
  collection: string,
  direction: Direction,
  record: string,
  at: number,
): void {
  db.run(
    'INSERT OR IGNORE INTO deletions (collection, direction, record, at) VALUES (?, ?, ?, ?)',
    collection,
    direction,
    record,
    at,
  );
}

/** Records whose deletion counts: noted after the given time, and not approved. */
export function countedDeletions(
  db: Database,
  collection: string,
  direction: Direction,
  afterMs: number,
): string[] {
  return db
    .all(
      'SELECT record FROM deletions WHERE collection = ? AND direction = ? AND at > ?',
      collection,
      direction,
      Math.max(afterMs, APPROVED_AT),
    )
    .map((row) => text(row, 'record'));
}

/** When each deletion that counts was noted, in order. */
export function deletionTimes(db: Database, collection: string, direction: Direction): number[] {
  return db
    .all(
      'SELECT at FROM deletions WHERE collection = ? AND direction = ? AND at <> ? ORDER BY at',
      collection,
      direction,
      APPROVED_AT,
    )
    .map((row) => integer(row, 'at'));
}

/** When the first deletion that was not sent yet was made; undefined for none. */
export function oldestUnsentDeletion(db: Database, collection: string): number | undefined {
  const row = db.get(
    `SELECT min(d.at) AS at FROM deletions d JOIN outbox o USING (collection, record)
     WHERE d.collection = ? AND d.direction = 'out' AND d.at <> ? AND o.body ->> '$.gone' = 1`,
    collection,
    APPROVED_AT,
  );
  return typeof row?.at === 'number' ? row.at : undefined;
}

/** Forgets deletions noted up to the given time, but for files that are still to be removed. */
export function dropDeletions(
  db: Database,
  collection: string,
  direction: Direction,
  upToMs: number,
): void {
  db.run(
    `DELETE FROM deletions WHERE collection = ? AND direction = ? AND at <= ? AND NOT EXISTS (
       SELECT 1 FROM shown
       WHERE shown.collection = deletions.collection AND shown.record = deletions.record)`,
    collection,
    direction,
    upToMs,
  );
}

export function hold(
  db: Database,
  collection: string,
  direction: Direction,
  record: string,
  since: number,
): void {
  db.run(
    'INSERT OR IGNORE INTO held (collection, direction, record, since) VALUES (?, ?, ?, ?)',
    collection,
    direction,
    record,
    since,
  );
}

export function isHeld(
  db: Database,
  collection: string,
  direction: Direction,
  record: string,
): boolean {
  return (
    !isEmpty(db, 'held') &&
    db.get(
      'SELECT 1 FROM held WHERE collection = ? AND direction = ? AND record = ?',
      collection,
      direction,
      record,
    ) !== undefined
  );
}

export function heldRecords(db: Database, collection: string, direction: Direction): string[] {
  return db
    .all('SELECT record FROM held WHERE collection = ? AND direction = ?', collection, direction)
    .map((row) => text(row, 'record'));
}

/** How many deletions wait for a person, and since when; undefined for none. */
export function holdOf(
  db: Database,
  collection: string,
  direction: Direction,
): { readonly count: number; readonly sinceMs: number } | undefined {
  const row = db.get(
    `SELECT count(*) AS count, coalesce(min(since), 0) AS since FROM held
     WHERE collection = ? AND direction = ?`,
    collection,
    direction,
  );
  const count = row === undefined ? 0 : integer(row, 'count');
  return row === undefined || count === 0 ? undefined : { count, sinceMs: integer(row, 'since') };
}

/** How many deletions of a collection wait for a person, in both directions. */
export function countHeld(db: Database, collection: string): number {
  const row = db.get('SELECT count(*) AS count FROM held WHERE collection = ?', collection);
  return row === undefined ? 0 : integer(row, 'count');
}

/** The record is not gone any more, or what becomes of it is decided: nothing of it waits. */
export function releaseRecord(db: Database, collection: string, record: string): void {
  for (const table of ['held', 'deletions'] satisfies Table[]) {
    if (isEmpty(db, table)) continue;
    for (const direction of ['out', 'in'] satisfies Direction[]) {
      db.run(
        `DELETE FROM ${table} WHERE collection = ? AND direction = ? AND record = ?`,
        collection,
        direction,
        record,
      );
    }
  }
}

type Table = 'held' | 'deletions';

/** Asked for each record that is saved or arrives, and mostly true. */
function isEmpty(db: Database, table: Table): boolean {
  return db.once(table, '', () => db.get(`SELECT 1 FROM ${table} LIMIT 1`) === undefined);
}

/** Ends a hold: what it held is approved, and what led to it does not count any more. */
export function releaseApproved(db: Database, collection: string, direction: Direction): void {
  const records = heldRecords(db, collection, direction);
  db.run('DELETE FROM held WHERE collection = ? AND direction = ?', collection, direction);
  db.run(
    'DELETE FROM deletions WHERE collection = ? AND direction = ? AND at <> ?',
    collection,
    direction,
    APPROVED_AT,
  );
  for (const record of records) noteDeletion(db, collection, direction, record, APPROVED_AT);
}

/**
 * Forgets holds that have nothing to hold: the deletion left the outbox by itself, as when a restore
 * was cut off; or the file is not here any more, as after the folder was detached.
 */
export function dropEmptyHolds(db: Database, collection: string): void {
  db.run(
    `DELETE FROM held WHERE collection = ? AND direction = 'out' AND NOT EXISTS (
       SELECT 1 FROM outbox o WHERE o.collection = held.collection AND o.record = held.record
       AND o.body ->> '$.gone' = 1)`,
    collection,
  );
  db.run(
    `DELETE FROM held WHERE collection = ? AND direction = 'in' AND NOT EXISTS (
       SELECT 1 FROM shown s WHERE s.collection = held.collection AND s.record = held.record)`,
    collection,
  );
}

/** Deletions in the outbox that would be news to others, and that no person was asked about. */
export function deletionsToSend(db: Database, collection: string): string[] {
  return db
    .all(
      `SELECT o.record FROM outbox o JOIN records r USING (collection, record)
       WHERE o.collection = ? AND o.body ->> '$.gone' = 1 AND r.is_live = 0
       AND o.body ->> '$.approved' IS NULL
       AND EXISTS (SELECT 1 FROM versions v WHERE v.collection = o.collection
         AND v.record = o.record AND v.is_current = 1 AND v.body ->> '$.gone' IS NULL)
       AND NOT EXISTS (SELECT 1 FROM held h
         WHERE h.collection = o.collection AND h.direction = 'out' AND h.record = o.record)`,
      collection,
    )
    .map((row) => text(row, 'record'));
}

/** Files on this device that are to be removed, and that no person here has been asked about. */
export function removalsDue(db: Database, collection: string): string[] {
  // A CROSS JOIN is not reordered: few records are stale, and every file is shown.
  return db
    .all(
      `SELECT s.record FROM stale CROSS JOIN shown s USING (collection, record)
       LEFT JOIN records r USING (collection, record)
       WHERE stale.collection = ? AND s.hash <> '' AND coalesce(r.is_live, 0) = 0
       AND NOT EXISTS (SELECT 1 FROM held h
         WHERE h.collection = stale.collection AND h.direction = 'in' AND h.record = s.record)
       AND NOT EXISTS (SELECT 1 FROM deletions d WHERE d.collection = stale.collection
         AND d.direction = 'in' AND d.record = s.record AND d.at = ${APPROVED_AT})`,
      collection,
    )
    .map((row) => text(row, 'record'));
}

/** Live records with content: those that could be deleted on this device or any. */
export function countLiveFiles(db: Database, collection: string): number {
  const row = db.get(
    `SELECT count(*) AS count FROM records r WHERE r.collection = ? AND r.is_live = 1 AND (
       EXISTS (SELECT 1 FROM versions v WHERE v.collection = r.collection
         AND v.record = r.record AND v.is_current = 1 AND v.hash IS NOT NULL)
       OR EXISTS (SELECT 1 FROM outbox o WHERE o.collection = r.collection
         AND o.record = r.record AND o.body ->> '$.hash' IS NOT NULL))`,
    collection,
  );
  return row === undefined ? 0 : integer(row, 'count');
}

/** Live records whose content is on this device. */
export function countShownFiles(db: Database, collection: string): number {
  const row = db.get(
    `SELECT count(*) AS count FROM shown s JOIN records r USING (collection, record)
     WHERE s.collection = ? AND s.hash <> '' AND r.is_live = 1`,
    collection,
  );
  return row === undefined ? 0 : integer(row, 'count');
}
