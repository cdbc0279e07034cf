/**
 * The tables of a replica. `user_version` names the schema; a test pins a hash of this text, so
 * that a change cannot slip by without a new number and a migration.
 */
import { SatchelError } from '../base/errors.ts';
import { type Database, integer } from './database.ts';

export const SCHEMA_VERSION = 1;

export const SCHEMA = `
-- Single facts: identity, nonces of the head, counters.
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- Collections worked on here. ready: the first pull is complete (rule S15).
CREATE TABLE collections (id TEXT PRIMARY KEY, ready INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE clocks (
  collection TEXT NOT NULL, device TEXT NOT NULL, n INTEGER NOT NULL, tag TEXT NOT NULL,
  PRIMARY KEY (collection, device)
) WITHOUT ROWID;

CREATE TABLE commits (
  collection TEXT NOT NULL, device TEXT NOT NULL, n INTEGER NOT NULL,
  id TEXT NOT NULL, time INTEGER NOT NULL, clock TEXT NOT NULL, own INTEGER,
  PRIMARY KEY (collection, device, n)
) WITHOUT ROWID;

-- body: the version as it travels, inline content left out (see contents).
-- is_archived: superseded and moved to an archive object (rule F3).
CREATE TABLE versions (
  collection TEXT NOT NULL, record TEXT NOT NULL, device TEXT NOT NULL, n INTEGER NOT NULL,
  id TEXT NOT NULL, is_current INTEGER NOT NULL, is_archived INTEGER NOT NULL,
  time INTEGER NOT NULL,
  hash TEXT, of_version TEXT, body TEXT NOT NULL,
  PRIMARY KEY (collection, record, device, n)
) WITHOUT ROWID;
CREATE INDEX versions_by_number ON versions (collection, device, n);
CREATE INDEX versions_by_id ON versions (id);
CREATE INDEX versions_by_source ON versions (of_version) WHERE of_version IS NOT NULL;

-- Inline content by its hash.
CREATE TABLE contents (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL);

-- What each record shows, derived from versions and outbox; kept for counting and for names.
CREATE TABLE records (
  collection TEXT NOT NULL, record TEXT NOT NULL, is_live INTEGER NOT NULL,
  is_conflict INTEGER NOT NULL, claim TEXT, claim_time INTEGER NOT NULL,
  claim_device TEXT NOT NULL, fields TEXT NOT NULL,
  PRIMARY KEY (collection, record)
) WITHOUT ROWID;
CREATE INDEX records_by_claim ON records (collection, claim) WHERE is_live = 1;
CREATE INDEX records_in_conflict ON records (collection) WHERE is_conflict = 1;

-- Saved here and not yet in a commit: the newest write per record (rules S4, S5).
CREATE TABLE outbox (
  collection TEXT NOT NULL, record TEXT NOT NULL, seq INTEGER NOT NULL,
  is_local INTEGER NOT NULL, body TEXT NOT NULL, saw TEXT NOT NULL,
  PRIMARY KEY (collection, record)
) WITHOUT ROWID;
CREATE INDEX outbox_by_seq ON outbox (collection, seq, record);

-- What was last put on, or taken from, this device for each record (rule S6).
CREATE TABLE shown (
  collection TEXT NOT NULL, record TEXT NOT NULL, place TEXT NOT NULL, mark TEXT NOT NULL,
  hash TEXT NOT NULL, versions TEXT NOT NULL,
  PRIMARY KEY (collection, record)
) WITHOUT ROWID;
CREATE INDEX shown_by_place ON shown (collection, place);

-- Records to look at again, in the order of the commits that touched them.
CREATE TABLE stale (
  collection TEXT NOT NULL, record TEXT NOT NULL, seq INTEGER NOT NULL, rank INTEGER NOT NULL,
  PRIMARY KEY (collection, record)
) WITHOUT ROWID;
CREATE INDEX stale_in_order ON stale (collection, seq, rank);

-- Fetched and not yet applied (rule S2).
CREATE TABLE waiting (
  collection TEXT NOT NULL, device TEXT NOT NULL, from_n INTEGER NOT NULL, to_n INTEGER NOT NULL,
  tag TEXT NOT NULL, needs TEXT NOT NULL, since INTEGER NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (collection, device, from_n, to_n)
);

-- Other devices. head: the newest head read of each, JSON without the tails; numbers: for each
-- collection the number that the head last read shows, which may be an older one.
CREATE TABLE peers (
  device TEXT PRIMARY KEY, tag TEXT, head TEXT, numbers TEXT, read_at INTEGER,
  older_since INTEGER, error TEXT
) WITHOUT ROWID;

-- Identities that ended, and where (rule S9).
CREATE TABLE ended (
  device TEXT NOT NULL, collection TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (device, collection)
) WITHOUT ROWID;

-- This device's segments and archives, and objects to remove later (rule F3).
CREATE TABLE segments (
  collection TEXT NOT NULL, id TEXT NOT NULL, is_archive INTEGER NOT NULL,
  from_n INTEGER NOT NULL, to_n INTEGER NOT NULL, size INTEGER NOT NULL, tag TEXT NOT NULL,
  PRIMARY KEY (collection, id)
) WITHOUT ROWID;
CREATE TABLE replaced (object_key TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID;

-- Nonces of heads this device wrote or tried to write (rule S9).
CREATE TABLE nonces (nonce TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;

-- Blobs known to be in the bucket (rule F5).
CREATE TABLE blobs (id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;

-- Archives of any device whose versions were read for history.
CREATE TABLE archives_read (id TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE notes (
  collection TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (collection, name)
) WITHOUT ROWID;

CREATE TABLE events (
  id INTEGER PRIMARY KEY, time INTEGER NOT NULL, kind TEXT NOT NULL, collection TEXT,
  message TEXT NOT NULL
);
`;

/** Creates the tables in a new file. @throws SatchelError `damaged` for a newer schema. */
export function prepareSchema(database: Database): void {
  const found = versionOf(database);
  if (found > SCHEMA_VERSION) {
    throw new SatchelError(
      'damaged',
      `The replica ${database.path} was written by a newer Satchel (schema ${found}; this one knows ${SCHEMA_VERSION}).`,
      { hint: 'Install the newer Satchel again.' },
    );
  }
  if (found === SCHEMA_VERSION) return;
  database.transaction(() => {
    if (versionOf(database) === SCHEMA_VERSION) return;
    database.exec(SCHEMA);
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  });
}

function versionOf(database: Database): number {
  const row = database.get('PRAGMA user_version');
  return row === undefined ? 0 : integer(row, 'user_version');
}
