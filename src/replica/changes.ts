/**
 * The changes of what is shown on this device, numbered by one counter that only grows, and what
 * was shown before each: for programs that edit files here and follow what becomes of them.
 */
import { type Database, integer, type Row, text } from './database.ts';
import { getMeta, getNote, setMeta, setNote } from './meta.ts';

/** What a record showed from the change `since` to the change `rev`. */
export interface BeforeRow {
  readonly record: string;
  readonly rev: number;
  readonly since: number;
  readonly place: string;
  readonly mark: string;
  readonly hash: string;
}

const COLUMNS = 'record, rev, since, place, mark, hash';

/**
 * Lets the numbers go on from the time, which is beyond all that this device gave before: what
 * programs remember from a replica that was lost, or is a backup now, must not seem to be known.
 * @param nowMs milliseconds since the Unix epoch.
 */
export function beginRevs(db: Database, nowMs: number): void {
  const first = String(Math.max(nowMs, newestRev(db) + 1));
  setMeta(db, 'rev', first);
  setMeta(db, 'rev-first', first);
}

/** The number of the next change. */
export function nextRev(db: Database): number {
  return revIn(db.get(`UPDATE meta SET value = value + 1 WHERE name = 'rev' RETURNING value`));
}

/** The number of the newest change. */
export function newestRev(db: Database): number {
  return revIn(db.get(`SELECT value FROM meta WHERE name = 'rev'`));
}

function revIn(row: Row | undefined): number {
  if (row === undefined) throw new Error('the replica counts no changes');
  return Number(text(row, 'value'));
}

/** The number of the newest change of one collection; 0 where nothing of it was ever shown. */
export function newestRevOf(db: Database, collection: string): number {
  const row = db.get(
    `SELECT max(
       (SELECT coalesce(max(rev), 0) FROM shown WHERE collection = ?1),
       (SELECT coalesce(max(rev), 0) FROM shown_before WHERE collection = ?1),
       (SELECT coalesce(max(rev), 0) FROM orders WHERE collection = ?1)
     ) AS rev`,
    collection,
  );
  return row === undefined ? 0 : integer(row, 'rev');
}

/** So many numbers back it is known what was shown before. */
const KEPT_REVS = 100_000;
/** Old rows are looked for once in so many changes. */
const SWEEP_EVERY_REVS = 1_000;
const KEPT_NOTE = 'changes-kept-after';

/** Notes what is about to be replaced, or to go, by the change `rev`. */
export function keepBefore(
  db: Database,
  collection: string,
  before: Omit<BeforeRow, 'rev' | 'since'> & { readonly rev: number },
  rev: number,
): void {
  db.run(
    `INSERT INTO shown_before (collection, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    collection,
    before.record,
    rev,
    before.rev,
    before.place,
    before.mark,
    before.hash,
  );
  if (rev % SWEEP_EVERY_REVS !== 0) return;
  const oldest = rev - KEPT_REVS;
  if (oldest <= keptAfter(db, collection)) return;
  db.run('DELETE FROM shown_before WHERE collection = ? AND rev <= ?', collection, oldest);
  setNote(db, collection, KEPT_NOTE, String(oldest));
}

/** The number after which all changes of a collection are still known. */
export function keptAfter(db: Database, collection: string): number {
  const first = Number(getMeta(db, 'rev-first') ?? '0');
  return Math.max(first, Number(getNote(db, collection, KEPT_NOTE) ?? '0'));
}

/** The folder is another one from now on: what was shown in the former tells nothing of it. */
export function forgetBefore(db: Database, collection: string): void {
  db.run('DELETE FROM shown_before WHERE collection = ?', collection);
  setNote(db, collection, KEPT_NOTE, String(newestRev(db)));
}

/**
 * What was shown at a number and was replaced, or went, after it: in the order in which it did. Of
 * each record at most one.
 */
export function goneAfter(
  db: Database,
  collection: string,
  rev: number,
  limit: number,
): BeforeRow[] {
  return db
    .all(
      `SELECT ${COLUMNS} FROM shown_before INDEXED BY shown_before_by_rev
       WHERE collection = ? AND rev > ? AND since <= ? ORDER BY rev LIMIT ?`,
      collection,
      rev,
      rev,
      limit,
    )
    .map(toBefore);
}

/** What a record showed at a number, where it shows something else by now. */
export function shownAtRev(
  db: Database,
  collection: string,
  record: string,
  rev: number,
): BeforeRow | undefined {
  const row = db.get(
    `SELECT ${COLUMNS} FROM shown_before
     WHERE collection = ? AND record = ? AND rev > ? AND since <= ? ORDER BY rev LIMIT 1`,
    collection,
    record,
    rev,
    rev,
  );
  return row === undefined ? undefined : toBefore(row);
}

/** What was shown at a place at a number, where that is another thing, or nothing, by now. */
export function placeAtRev(
  db: Database,
  collection: string,
  place: string,
  rev: number,
): BeforeRow | undefined {
  const row = db.get(
    `SELECT ${COLUMNS} FROM shown_before INDEXED BY shown_before_by_place
     WHERE collection = ? AND place = ? AND rev > ? AND since <= ? ORDER BY rev LIMIT 1`,
    collection,
    place,
    rev,
    rev,
  );
  return row === undefined ? undefined : toBefore(row);
}

/** What was last shown at a place before what is there, or nothing, now. */
export function lastAtPlace(
  db: Database,
  collection: string,
  place: string,
): BeforeRow | undefined {
  const row = db.get(
    `SELECT ${COLUMNS} FROM shown_before INDEXED BY shown_before_by_place
     WHERE collection = ? AND place = ? ORDER BY rev DESC LIMIT 1`,
    collection,
    place,
  );
  return row === undefined ? undefined : toBefore(row);
}

/** The change by which a record was last shown otherwise, or no more; 0 where it never was. */
export function lastChangeOf(db: Database, collection: string, record: string): number {
  const row = db.get(
    `SELECT rev FROM shown_before WHERE collection = ? AND record = ? ORDER BY rev DESC LIMIT 1`,
    collection,
    record,
  );
  return row === undefined ? 0 : integer(row, 'rev');
}

function toBefore(row: Row): BeforeRow {
  return {
    record: text(row, 'record'),
    rev: integer(row, 'rev'),
    since: integer(row, 'since'),
    place: text(row, 'place'),
    mark: text(row, 'mark'),
    hash: text(row, 'hash'),
  };
}
