/** What happened on this device, for `log`. */
import { eventsAfter } from '../replica/events.ts';
import { listCollections } from './collection-list.ts';
import type { Session } from './session.ts';

export interface LogEntry {
  /** Grows with each event of this device. */
  readonly id: number;
  /** ISO 8601. */
  readonly time: string;
  readonly kind: string;
  /** The name of the collection; null for what concerns the device. */
  readonly collection: string | null;
  readonly message: string;
}

/** The newest events after the given id, at most `limit`, oldest first. */
export function listEvents(session: Session, afterId: number, limit: number): LogEntry[] {
  const events = eventsAfter(session.engine.db, afterId, limit);
  if (events.length === 0) return [];
  const names = new Map(listCollections(session).map(({ id, name }) => [id, name]));
  return events.map(({ id, time, kind, collection, message }) => ({
    id,
    time: new Date(time).toISOString(),
    kind,
    collection: collection === undefined ? null : (names.get(collection) ?? collection),
    message,
  }));
}
