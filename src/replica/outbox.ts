/** What was saved here and is not in a commit yet: the newest write per record (rules S4, S5). */
import type { Version } from '../format/commit.ts';
import { type Database, integer, type Row, text } from './database.ts';

export interface OutboxEntry {
  readonly record: string;
  readonly seq: number;
  readonly version: Version;
  /** Versions the person was shown before saving: this one supersedes them. */
  readonly saw: readonly string[];
  /** The content is only on the device and has to be uploaded before the commit (rule F5). */
  readonly isLocal: boolean;
  /** Their `seq`, where entries wait for one another and are published in one commit. */
  readonly together?: number | undefined;
}

const COLUMNS = 'record, seq, is_local, body, saw, together';

// Put together once: a text made anew has to be hashed before its statement is found.
const SELECT_ENTRY = `SELECT ${COLUMNS} FROM outbox WHERE collection = ? AND record = ?`;

export function putOutbox(db: Database, collection: string, entry: OutboxEntry): void {
  db.run(
    'INSERT OR REPLACE INTO outbox (collection, record, seq, is_local, body, saw, together) VALUES (?, ?, ?, ?, ?, ?, ?)',
    collection,
    entry.record,
    entry.seq,
    entry.isLocal ? 1 : 0,
    JSON.stringify(entry.version),
    JSON.stringify(entry.saw),
    entry.together ?? null,
  );
}

/** True where an entry of a group has to be uploaded still. */
export function isUnfinished(db: Database, collection: string, together: number): boolean {
  const row = db.get(
    `SELECT 1 FROM outbox INDEXED BY outbox_by_seq
     WHERE collection = ? AND seq = ? AND together = seq AND is_local = 1 LIMIT 1`,
    collection,
    together,
  );
  return row !== undefined;
}

export function outboxEntry(
  db: Database,
  collection: string,
  record: string,
): OutboxEntry | undefined {
  const row = db.get(SELECT_ENTRY, collection, record);
  return row === undefined ? undefined : toEntry(row);
}

const PAGE = 500;

/**
 * Every entry in the order they were saved, or those with local content only. Entries may be
 * changed and removed meanwhile.
 */
export function* outboxEntries(
  db: Database,
  collection: string,
  options: { readonly onlyLocal: boolean },
): IterableIterator<OutboxEntry> {
  let after = { seq: 0, record: '' };
  for (;;) {
    const page = db.all(
      `SELECT ${COLUMNS} FROM outbox
       WHERE collection = ? AND (seq, record) > (?, ?) AND is_local >= ?
       ORDER BY seq, record LIMIT ?`,
      collection,
      after.seq,
      after.record,
      options.onlyLocal ? 1 : 0,
      PAGE,
    );
    for (const row of page) yield toEntry(row);
    const last = page.at(-1);
    if (last === undefined) return;
    after = { seq: integer(last, 'seq'), record: text(last, 'record') };
  }
}

/** How much content is still to be uploaded. */
export function localBytes(db: Database, collection: string): number {
  const row = db.get(
    `SELECT coalesce(sum(body ->> '$.size'), 0) AS bytes FROM outbox
     WHERE collection = ? AND is_local = 1`,
    collection,
  );
  return row === undefined ? 0 : integer(row, 'bytes');
}

/** How much content all entries hold, what is still to be uploaded included. */
export function outboxBytes(db: Database, collection: string): number {
  const row = db.get(
    `SELECT coalesce(sum(body ->> '$.size'), 0) AS bytes FROM outbox
     WHERE collection = ? AND body ->> '$.of' IS NULL`,
    collection,
  );
  return row === undefined ? 0 : integer(row, 'bytes');
}

export function removeOutbox(db: Database, collection: string, record: string): void {
  db.run('DELETE FROM outbox WHERE collection = ? AND record = ?', collection, record);
}

export function outboxCount(db: Database, collection: string): number {
  const row = db.get('SELECT count(*) AS count FROM outbox WHERE collection = ?', collection);
  return row === undefined ? 0 : integer(row, 'count');
}

function toEntry(row: Row): OutboxEntry {
  return {
    record: text(row, 'record'),
    seq: integer(row, 'seq'),
    version: JSON.parse(text(row, 'body')),
    saw: JSON.parse(text(row, 'saw')),
    isLocal: integer(row, 'is_local') === 1,
    ...(typeof row.together === 'number' ? { together: row.together } : {}),
  };
}
