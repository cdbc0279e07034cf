/** This device's own objects in the bucket: segments, nonces of its head, blobs it relies on. */
import type { SegmentEntry } from '../format/head.ts';
import { type Database, integer, text } from './database.ts';
import { deleteMeta, getMeta, setMeta } from './meta.ts';

/** Segments (or archives) of a collection in order: id, from, to, bytes, tag of the last number. */
export function ownSegments(db: Database, collection: string, isArchive: boolean): SegmentEntry[] {
  return db
    .all(
      `SELECT id, from_n, to_n, size, tag FROM segments
       WHERE collection = ? AND is_archive = ? ORDER BY from_n, to_n, id`,
      collection,
      isArchive ? 1 : 0,
    )
    .map((row) => [
      text(row, 'id'),
      integer(row, 'from_n'),
      integer(row, 'to_n'),
      integer(row, 'size'),
      text(row, 'tag'),
    ]);
}

export function addOwnSegment(
  db: Database,
  collection: string,
  entry: SegmentEntry,
  isArchive: boolean,
): void {
  const [id, from, to, size, tag] = entry;
  db.run(
    'INSERT INTO segments (collection, id, is_archive, from_n, to_n, size, tag) VALUES (?, ?, ?, ?, ?, ?, ?)',
    collection,
    id,
    isArchive ? 1 : 0,
    from,
    to,
    size,
    tag,
  );
}

export function removeOwnSegment(db: Database, collection: string, id: string): void {
  db.run('DELETE FROM segments WHERE collection = ? AND id = ?', collection, id);
}

/** Forgets all own segments and archives: the next head is written from the replica alone. */
export function forgetOwnSegments(db: Database): void {
  db.run('DELETE FROM segments');
}

/** The last number of a collection that is in a segment; the tail comes after it. */
export function lastInSegments(db: Database, collection: string): number {
  const row = db.get(
    'SELECT coalesce(max(to_n), 0) AS last FROM segments WHERE collection = ? AND is_archive = 0',
    collection,
  );
  return row === undefined ? 0 : integer(row, 'last');
}

/** Until a head without them is acknowledged, replaced objects have no date. */
const NOT_YET = 8.64e15;

/** Notes an object that nothing needs any more, to be removed a day after that is published (F3). */
export function noteReplaced(db: Database, objectKey: string): boolean {
  const sql = 'INSERT OR IGNORE INTO replaced (object_key, since) VALUES (?, ?)';
  return db.run(sql, objectKey, NOT_YET) > 0;
}

/** Dates what was replaced: from now on the head in the bucket does not name it. */
export function dateReplaced(db: Database, nowMs: number): void {
  db.run('UPDATE replaced SET since = ? WHERE since = ?', nowMs, NOT_YET);
}

export function forgetReplaced(db: Database): void {
  db.run('DELETE FROM replaced');
}

export function replacedBefore(db: Database, timeMs: number, limit: number): string[] {
  return db
    .all('SELECT object_key FROM replaced WHERE since < ? ORDER BY since LIMIT ?', timeMs, limit)
    .map((row) => text(row, 'object_key'));
}

/** Dates an object that could not be removed as if it had just been replaced. */
export function postponeReplaced(db: Database, objectKey: string, nowMs: number): void {
  db.run('UPDATE replaced SET since = ? WHERE object_key = ?', nowMs, objectKey);
}

export function removeReplaced(db: Database, objectKey: string): void {
  db.run('DELETE FROM replaced WHERE object_key = ?', objectKey);
}

/**
 * How many nonces are remembered. A bucket may be put back to a copy that is months old: what this
 * device does not know there any more costs it its identity (rule S9).
 */
const NONCES_KEPT = 100_000;

export function addNonce(db: Database, nonce: string): void {
  db.transaction(() => {
    db.run(
      'INSERT INTO nonces (nonce, seq) SELECT ?, coalesce(max(seq), 0) + 1 FROM nonces',
      nonce,
    );
    db.run('DELETE FROM nonces WHERE seq <= (SELECT max(seq) FROM nonces) - ?', NONCES_KEPT);
  });
}

export function isOwnNonce(db: Database, nonce: string): boolean {
  return db.get('SELECT 1 FROM nonces WHERE nonce = ?', nonce) !== undefined;
}

export function forgetNonces(db: Database): void {
  db.run('DELETE FROM nonces');
}

/**
 * Notes that a blob is in the bucket: uploaded here, found there, or named by a current version.
 * One that is condemned is not relied on (rule S12).
 * @param uploadedMs when this device uploaded it; 0 where it did not.
 */
export function noteBlob(db: Database, id: string, uploadedMs: number): void {
  if (uploadedMs > 0) setUnsure(db, (ids) => ids.filter((one) => one !== id));
  db.run(
    `INSERT OR IGNORE INTO blobs (id, at)
     SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM condemned WHERE blob = ?)`,
    id,
    uploadedMs,
    id,
  );
}

/**
 * Notes that an upload of a blob failed. It may have torn what another device had put there whole:
 * whatever that one says of it, the blob counts as unknown until an upload from here succeeds.
 */
export function noteUnsureBlob(db: Database, id: string): void {
  setUnsure(db, (ids) => [...new Set([...ids, id])]);
}

function unsureBlobs(db: Database): readonly string[] {
  const ids = getMeta(db, 'unsure-blobs');
  return ids === undefined ? [] : JSON.parse(ids);
}

function setUnsure(db: Database, change: (ids: readonly string[]) => readonly string[]): void {
  const before = unsureBlobs(db);
  const ids = change(before);
  if (ids.length === before.length) return;
  if (ids.length === 0) deleteMeta(db, 'unsure-blobs');
  else setMeta(db, 'unsure-blobs', JSON.stringify(ids));
}

/** Forgets what is known of blobs in the bucket. Returns how many they were. */
export function forgetBlobs(db: Database): number {
  return db.run('DELETE FROM blobs');
}

/** Blobs that this device uploaded after the given time. */
export function blobsUploadedAfter(db: Database, timeMs: number): string[] {
  return db.all('SELECT id FROM blobs WHERE at > ?', timeMs).map((row) => text(row, 'id'));
}

export function isBlobKnown(db: Database, id: string): boolean {
  if (unsureBlobs(db).includes(id)) return false;
  return db.get('SELECT 1 FROM blobs WHERE id = ?', id) !== undefined;
}

/** Forgets every blob that is not in the bucket. Returns how many those were. */
export function forgetMissingBlobs(db: Database, isPresent: (id: string) => boolean): number {
  const known = db.all('SELECT id FROM blobs').map((row) => text(row, 'id'));
  const missing = known.filter((id) => !isPresent(id));
  for (const id of missing) forgetBlob(db, id);
  return missing.length;
}

/** Forgets that a blob is in the bucket: it has to go up once more. */
export function forgetBlob(db: Database, id: string): void {
  db.run('DELETE FROM blobs WHERE id = ?', id);
}

export function isArchiveRead(db: Database, id: string): boolean {
  return db.get('SELECT 1 FROM archives_read WHERE id = ?', id) !== undefined;
}

export function noteArchiveRead(db: Database, id: string): void {
  db.run('INSERT OR IGNORE INTO archives_read (id) VALUES (?)', id);
}
