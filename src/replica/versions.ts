/** Commits and versions: all that this device has applied or written, superseded ones included. */
import type { Clock, Commit, Version } from '../format/commit.ts';
import { keepContent, withContent } from './contents.ts';
import { type Database, integer, optionalText, type Row, text } from './database.ts';

/** A version as it stands in one commit. The same version may stand in two (rule S9). */
export interface Known {
  readonly version: Version;
  readonly device: string;
  readonly n: number;
  /** The clock of its commit. */
  readonly clock: Clock;
  /** Up to which of its author's own numbers it supersedes; undefined for all earlier ones. */
  readonly own: number | undefined;
  readonly isCurrent: boolean;
}

const KNOWN = 'SELECT v.device, v.n, v.is_current, v.body, c.clock, c.own FROM versions v';
const ITS_COMMIT =
  'JOIN commits c ON c.collection = v.collection AND c.device = v.device AND c.n = v.n';
const OF_RECORD = 'WHERE v.collection = ? AND v.record = ?';

// Put together once: a text made anew has to be hashed before its statement is found.
const SELECT_OF_RECORD = `${KNOWN} ${ITS_COMMIT} ${OF_RECORD}`;
const SELECT_CURRENT = `${KNOWN} INDEXED BY versions_of_record ${ITS_COMMIT} ${OF_RECORD}
       AND v.is_current = 1`;
const SELECT_CANDIDATES = `${SELECT_CURRENT} UNION ALL ${SELECT_OF_RECORD}
       AND v.device = ? AND v.n BETWEEN ? AND ? AND v.is_current = 0`;
const NEWEST_TIME =
  'SELECT max(time) AS time FROM versions WHERE collection = ? AND record = ? AND is_current =';
// Each half is one step to the end of its part of versions_of_record.
const SELECT_NEWEST_TIME = `SELECT max(time) AS time FROM (${NEWEST_TIME} 1 UNION ALL ${NEWEST_TIME} 0)`;
const SELECT_BY_ID = `${KNOWN} ${ITS_COMMIT} WHERE v.id = ? AND v.collection = ?`;

/** Every known version of a record. */
export function versionsOf(db: Database, collection: string, record: string): Known[] {
  return db.all(SELECT_OF_RECORD, collection, record).map(toKnown);
}

/** The current versions of a record: those that none supersedes. */
export function currentVersionsOf(db: Database, collection: string, record: string): Known[] {
  return db.all(SELECT_CURRENT, collection, record).map(toKnown);
}

/** The current versions of a record, and those a run of one device's commits brought. */
export function candidatesOf(
  db: Database,
  collection: string,
  record: string,
  run: { readonly device: string; readonly from: number; readonly to: number },
): Known[] {
  const { device, from, to } = run;
  return db
    .all(SELECT_CANDIDATES, collection, record, collection, record, device, from, to)
    .map(toKnown);
}

/**
 * True if a version of the record stands in several commits: it was written again (rule S9a). It
 * stays true where the copies were forgotten, which costs time and changes no answer.
 */
export function hasCopies(db: Database, collection: string, record: string): boolean {
  const sql = 'SELECT 1 FROM copied WHERE collection = ? AND record = ?';
  return db.get(sql, collection, record) !== undefined;
}

/** The copies of a version by its id; empty if it is unknown. */
export function versionsById(db: Database, collection: string, id: string): Known[] {
  return db.all(SELECT_BY_ID, id, collection).map(toKnown);
}

/** The newest time among the stamps of a record's versions, whole milliseconds; 0 for none. */
export function newestTimeOf(db: Database, collection: string, record: string): number {
  const row = db.get(SELECT_NEWEST_TIME, collection, record, collection, record);
  return typeof row?.time === 'number' ? row.time : 0;
}

export function hasVersion(db: Database, collection: string, id: string): boolean {
  return (
    db.get('SELECT 1 FROM versions WHERE id = ? AND collection = ? LIMIT 1', id, collection) !==
    undefined
  );
}

