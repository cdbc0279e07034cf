/**
 * History that is let go (rule S12): which versions there are to choose from, and forgetting those
 * that were chosen. A version that was let go keeps its row, with `is_archived` 2, as long as some
 * object in the bucket holds it: so every later look finds it let go as well.
 */
import type { Version } from '../format/commit.ts';
import { type Database, integer, text } from './database.ts';
import { type Known, toKnown } from './versions.ts';

export interface PastVersion extends Known {
  /** When its commit was made, by its author's clock. */
  readonly committedMs: number;
}

/** Records of which more than the current versions are kept. */
export function recordsWithHistory(db: Database, collection: string): string[] {
  return db
    .all(
      `SELECT DISTINCT record FROM versions
       WHERE collection = ? AND is_current = 0 AND is_archived < 2`,
      collection,
    )
    .map((row) => text(row, 'record'));
}

/** Every version of a record that was not let go. */
export function pastVersionsOf(db: Database, collection: string, record: string): PastVersion[] {
  return db
    .all(
      `SELECT v.device, v.n, v.is_current, v.body, c.clock, c.own, c.time FROM versions v
       JOIN commits c ON c.collection = v.collection AND c.device = v.device AND c.n = v.n
       WHERE v.collection = ? AND v.record = ? AND v.is_archived < 2`,
      collection,
      record,
    )
    .map((row) => ({ ...toKnown(row), committedMs: integer(row, 'time') }));
}

/** Versions of a collection that take their content from another one: id of each, and of that. */
export function* sourcesIn(
  db: Database,
  collection: string,
): IterableIterator<readonly [id: string, source: string]> {
  const rows = db.each(
    `SELECT id, of_version FROM versions
     WHERE collection = ? AND of_version IS NOT NULL AND is_archived < 2`,
    collection,
  );
  for (const row of rows) yield [text(row, 'id'), text(row, 'of_version')];
}

/** Versions of a collection that were let go before. */
export function letGoBefore(db: Database, collection: string): string[] {
  return db
    .all('SELECT DISTINCT id FROM versions WHERE collection = ? AND is_archived = 2', collection)
    .map((row) => text(row, 'id'));
}

/** Versions of one record that were let go. */
export function letGoOf(db: Database, collection: string, record: string): ReadonlySet<string> {
  const rows = db.all(
    'SELECT id FROM versions WHERE collection = ? AND record = ? AND is_archived = 2',
    collection,
    record,
  );
  return new Set(rows.map((row) => text(row, 'id')));
}

/**
 * Marks versions as let go. Of this device's own only those in archives: the others are still to
 * be moved there, and are written again with the segment they are in until then.
 */
export function letGo(
  db: Database,
  collection: string,
  ids: Iterable<string>,
  self: string,
): number {
  return db.transaction(() => {
    let count = 0;
    for (const id of ids) {
      count += db.run(
        `UPDATE versions SET is_archived = 2 WHERE id = ? AND collection = ? AND is_current = 0
         AND (is_archived = 1 OR (is_archived = 0 AND device != ?))`,
        id,
        collection,
        self,
      );
    }
    return count;
  });
}

/** Forgets versions that were let go. */
export function forgetVersions(db: Database, collection: string, ids: Iterable<string>): void {
  db.transaction(() => {
    for (const id of ids) {
      db.run(
        'DELETE FROM versions WHERE id = ? AND collection = ? AND is_archived = 2',
        id,
        collection,
      );
    }
  });
}

export interface KeptVersion {
  readonly collection: string;
  readonly version: Version;
  readonly isCurrent: boolean;
}

/** Versions with blobs that were not let go, of all collections. */
export function* versionsWithBlobs(db: Database): IterableIterator<KeptVersion> {
  const rows = db.each(
    `SELECT collection, is_current, body FROM versions
     WHERE is_archived < 2 AND body ->> '$.blobs' IS NOT NULL`,
  );
  for (const row of rows) {
    yield {
      collection: text(row, 'collection'),
      version: JSON.parse(text(row, 'body')),
      isCurrent: integer(row, 'is_current') === 1,
    };
  }
}

/** The blobs by which versions name a content. Walks the table: for when the usual way failed. */
export function blobsWithContent(db: Database, hash: string): NonNullable<Version['blobs']>[] {
  return db
    .all(
      `SELECT DISTINCT body ->> '$.blobs' AS blobs FROM versions
       WHERE hash = ? AND body ->> '$.blobs' IS NOT NULL`,
      hash,
    )
    .map((row) => JSON.parse(text(row, 'blobs')));
}

/** Current versions in commits of a device whose content is, in part, condemned by anybody. */
export function condemnedCurrent(db: Database, collection: string, device: string): Known[] {
  return db
    .all(
      `SELECT v.device, v.n, v.is_current, v.body, c.clock, c.own FROM versions v
       JOIN commits c ON c.collection = v.collection AND c.device = v.device AND c.n = v.n
       WHERE v.collection = ? AND v.device = ? AND v.is_current = 1 AND EXISTS (
         SELECT 1 FROM json_each(v.body, '$.blobs') AS blob, condemned
         WHERE condemned.blob = blob.value ->> 0)`,
      collection,
      device,
    )
    .map(toKnown);
}

/** What waits to be published, of all collections. */
export function* outboxVersions(db: Database): IterableIterator<{
  readonly collection: string;
  readonly version: Version;
  readonly saw: readonly string[];
}> {
  for (const row of db.each('SELECT collection, body, saw FROM outbox')) {
    yield {
      collection: text(row, 'collection'),
      version: JSON.parse(text(row, 'body')),
      saw: JSON.parse(text(row, 'saw')),
    };
  }
}

/** Versions that the folder shows, and records whose deletion waits for a person. */
export function protectedIn(
  db: Database,
  collection: string,
): { readonly versions: ReadonlySet<string>; readonly records: ReadonlySet<string> } {
  const versions = new Set<string>();
  for (const row of db.each('SELECT versions FROM shown WHERE collection = ?', collection)) {
    for (const id of JSON.parse(text(row, 'versions'))) versions.add(id);
  }
  const held = db.all('SELECT record FROM held WHERE collection = ?', collection);
  return { versions, records: new Set(held.map((row) => text(row, 'record'))) };
}

/** Removes inline content that no version kept, and nothing in the outbox, has. Returns the bytes. */
export function dropUnusedContents(db: Database): number {
  return db.transaction(() => {
    const unused = `hash NOT IN (
        SELECT hash FROM versions WHERE hash IS NOT NULL AND is_archived < 2
        UNION SELECT body ->> '$.hash' FROM outbox WHERE body ->> '$.hash' IS NOT NULL)`;
    const row = db.get(
      `SELECT coalesce(sum(length(bytes)), 0) AS bytes FROM contents WHERE ${unused}`,
    );
    db.run(`DELETE FROM contents WHERE ${unused}`);
    return row === undefined ? 0 : integer(row, 'bytes');
  });
}
