/**
 * The tables of a replica, as the steps that made them. `user_version` tells how many steps a file
 * has taken; a new file takes them all. Tests pin a hash of each step: one that was released is
 * never changed, and a change of the tables is one more step.
 */
import { SatchelError } from '../base/errors.ts';
import { type Database, integer, text } from './database.ts';

const FIRST_TABLES = `
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

/** The guard against mass changes, retired devices, pruning, and what the month has cost. */
const GUARD_ADOPTION_PRUNING_USAGE = `
-- Fields of a newer Satchel, JSON (rule F1).
ALTER TABLE commits ADD COLUMN unknown TEXT;

-- Deletions of late, by a person here (out) or arrived from elsewhere (in): the guard counts them
-- over ten minutes (rule S8).
CREATE TABLE deletions (
  collection TEXT NOT NULL, direction TEXT NOT NULL, record TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (collection, direction, record)
) WITHOUT ROWID;

-- Deletions that wait for a person: out, not published; in, not carried out on the disk (rule S8).
CREATE TABLE held (
  collection TEXT NOT NULL, direction TEXT NOT NULL, record TEXT NOT NULL, since INTEGER NOT NULL,
  PRIMARY KEY (collection, direction, record)
) WITHOUT ROWID;

-- Objects with commits of retired devices that this device keeps for them (rule S14).
CREATE TABLE adopted (
  device TEXT NOT NULL, collection TEXT NOT NULL, id TEXT NOT NULL, is_archive INTEGER NOT NULL,
  from_n INTEGER NOT NULL, to_n INTEGER NOT NULL, size INTEGER NOT NULL, tag TEXT NOT NULL,
  PRIMARY KEY (device, collection, id)
) WITHOUT ROWID;

-- Blobs that a device has announced to delete: nobody relies on them any more (rule S12).
CREATE TABLE condemned (
  blob TEXT NOT NULL, device TEXT NOT NULL, since INTEGER NOT NULL,
  PRIMARY KEY (blob, device)
) WITHOUT ROWID;

-- What was asked of the bucket, by month (such as 2026-11, UTC) and by what is counted.
CREATE TABLE usage (
  month TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,
  PRIMARY KEY (month, name)
) WITHOUT ROWID;
`;

/**
 * For programs that edit files here and follow what changes (see changes.ts and outbox.ts), and how
 * well this device keeps up (see daily.ts).
 */
const EDITORS_AND_DAYS = `
-- rev: the number of the change that brought what is shown; 1 for what was there before any counted.
ALTER TABLE shown ADD COLUMN rev INTEGER NOT NULL DEFAULT 1;
CREATE INDEX shown_by_rev ON shown (collection, rev);
INSERT INTO meta (name, value) VALUES ('rev', '1');

-- What was shown before: brought by the change since, ended by the change rev.
CREATE TABLE shown_before (
  collection TEXT NOT NULL, record TEXT NOT NULL, rev INTEGER NOT NULL, since INTEGER NOT NULL,
  place TEXT NOT NULL, mark TEXT NOT NULL, hash TEXT NOT NULL,
  PRIMARY KEY (collection, record, rev)
) WITHOUT ROWID;
CREATE INDEX shown_before_by_rev ON shown_before (collection, rev);
CREATE INDEX shown_before_by_place ON shown_before (collection, place, rev);

-- The order of a folder's entries as it was last told, and the number of its change.
CREATE TABLE orders (
  collection TEXT NOT NULL, folder TEXT NOT NULL, rev INTEGER NOT NULL, fields TEXT NOT NULL,
  PRIMARY KEY (collection, folder)
) WITHOUT ROWID;
CREATE INDEX orders_by_rev ON orders (collection, rev);

-- Orders that came before this step have no claim yet (see claimOf in sync/registry.ts).
UPDATE records SET claim = 'order/' || (fields ->> '$.collection') || '//' || (fields ->> '$.folder')
  WHERE collection = 'registry' AND is_live = 1 AND fields ->> '$.type' = 'order';

-- The seq of what was saved in one call, where it is to be published in one commit.
ALTER TABLE outbox ADD COLUMN together INTEGER;

-- What was asked of the bucket, by day (such as 2026-11-21, UTC) and by what is counted.
CREATE TABLE daily_usage (
  day TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,
  PRIMARY KEY (day, name)
) WITHOUT ROWID;

-- How many saves took how long until the bucket had them, by the day on which it did. Latencies are
-- rounded, so that a day has few rows.
CREATE TABLE daily_latencies (
  day TEXT NOT NULL, latency_ms INTEGER NOT NULL, saves INTEGER NOT NULL,
  PRIMARY KEY (day, latency_ms)
) WITHOUT ROWID;
`;

/** A record that is saved every half minute has a hundred thousand versions within months. */
const LONG_HISTORIES = `
CREATE INDEX versions_of_record ON versions (collection, record, is_current, time);

-- Records of which a version stands, or once stood, in several commits (rule S9a).
CREATE TABLE copied (
  collection TEXT NOT NULL, record TEXT NOT NULL,
  PRIMARY KEY (collection, record)
) WITHOUT ROWID;
INSERT INTO copied SELECT DISTINCT collection, record FROM versions
  GROUP BY collection, record, id HAVING count(*) > 1;

CREATE INDEX nonces_by_seq ON nonces (seq);
`;

/** What comes while a record is put out must not be taken for what was planned. */
const NEWS_OF_STALE = `
-- news: the sequence number of what marked the record last; seq stays that of the first.
ALTER TABLE stale ADD COLUMN news INTEGER NOT NULL DEFAULT 0;
`;

export const SCHEMA_STEPS: readonly string[] = [
  FIRST_TABLES,
  GUARD_ADOPTION_PRUNING_USAGE,
  EDITORS_AND_DAYS,
  LONG_HISTORIES,
  NEWS_OF_STALE,
];

export interface SchemaOptions {
  /**
   * Called before a file of an older schema is changed, to keep a copy of it as it is. The file is
   * locked for writing meanwhile, so the copy takes a connection of its own. Where it throws,
   * nothing is changed.
   */
  keepCopy(schema: number): void;
}

/**
 * Creates the tables in a new file, and brings an older one up to date.
 * @throws SatchelError `damaged` for a newer schema, naming the version to install.
 */
export function prepareSchema(database: Database, { keepCopy }: SchemaOptions): void {
  const newest = SCHEMA_STEPS.length;
  const found = stepsTaken(database);
  if (found > newest) throw newerSchema(database, found);
  if (found === newest) return;
  database.transaction(() => {
    // Another process may have done the same meanwhile: its copy is the one of the older schema.
    const taken = stepsTaken(database);
    if (taken >= newest) return;
    if (taken > 0) keepCopy(taken);
    for (const step of SCHEMA_STEPS.slice(taken)) database.exec(step);
    database.exec(`PRAGMA user_version = ${newest}`);
  });
}

function newerSchema(database: Database, found: number): SatchelError {
  const row = database.get(`SELECT value FROM meta WHERE name = 'app'`);
  const app = row === undefined ? 'a newer Satchel' : text(row, 'value');
  return new SatchelError(
    'damaged',
    `The replica ${database.path} was written by ${app} (schema ${found}; this one knows ${SCHEMA_STEPS.length}).`,
    {
      hint:
        `Install ${app} or newer again. An older copy may stand beside the replica; what was ` +
        'saved since then would be missing in it.',
    },
  );
}

function stepsTaken(database: Database): number {
  const row = database.get('PRAGMA user_version');
  return row === undefined ? 0 : integer(row, 'user_version');
}
