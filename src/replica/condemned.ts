/** Blobs that a device has announced to delete: nobody relies on them any more (rule S12). */
import { type Database, text } from './database.ts';
import { deleteMeta, getMeta, setMeta } from './meta.ts';

/**
 * Takes over what a device condemns now. What is condemned counts no longer as known to be in the
 * bucket.
 * @param options.isWhole false adds to what it condemned before: the list may be an old one.
 * @returns whether something is condemned that was not before, by anybody.
 */
export function noteCondemned(
  db: Database,
  device: string,
  list: { readonly since: number; readonly blobs: readonly string[] },
  options: { readonly isWhole: boolean },
): boolean {
  return db.transaction(() => {
    const isNews = list.blobs.some((blob) => !isCondemned(db, blob));
    if (options.isWhole) db.run('DELETE FROM condemned WHERE device = ?', device);
    for (const blob of list.blobs) {
      db.run(
        'INSERT OR IGNORE INTO condemned (blob, device, since) VALUES (?, ?, ?)',
        blob,
        device,
        Math.trunc(list.since),
      );
    }
    db.run('DELETE FROM blobs WHERE id IN (SELECT blob FROM condemned)');
    return isNews;
  });
}

export function isCondemned(db: Database, blob: string): boolean {
  return db.get('SELECT 1 FROM condemned WHERE blob = ? LIMIT 1', blob) !== undefined;
}

export function condemnedBy(db: Database, device: string): string[] {
  return db
    .all('SELECT blob FROM condemned WHERE device = ? ORDER BY blob', device)
    .map((row) => text(row, 'blob'));
}

/** Blobs that other devices condemned after the given time: those devices see to them. */
export function condemnedByOthers(db: Database, self: string, afterMs: number): string[] {
  return db
    .all('SELECT DISTINCT blob FROM condemned WHERE device != ? AND since > ?', self, afterMs)
    .map((row) => text(row, 'blob'));
}

/** How far this device is with what it condemned. */
export interface Pruning {
  /** `announced`: to be deleted. `deleted`: still listed, for those who have not looked since. */
  readonly phase: 'announced' | 'deleted';
  /**
   * Since when the head in the bucket has said so, milliseconds since the Unix epoch; undefined
   * while that is not certain.
   */
  readonly sinceMs?: number;
  readonly objects: number;
  readonly bytes: number;
}

export function readPruning(db: Database): Pruning | undefined {
  const json = getMeta(db, 'pruning');
  return json === undefined ? undefined : JSON.parse(json);
}

export function writePruning(db: Database, pruning: Pruning): void {
  setMeta(db, 'pruning', JSON.stringify(pruning));
}

/** The head that announced it was not in the bucket all the time: the wait begins anew. */
export function restartPruning(db: Database): void {
  const pruning = readPruning(db);
  if (pruning === undefined) return;
  const { sinceMs: _uncertain, ...rest } = pruning;
  writePruning(db, rest);
}

/** Takes back what this device announced: its list is gone from the bucket. */
export function forgetOwnCondemned(db: Database, self: string): void {
  db.transaction(() => {
    deleteMeta(db, 'condemned');
    deleteMeta(db, 'pruning');
    db.run('DELETE FROM condemned WHERE device = ?', self);
  });
}
