/** Commits of all devices by their time, and what each of them did: for telling who did what. */
import { type Database, integer, type Row, text } from './database.ts';

export interface DatedCommit {
  readonly collection: string;
  readonly device: string;
  readonly n: number;
  readonly timeMs: number;
}

/**
 * The newest commits before a time, newest first: about `limit` of them, for those of the same
 * millisecond are not torn apart.
 * @param collections only commits of these, by their ids.
 */
export function commitsBefore(
  db: Database,
  collections: readonly string[],
  beforeMs: number,
  limit: number,
): DatedCommit[] {
  const isOfThem = 'collection IN (SELECT value FROM json_each(?))';
  const ids = JSON.stringify(collections);
  const last = db.get(
    `SELECT min(time) AS time FROM (
       SELECT time FROM commits WHERE ${isOfThem} AND time < ? ORDER BY time DESC LIMIT ?)`,
    ids,
    beforeMs,
    limit,
  );
  if (typeof last?.time !== 'number') return [];
  return db
    .all(
      `SELECT collection, device, n, time FROM commits
       WHERE ${isOfThem} AND time < ? AND time >= ? ORDER BY time DESC, device, collection, n DESC`,
      ids,
      beforeMs,
      last.time,
    )
    .map(toDatedCommit);
}

function toDatedCommit(row: Row): DatedCommit {
  return {
    collection: text(row, 'collection'),
    device: text(row, 'device'),
    n: integer(row, 'n'),
    timeMs: integer(row, 'time'),
  };
}

/** The records that a commit wrote, and whether it deleted them. */
export function recordsOfCommit(
  db: Database,
  { collection, device, n }: DatedCommit,
): { readonly record: string; readonly isGone: boolean }[] {
  return db
    .all(
      `SELECT record, coalesce(body ->> '$.gone', 0) AS gone
       FROM versions INDEXED BY versions_by_number
       WHERE collection = ? AND device = ? AND n = ?`,
      collection,
      device,
      n,
    )
    .map((row) => ({ record: text(row, 'record'), isGone: integer(row, 'gone') === 1 }));
}
