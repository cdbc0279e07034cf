/** Single facts of the replica, and the collections worked on here. */
import { type Database, integer, text } from './database.ts';

/** Names of the facts kept in `meta`. */
export type MetaName =
  /** The program that last opened the replica, as the head names it. */
  | 'app'
  | 'clock-offset'
  /** The id of the object with what this device condemned (rule S12). */
  | 'condemned'
  /** How far this device is with what it condemned (see condemned.ts), JSON. */
  | 'pruning'
  /** When `watch` prunes next. */
  | 'prune-due'
  /** What the newest look at the whole bucket found that nothing needs (see app/prune.ts), JSON. */
  | 'prune-planned'
  /** The newest list of the whole bucket, summed up (see app/storage.ts), JSON. */
  | 'bucket-list'
  /** The daemon that works in the home, until it has ended in order. */
  | 'at-work'
  /** What the desktop was told of and is not gone yet, JSON. */
  | 'notified'
  /** When all devices' lists of condemned blobs were last read (rule S12). */
  | 'full-poll-at'
  /** Where this device took the repository, as its head tells it in the former bucket, JSON. */
  | 'moved'
  /** Where another device's head says that the repository went: to be followed, JSON. */
  | 'follow'
  /** Where this device is taking the repository: the bucket URL, with what only it needs. */
  | 'moving'
  /** The bucket URL that this home is switching to, until all is noted that the switch takes. */
  | 'arriving'
  /** Retired devices whose commits this one keeps (rule S14), JSON. */
  | 'adopting'
  /** How many keys this device had when it met what was sealed with one that it lacks. */
  | 'missing-key'
  /** Since when it has not met that any more. */
  | 'missing-key-unmet'
  | 'device'
  | 'repository'
  | 'head-change'
  | 'head-acknowledged'
  /** The nonce of the head that is known to have arrived in the bucket. */
  | 'head-nonce'
  | 'head-tried'
  | 'head-tag'
  | 'index'
  | 'sequence'
  /** The number of the newest change of what is shown here (see changes.ts). */
  | 'rev'
  /** The number from which on the changes of this replica are numbered. */
  | 'rev-first'
  | 'former'
  /**
   * Asks for a look at the blobs: `lost`, for the bucket lost objects; `look`, for this device was
   * away for long.
   */
  | 'put-back'
  /** Blobs whose last upload from here failed, JSON. */
  | 'unsure-blobs'
  /** Set once every tag of a head tells that the lists of condemned blobs it names were read. */
  | 'reads-lists'
  | 'unread-former'
  /** Since when this device cannot tell what its own head in the bucket means (rule S9). */
  | 'undecided-since'
  /** Where this device took the repository in a life that it does not remember (S9), JSON. */
  | 'moved-since'
  /** Links for a further device that were made here and are not known to be gone, JSON. */
  | 'links';

export function getMeta(db: Database, name: MetaName): string | undefined {
  return db.once('meta', name, () => {
    const row = db.get('SELECT value FROM meta WHERE name = ?', name);
    return row === undefined ? undefined : text(row, 'value');
  });
}

export function setMeta(db: Database, name: MetaName, value: string): void {
  db.run('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)', name, value);
}

export function deleteMeta(db: Database, name: MetaName): void {
  db.run('DELETE FROM meta WHERE name = ?', name);
}

/** The next number of the replica's own sequence, which orders the outbox and the stale list. */
export function nextSequence(db: Database): number {
  return db.transaction(() => {
    const next = Number(getMeta(db, 'sequence') ?? '0') + 1;
    setMeta(db, 'sequence', String(next));
    return next;
  });
}

/** Notes that the head in the bucket no longer says what this device knows. */
export function markHeadChanged(db: Database): void {
  setMeta(db, 'head-change', String(Number(getMeta(db, 'head-change') ?? '0') + 1));
}

export function addCollection(db: Database, collection: string, isReady: boolean): void {
  db.run(
    'INSERT OR IGNORE INTO collections (id, ready) VALUES (?, ?)',
    collection,
    isReady ? 1 : 0,
  );
}

export function markReady(db: Database, collection: string): void {
  db.run('UPDATE collections SET ready = 1 WHERE id = ?', collection);
}

export function markUnready(db: Database, collection: string): void {
  db.run('UPDATE collections SET ready = 0 WHERE id = ?', collection);
}

export function isReady(db: Database, collection: string): boolean {
  const row = db.get('SELECT ready FROM collections WHERE id = ?', collection);
  return row !== undefined && integer(row, 'ready') === 1;
}

export function collectionIds(db: Database): string[] {
  return db.all('SELECT id FROM collections ORDER BY id').map((row) => text(row, 'id'));
}

/** A small note of a kind's own, on this device only. */
export function getNote(db: Database, collection: string, name: string): string | undefined {
  const row = db.get('SELECT value FROM notes WHERE collection = ? AND name = ?', collection, name);
  return row === undefined ? undefined : text(row, 'value');
}

export function setNote(db: Database, collection: string, name: string, value: string): void {
  db.run(
    'INSERT OR REPLACE INTO notes (collection, name, value) VALUES (?, ?, ?)',
    collection,
    name,
    value,
  );
}

export function deleteNote(db: Database, collection: string, name: string): void {
  db.run('DELETE FROM notes WHERE collection = ? AND name = ?', collection, name);
}

/** Forgets what a kind noted about its folder; the engine's own notes stay. */
export function forgetKindNotes(db: Database, collection: string): void {
  db.run(`DELETE FROM notes WHERE collection = ? AND name LIKE 'kind:%'`, collection);
}
