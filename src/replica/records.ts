/** What each record shows, kept for counting, listing and names. Derived: never the truth. */
import type { Version } from '../format/commit.ts';
import { type Database, integer, optionalText, type Row, text } from './database.ts';

export interface RecordRow {
  readonly record: string;
  readonly isLive: boolean;
  readonly isConflict: boolean;
  /** The folded name it claims, if it is live and claims one. */
  readonly claim: string | undefined;
  /** The stamp that set the name: the oldest claim keeps it (rule S5). */
  readonly claimStamp: Version['stamp'];
  readonly fields: Version['fields'];
}

const COLUMNS = 'record, is_live, is_conflict, claim, claim_time, claim_device, fields';
/** Without statistics, SQLite takes the index for no better than the table and reads all records. */
const IN_CONFLICT = 'INDEXED BY records_in_conflict WHERE collection = ? AND is_conflict = 1';

// Put together once: a text made anew has to be hashed before its statement is found.
const SELECT_RECORD = `SELECT ${COLUMNS} FROM records WHERE collection = ? AND record = ?`;
const SELECT_CLAIMANTS = `SELECT ${COLUMNS} FROM records INDEXED BY records_by_claim
       WHERE collection = ? AND claim = ? AND is_live = 1
       ORDER BY claim_time, claim_device, record`;

export function putRecord(db: Database, collection: string, row: RecordRow): void {
  db.run(
    `INSERT OR REPLACE INTO records
     (collection, record, is_live, is_conflict, claim, claim_time, claim_device, fields)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    collection,
    row.record,
    row.isLive ? 1 : 0,
    row.isConflict ? 1 : 0,
    row.claim ?? null,
    Math.trunc(row.claimStamp[0]),
    row.claimStamp[1],
    JSON.stringify(row.fields),
  );
}

export function recordOf(db: Database, collection: string, record: string): RecordRow | undefined {
  const row = db.get(SELECT_RECORD, collection, record);
  return row === undefined ? undefined : toRecord(row);
}

export function removeRecord(db: Database, collection: string, record: string): void {
  db.run('DELETE FROM records WHERE collection = ? AND record = ?', collection, record);
}

/** Live records that claim a name, the oldest claim first. */
export function claimantsOf(db: Database, collection: string, claim: string): RecordRow[] {
  return db.all(SELECT_CLAIMANTS, collection, claim).map(toRecord);
}

/** True if a live record claims a name below `claim` + '/'. */
export function isClaimedBelow(db: Database, collection: string, claim: string): boolean {
  // '0' is the character after '/': the range holds exactly the names that start with claim + '/'.
  return (
    db.get(
      'SELECT 1 FROM records WHERE collection = ? AND claim > ? AND claim < ? AND is_live = 1 LIMIT 1',
      collection,
      `${claim}/`,
      `${claim}0`,
    ) !== undefined
  );
}

/** Live records that claim a name below `claim` + '/'. They may be many: see `isClaimedBelow`. */
export function claimantsBelow(db: Database, collection: string, claim: string): RecordRow[] {
  return db
    .all(
      `SELECT ${COLUMNS} FROM records INDEXED BY records_by_claim
       WHERE collection = ? AND claim > ? AND claim < ? AND is_live = 1`,
      collection,
      `${claim}/`,
      `${claim}0`,
    )
    .map(toRecord);
}

export function* allRecords(db: Database, collection: string): IterableIterator<RecordRow> {
  for (const row of db.each(`SELECT ${COLUMNS} FROM records WHERE collection = ?`, collection)) {
    yield toRecord(row);
  }
}

/** The records that claim no name: of the registry, all but the many that hold orders. */
export function* unclaimedRecords(db: Database, collection: string): IterableIterator<RecordRow> {
  const rows = db.each(
    `SELECT ${COLUMNS} FROM records WHERE collection = ? AND claim IS NULL`,
    collection,
  );
  for (const row of rows) yield toRecord(row);
}

export function conflictsOf(db: Database, collection: string): RecordRow[] {
  return db.all(`SELECT ${COLUMNS} FROM records ${IN_CONFLICT}`, collection).map(toRecord);
}

/** How many records are live, and how many are in conflict. */
export function countRecords(
  db: Database,
  collection: string,
): { readonly live: number; readonly conflicts: number } {
  const live = db.get(
    'SELECT count(*) AS count FROM records WHERE collection = ? AND is_live = 1 AND claim IS NOT NULL',
    collection,
  );
  const conflicts = db.get(`SELECT count(*) AS count FROM records ${IN_CONFLICT}`, collection);
  return {
    live: live === undefined ? 0 : integer(live, 'count'),
    conflicts: conflicts === undefined ? 0 : integer(conflicts, 'count'),
  };
}

function toRecord(row: Row): RecordRow {
  return {
    record: text(row, 'record'),
    isLive: integer(row, 'is_live') === 1,
    isConflict: integer(row, 'is_conflict') === 1,
    claim: optionalText(row, 'claim'),
    claimStamp: [integer(row, 'claim_time'), text(row, 'claim_device')],
    fields: JSON.parse(text(row, 'fields')),
  };
}
