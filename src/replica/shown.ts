/** What is on this device, record by record, and which records need another look (rule S6). */
import { forgetBefore, keepBefore, nextRev } from './changes.ts';
import { type Database, integer, type Row, text } from './database.ts';

export interface NewShown {
  readonly record: string;
  readonly place: string;
  readonly mark: string;
  readonly hash: string;
  readonly versions: readonly string[];
}

export interface ShownRow extends NewShown {
  /** The number of the change that brought it: another content, or another place. */
  readonly rev: number;
}

const COLUMNS = 'record, place, mark, hash, versions, rev';

// Put together once: a text made anew has to be hashed before its statement is found.
const SELECT_SHOWN = `SELECT ${COLUMNS} FROM shown WHERE collection = ? AND record = ?`;

/** To be called in a transaction, like whatever changes what is shown. */
export function putShown(db: Database, collection: string, row: NewShown): void {
  const before = shownOf(db, collection, row.record);
  const isSame = before?.place === row.place && before.hash === row.hash;
  const rev = isSame ? before.rev : nextRev(db);
  if (before !== undefined && !isSame) keepBefore(db, collection, before, rev);
  db.run(
    'INSERT OR REPLACE INTO shown (collection, record, place, mark, hash, versions, rev) VALUES (?, ?, ?, ?, ?, ?, ?)',
    collection,
    row.record,
    row.place,
    row.mark,
    row.hash,
    JSON.stringify(row.versions),
    rev,
  );
}

export function shownOf(db: Database, collection: string, record: string): ShownRow | undefined {
  const row = db.get(SELECT_SHOWN, collection, record);
  return row === undefined ? undefined : toShown(row);
}

export function shownAt(db: Database, collection: string, place: string): ShownRow | undefined {
  const row = db.get(
    `SELECT ${COLUMNS} FROM shown INDEXED BY shown_by_place
     WHERE collection = ? AND place = ? LIMIT 1`,
    collection,
    place,
  );
  return row === undefined ? undefined : toShown(row);
}

/** Records that show a content on this device. Walks the collection. */
export function shownWith(db: Database, collection: string, hash: string): string[] {
  return db
    .all('SELECT record FROM shown WHERE collection = ? AND hash = ?', collection, hash)
    .map((row) => text(row, 'record'));
}

export function* shownAll(db: Database, collection: string): IterableIterator<ShownRow> {
  const rows = db.each(`SELECT ${COLUMNS} FROM shown WHERE collection = ?`, collection);
  for (const row of rows) yield toShown(row);
}

export function removeShown(db: Database, collection: string, record: string): void {
  const before = shownOf(db, collection, record);
  if (before === undefined) return;
  keepBefore(db, collection, before, nextRev(db));
  db.run('DELETE FROM shown WHERE collection = ? AND record = ?', collection, record);
}

function toShown(row: Row): ShownRow {
  return {
    record: text(row, 'record'),
    place: text(row, 'place'),
    mark: text(row, 'mark'),
    hash: text(row, 'hash'),
    versions: JSON.parse(text(row, 'versions')),
    rev: integer(row, 'rev'),
  };
}

/** What changed last after a number, in that order. */
export function shownAfter(
  db: Database,
  collection: string,
  rev: number,
  limit: number,
): ShownRow[] {
  return db
    .all(
      `SELECT ${COLUMNS} FROM shown INDEXED BY shown_by_rev
       WHERE collection = ? AND rev > ? ORDER BY rev LIMIT ?`,
      collection,
      rev,
      limit,
    )
    .map(toShown);
}

/** True where a record may look different now. */
export function isStale(db: Database, collection: string, record: string): boolean {
  const row = db.get('SELECT 1 FROM stale WHERE collection = ? AND record = ?', collection, record);
  return row !== undefined;
}

/** The order in which stale records of one commit are placed. */
export const STALE_RANK = { attachment: 0, ordinary: 1, gone: 2 } as const;

/** Notes that a record may look different now; an earlier note keeps its turn. */
export function markStale(
  db: Database,
  collection: string,
  record: string,
  seq: number,
  rank: number,
): void {
  db.run(
    `INSERT INTO stale (collection, record, seq, rank, news) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (collection, record) DO UPDATE SET rank = excluded.rank, news = excluded.news`,
    collection,
    record,
    seq,
    rank,
    seq,
  );
}

/** The sequence number of what marked a record last; undefined where it is not stale. */
export function newsOf(db: Database, collection: string, record: string): number | undefined {
  const row = db.get(
    'SELECT news FROM stale WHERE collection = ? AND record = ?',
    collection,
    record,
  );
  return row === undefined ? undefined : integer(row, 'news');
}

/** Marks every live record of a collection: its folder is new to this device. */
export function markLiveStale(db: Database, collection: string): void {
  db.run(
    `INSERT OR IGNORE INTO stale (collection, record, seq, rank)
     SELECT collection, record, 0, ? FROM records WHERE collection = ? AND is_live = 1`,
    STALE_RANK.ordinary,
    collection,
  );
}

/** Forgets what is on this device, and what was to be put there. */
export function forgetShown(db: Database, collection: string): void {
  db.run('DELETE FROM shown WHERE collection = ?', collection);
  forgetBefore(db, collection);
  db.run('DELETE FROM stale WHERE collection = ?', collection);
}

export function unmarkStale(db: Database, collection: string, record: string): void {
  db.run('DELETE FROM stale WHERE collection = ? AND record = ?', collection, record);
}

/**
 * Stale records in the order to place them, without those whose removal is held. Where commit and rank leave it open, by name: what
 * belongs into one folder is placed together.
 */
export function staleRecords(db: Database, collection: string): string[] {
  const rows = db.each(
    `SELECT stale.record FROM stale LEFT JOIN records USING (collection, record)
     WHERE stale.collection = ? AND NOT EXISTS (
       SELECT 1 FROM held WHERE held.collection = stale.collection AND held.direction = 'in'
       AND held.record = stale.record)
     ORDER BY stale.seq, stale.rank, records.claim`,
    collection,
  );
  return Array.from(rows, (row) => text(row, 'record'));
}