/** Records that had a name in some version, the one that had it last first. */
export function recordsOnceCalled(
  db: Database,
  collection: string,
  nameField: string,
  name: string,
): string[] {
  return db
    .all(
      `SELECT record, max(time) AS last FROM versions
       WHERE collection = ? AND json_extract(body, ?) = ? GROUP BY record ORDER BY last DESC`,
      collection,
      `$.fields.${nameField}`,
      name,
    )
    .map((row) => text(row, 'record'));
}

/**
 * When the newest of the applied commits was made, milliseconds since the Unix epoch; undefined
 * where there is none.
 */
export function newestCommitTime(db: Database, collection: string): number | undefined {
  const row = db.get(
    `SELECT max(c.time) AS time FROM clocks k
     JOIN commits c ON c.collection = k.collection AND c.device = k.device AND c.n = k.n
     WHERE k.collection = ?`,
    collection,
  );
  return typeof row?.time === 'number' ? row.time : undefined;
}

/** Stores a commit; its versions are not current until `setCurrent` says so. */
export function insertCommit(
  db: Database,
  collection: string,
  device: string,
  commit: Commit,
  isArchived = false,
): void {
  db.run(
    `INSERT OR IGNORE INTO commits (collection, device, n, id, time, clock, own, unknown)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    collection,
    device,
    commit.n,
    commit.id,
    Math.trunc(commit.time),
    JSON.stringify(commit.clock),
    commit.own ?? null,
    commit.unknown === undefined ? null : JSON.stringify(commit.unknown),
  );
  for (const arrived of commit.versions) {
    const version = keepContent(db, arrived);
    db.run(
      `INSERT INTO versions
       (collection, record, device, n, id, is_current, is_archived, time, hash, of_version, body)
       VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET is_archived = 0
       WHERE excluded.is_archived = 0 AND is_archived = 1`,
      collection,
      version.record,
      device,
      commit.n,
      version.id,
      isArchived ? 1 : 0,
      Math.trunc(version.stamp[0]),
      version.hash ?? null,
      version.of?.[2] ?? null,
      JSON.stringify(version),
    );
    db.run(
      `INSERT OR IGNORE INTO copied (collection, record)
       SELECT collection, record FROM versions INDEXED BY versions_by_id
       WHERE id = ? AND collection = ? AND record = ? GROUP BY id HAVING count(*) > 1`,
      version.id,
      collection,
      version.record,
    );
  }
}

export function setCurrent(
  db: Database,
  collection: string,
  known: Known,
  isCurrent: boolean,
): void {
  db.run(
    'UPDATE versions SET is_current = ? WHERE collection = ? AND record = ? AND device = ? AND n = ?',
    isCurrent ? 1 : 0,
    collection,
    known.version.record,
    known.device,
    known.n,
  );
}

/**
 * A device's commits with numbers in `from..to`, in order, inline content put back, versions that
 * were archived left out; or those alone.
 */
export function* commitsOf(
  db: Database,
  collection: string,
  device: string,
  from: number,
  to: number,
  isArchived = false,
): IterableIterator<Commit> {
  const rows = db.all(
    `SELECT n, id, time, clock, own, unknown FROM commits
     WHERE collection = ? AND device = ? AND n BETWEEN ? AND ? ORDER BY n`,
    collection,
    device,
    from,
    to,
  );
  for (const row of rows) {
    const n = integer(row, 'n');
    const versions = db
      .all(
        `SELECT body FROM versions INDEXED BY versions_by_number
         WHERE collection = ? AND device = ? AND n = ? AND is_archived = ?`,
        collection,
        device,
        n,
        isArchived ? 1 : 0,
      )
      .map((version) => withContent(db, JSON.parse(text(version, 'body'))));
    const time = integer(row, 'time');
    const commit = { n, id: text(row, 'id'), time, clock: clockFrom(row), own: ownFrom(row) };
    const unknown = optionalText(row, 'unknown');
    yield {
      ...commit,
      versions,
      ...(unknown === undefined ? {} : { unknown: JSON.parse(unknown) }),
    };
  }
}

export function commitId(
  db: Database,
  collection: string,
  device: string,
  n: number,
): string | undefined {
  const row = db.get(
    'SELECT id FROM commits WHERE collection = ? AND device = ? AND n = ?',
    collection,
    device,
    n,
  );
  return row === undefined ? undefined : text(row, 'id');
}

/** Records of which a device wrote a version numbered above `n`. */
export function recordsBeyond(
  db: Database,
  collection: string,
  device: string,
  n: number,
): string[] {
  return db
    .all(
      'SELECT DISTINCT record FROM versions WHERE collection = ? AND device = ? AND n > ?',
      collection,
      device,
      n,
    )
    .map((row) => text(row, 'record'));
}

/** Notes that a version of this device went to an archive, or that all came back. */
export function setArchived(
  db: Database,
  collection: string,
  device: string,
  n: number,
  record: string,
): void {
  db.run(
    'UPDATE versions SET is_archived = 1 WHERE collection = ? AND record = ? AND device = ? AND n = ?',
    collection,
    record,
    device,
    n,
  );
}

export function unarchiveAll(db: Database, device: string): void {
  // What was let go stays so (see thinning.ts): its content may be gone.
  db.run('UPDATE versions SET is_archived = 0 WHERE device = ? AND is_archived = 1', device);
}

/** True for a version that no other device may have to look for in an archive. */
export function isCurrentVersion(
  db: Database,
  collection: string,
  record: string,
  device: string,
  n: number,
): boolean {
  return (
    db.get(
      `SELECT 1 FROM versions
       WHERE collection = ? AND record = ? AND device = ? AND n = ? AND is_current = 1`,
      collection,
      record,
      device,
      n,
    ) !== undefined
  );
}

/** All records of a collection of which anything stands, or waits to be sent, or is noted. */
export function knownRecords(db: Database, collection: string): string[] {
  return db
    .all(
      `SELECT record FROM versions WHERE collection = ?1 AND is_current = 1
       UNION SELECT record FROM outbox WHERE collection = ?1
       UNION SELECT record FROM records WHERE collection = ?1`,
      collection,
    )
    .map((row) => text(row, 'record'));
}

/**
 * Records of which more than one version is current, or one and a pending write: what they show
 * also depends on where identities ended (rules S3, S9a). Looks through the whole collection.
 */
export function contestedRecords(db: Database, collection: string): string[] {
  return db
    .all(
      `SELECT record FROM versions WHERE collection = ? AND is_current = 1
       GROUP BY record HAVING count(*) > 1
       UNION SELECT record FROM outbox o WHERE collection = ? AND EXISTS (
         SELECT 1 FROM versions v
         WHERE v.collection = o.collection AND v.record = o.record AND v.is_current = 1)`,
      collection,
      collection,
    )
    .map((row) => text(row, 'record'));
}

/** Removes a device's commits and versions above `n`; what they held is written elsewhere first. */
export function removeBeyond(db: Database, collection: string, device: string, n: number): void {
  const where = 'collection = ? AND device = ? AND n > ?';
  // What was archived is history, never current, and is not written elsewhere.
  db.run(`DELETE FROM versions WHERE ${where} AND is_archived = 0`, collection, device, n);
  db.run(
    `DELETE FROM commits WHERE ${where} AND NOT EXISTS (
       SELECT 1 FROM versions v WHERE v.collection = commits.collection
       AND v.device = commits.device AND v.n = commits.n)`,
    collection,
    device,
    n,
  );
}

/** True if a current version in the collection takes its content from the given one (rule F4). */
export function isSourceOfCurrent(db: Database, collection: string, id: string): boolean {
  return (
    db.get(
      'SELECT 1 FROM versions WHERE of_version = ? AND collection = ? AND is_current = 1 LIMIT 1',
      id,
      collection,
    ) !== undefined
  );
}

export function toKnown(row: Row): Known {
  return {
    version: JSON.parse(text(row, 'body')),
    device: text(row, 'device'),
    n: integer(row, 'n'),
    clock: clockFrom(row),
    own: ownFrom(row),
    isCurrent: integer(row, 'is_current') === 1,
  };
}

function ownFrom(row: Row): number | undefined {
  return typeof row.own === 'number' ? row.own : undefined;
}

function clockFrom(row: Row): Clock {
  return JSON.parse(text(row, 'clock'));
}
