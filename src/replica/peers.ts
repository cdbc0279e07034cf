/** Other devices, the head last read of each, and fetched units that wait to be applied. */
import type { Clock } from '../format/commit.ts';
import type { Head } from '../format/head.ts';
import { blob, type Database, integer, optionalText, type Row, text } from './database.ts';

export interface Peer {
  readonly device: string;
  /** Store tag of the head last read; undefined asks for a whole read. */
  readonly tag: string | undefined;
  /** The newest head read, its tails left out. */
  readonly head: Head | undefined;
  /** For each collection the number in the head last read, which may be an older one. */
  readonly numbers: Readonly<Record<string, number>> | undefined;
  /** Milliseconds since the Unix epoch; undefined if not since this device took its identity. */
  readonly readAt: number | undefined;
  /** Since when the head is older than one seen before (rule S10). */
  readonly olderSince: number | undefined;
  /** Why the head could not be read the last time. */
  readonly error: string | undefined;
}

const COLUMNS = 'device, tag, head, numbers, read_at, older_since, error';

export function addPeer(db: Database, device: string): boolean {
  return db.run('INSERT OR IGNORE INTO peers (device) VALUES (?)', device) > 0;
}

export function removePeer(db: Database, device: string): void {
  db.run('DELETE FROM peers WHERE device = ?', device);
}

export function allPeers(db: Database): Peer[] {
  return db.all(`SELECT ${COLUMNS} FROM peers ORDER BY device`).map(toPeer);
}

export function peerOf(db: Database, device: string): Peer | undefined {
  const row = db.get(`SELECT ${COLUMNS} FROM peers WHERE device = ?`, device);
  return row === undefined ? undefined : toPeer(row);
}

export function updatePeer(db: Database, peer: Peer): void {
  db.run(
    'UPDATE peers SET tag = ?, head = ?, numbers = ?, read_at = ?, older_since = ?, error = ? WHERE device = ?',
    peer.tag ?? null,
    peer.head === undefined ? null : JSON.stringify(peer.head),
    peer.numbers === undefined ? null : JSON.stringify(peer.numbers),
    peer.readAt ?? null,
    peer.olderSince ?? null,
    peer.error ?? null,
    peer.device,
  );
}

/** Makes the next poll read every head whole: a collection was attached. */
export function forgetPeerTags(db: Database): void {
  db.run('UPDATE peers SET tag = NULL');
}

/** Makes the next poll read every head whole, and note which ones it has read since. */
export function forgetReads(db: Database): void {
  db.run('UPDATE peers SET tag = NULL, read_at = NULL, error = NULL');
}

/**
 * Forgets what the former bucket showed of each device, but for its name: nothing in the new one
 * counts as older than that (rule S10).
 */
export function forgetReadings(db: Database): void {
  for (const { device, head } of allPeers(db)) {
    updatePeer(db, { ...NEVER_READ, device, head: head && nameOnly(head) });
  }
}

function nameOnly({ moved: _moved, adopted: _adopted, ...head }: Head): Head {
  return { ...head, collections: {} };
}

const NEVER_READ = {
  tag: undefined,
  numbers: undefined,
  readAt: undefined,
  olderSince: undefined,
  error: undefined,
};

function toPeer(row: Row): Peer {
  const head = optionalText(row, 'head');
  const numbers = optionalText(row, 'numbers');
  const readAt = row.read_at;
  const olderSince = row.older_since;
  return {
    device: text(row, 'device'),
    tag: optionalText(row, 'tag'),
    head: head === undefined ? undefined : JSON.parse(head),
    numbers: numbers === undefined ? undefined : JSON.parse(numbers),
    readAt: typeof readAt === 'number' ? readAt : undefined,
    olderSince: typeof olderSince === 'number' ? olderSince : undefined,
    error: optionalText(row, 'error'),
  };
}

/** What a fetched unit is and needs; its body stays in the table until it is applied. */
export interface WaitingUnit {
  readonly collection: string;
  readonly device: string;
  readonly from: number;
  readonly to: number;
  /** The tag of commit `to`. */
  readonly tag: string;
  /** The clock that must be covered before it applies (rule S2). */
  readonly needs: Clock;
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
}

export function addWaiting(db: Database, unit: WaitingUnit, body: Uint8Array): void {
  db.run(
    `INSERT OR IGNORE INTO waiting (collection, device, from_n, to_n, tag, needs, since, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    unit.collection,
    unit.device,
    unit.from,
    unit.to,
    unit.tag,
    JSON.stringify(unit.needs),
    unit.since,
    body,
  );
}

export function waitingUnits(db: Database, collection: string): WaitingUnit[] {
  return db
    .all(
      'SELECT collection, device, from_n, to_n, tag, needs, since FROM waiting WHERE collection = ?',
      collection,
    )
    .map((row) => ({
      collection: text(row, 'collection'),
      device: text(row, 'device'),
      from: integer(row, 'from_n'),
      to: integer(row, 'to_n'),
      tag: text(row, 'tag'),
      needs: JSON.parse(text(row, 'needs')),
      since: integer(row, 'since'),
    }));
}

export function waitingBody(db: Database, unit: WaitingUnit): Uint8Array {
  const row = db.get(
    'SELECT body FROM waiting WHERE collection = ? AND device = ? AND from_n = ? AND to_n = ?',
    unit.collection,
    unit.device,
    unit.from,
    unit.to,
  );
  if (row === undefined) throw new Error(`no waiting unit ${unit.device} ${unit.from}-${unit.to}`);
  return blob(row, 'body');
}

export function removeWaiting(db: Database, unit: WaitingUnit): void {
  db.run(
    'DELETE FROM waiting WHERE collection = ? AND device = ? AND from_n = ? AND to_n = ?',
    unit.collection,
    unit.device,
    unit.from,
    unit.to,
  );
}
