/** What is on this device, record by record, and which records need another look (rule S6). */
import { type Database, type Row, text } from './database.ts';

export interface ShownRow {
  readonly record: string;
  readonly place: string;
  readonly mark: string;
  readonly hash: string;
  readonly versions: readonly string[];
}

const COLUMNS = 'record, place, mark, hash, versions';

// Put together once: a text made anew has to be hashed before its statement is found.
const SELECT_SHOWN = `SELECT ${COLUMNS} FROM shown WHERE collection = ? AND record = ?`;

export function putShown(db: Database, collection: string, row: ShownRow): void {
  db.run(
    'INSERT OR REPLACE INTO shown (collection, record, place, mark, hash, versions) VALUES (?, ?, ?, ?, ?, ?)',
    collection,
    row.record,
    row.place,
    row.mark,
    row.hash,
    JSON.stringify(row.versions),
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
  db.run('DELETE FROM shown WHERE collection = ? AND record = ?', collection, record);
}

function toShown(row: Row): ShownRow {
  return {
    record: text(row, 'record'),
    place: text(row, 'place'),
    mark: text(row, 'mark'),
    hash: text(row, 'hash'),
    versions: JSON.parse(text(row, 'versions')),
  };
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
    `INSERT INTO stale (collection, record, seq, rank) VALUES (?, ?, ?, ?)
     ON CONFLICT (collection, record) DO UPDATE SET rank = excluded.rank`,
    collection,
    record,
    seq,
    rank,
  );
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
