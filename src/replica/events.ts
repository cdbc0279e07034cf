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

/** The newest events after a given id, oldest first. */
export function eventsAfter(db: Database, afterId: number, limit: number): Event[] {
  return db
    .all('SELECT * FROM events WHERE id > ? ORDER BY id DESC LIMIT ?', afterId, limit)
    .reverse()
    .map((row) => ({
      id: integer(row, 'id'),
      time: integer(row, 'time'),
      kind: text(row, 'kind'),
      collection: optionalText(row, 'collection'),
      message: text(row, 'message'),
    }));
}

export function dropOldEvents(db: Database, nowMs: number): void {
  db.run('DELETE FROM events WHERE time < ?', nowMs - KEPT_MS);
}
