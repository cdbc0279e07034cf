/** What happened on this device, for `log`: in words, without content or secrets. */
import { type Database, integer, optionalText, text } from './database.ts';

export type EventKind =
  | 'published'
  | 'applied'
  | 'conflict'
  | 'resolved'
  | 'held'
  | 'approved'
  | 'rejected'
  | 'pruned'
  | 'failed'
  /** The bucket refused this device: its credentials, its rights or its key. */
  | 'refused'
  /** What a run that was killed left unfinished, and the next one brought in order. */
  | 'recovered'
  | 'warning'
  | 'device'
  | 'collection';

export interface Event {
  readonly id: number;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  readonly kind: string;
  readonly collection: string | undefined;
  readonly message: string;
}

const KEPT_MS = 90 * 24 * 60 * 60 * 1000;

export function addEvent(
  db: Database,
  event: {
    readonly time: number;
    readonly kind: EventKind;
    readonly collection?: string | undefined;
    readonly message: string;
  },
): void {
  db.run(
    'INSERT INTO events (time, kind, collection, message) VALUES (?, ?, ?, ?)',
    event.time,
    event.kind,
    event.collection ?? null,
    event.message,
  );
}

/** The newest events after a given id, oldest first; of one collection, where it is named. */
export function eventsAfter(
  db: Database,
  afterId: number,
  limit: number,
  collection?: string,
): Event[] {
  const isOfIt = collection === undefined ? '' : 'AND collection = ?';
  const values = collection === undefined ? [afterId] : [afterId, collection];
  return db
    .all(`SELECT * FROM events WHERE id > ? ${isOfIt} ORDER BY id DESC LIMIT ?`, ...values, limit)
    .reverse()
    .map((row) => ({
      id: integer(row, 'id'),
      time: integer(row, 'time'),
      kind: text(row, 'kind'),
      collection: optionalText(row, 'collection'),
      message: text(row, 'message'),
    }));
}

/** The id of the newest event; zero where there is none. */
export function newestEventId(db: Database): number {
  const row = db.get('SELECT coalesce(max(id), 0) AS id FROM events');
  return row === undefined ? 0 : integer(row, 'id');
}

/** When the oldest event that is kept happened; undefined where there is none. */
export function firstEventTime(db: Database): number | undefined {
  const row = db.get('SELECT min(time) AS time FROM events');
  return typeof row?.time === 'number' ? row.time : undefined;
}

export function dropOldEvents(db: Database, nowMs: number): void {
  db.run('DELETE FROM events WHERE time < ?', nowMs - KEPT_MS);
}
