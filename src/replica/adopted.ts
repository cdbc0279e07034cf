/** Objects in which this device keeps the commits of retired ones (rule S14). */
import type { Adopted, SegmentEntry } from '../format/head.ts';
import { type Database, integer, text } from './database.ts';

/** All of it, as heads tell it: for each device and collection, how far, and the objects. */
export function adoptedOf(db: Database): Adopted {
  const rows = db.all(
    `SELECT device, collection, id, is_archive, from_n, to_n, size, tag FROM adopted
     ORDER BY device, collection, from_n, to_n, id`,
  );
  const adopted: Adopted = {};
  for (const row of rows) {
    const device = text(row, 'device');
    const collection = text(row, 'collection');
    const collections = adopted[device] ?? {};
    adopted[device] = collections;
    const kept = collections[collection] ?? { n: 0, segments: [], archives: [] };
    collections[collection] = kept;
    const to = integer(row, 'to_n');
    const entry: SegmentEntry = [
      text(row, 'id'),
      integer(row, 'from_n'),
      to,
      integer(row, 'size'),
      text(row, 'tag'),
    ];
    if (integer(row, 'is_archive') === 1) kept.archives.push(entry);
    else {
      kept.segments.push(entry);
      kept.n = Math.max(kept.n, to);
    }
  }
  return adopted;
}

/** Notes an object that is in the bucket. Segments are added in the order of their numbers. */
export function addAdopted(
  db: Database,
  device: string,
  collection: string,
  [id, from, to, size, tag]: SegmentEntry,
  isArchive: boolean,
): void {
  db.run(
    `INSERT OR IGNORE INTO adopted (device, collection, id, is_archive, from_n, to_n, size, tag)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    device,
    collection,
    id,
    isArchive ? 1 : 0,
    from,
    to,
    size,
    tag,
  );
}

/** The number up to which a device's commits in a collection are kept; 0 for none. */
export function adoptedUpTo(db: Database, device: string, collection: string): number {
  const row = db.get(
    `SELECT coalesce(max(to_n), 0) AS n FROM adopted
     WHERE device = ? AND collection = ? AND is_archive = 0`,
    device,
    collection,
  );
  return row === undefined ? 0 : integer(row, 'n');
}

export function isAdopted(db: Database, device: string, collection: string, id: string): boolean {
  const row = db.get(
    'SELECT 1 FROM adopted WHERE device = ? AND collection = ? AND id = ?',
    device,
    collection,
    id,
  );
  return row !== undefined;
}

/**
 * Forgets the segments with what one device wrote in one collection from a number on: they are
 * written anew, and what is kept never has a gap.
 */
export function forgetAdoptedFrom(
  db: Database,
  device: string,
  collection: string,
  n: number,
): void {
  db.run(
    'DELETE FROM adopted WHERE device = ? AND collection = ? AND is_archive = 0 AND to_n >= ?',
    device,
    collection,
    n,
  );
}

/** Forgets all of it: under a new identity it is kept anew. */
export function forgetAdopted(db: Database): void {
  db.run('DELETE FROM adopted');
}
