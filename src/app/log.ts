/** What happened on this device, for `log`. */
import type { LogEntry } from '../api/events.ts';
import { eventsAfter, newestEventId } from '../replica/events.ts';
import { listCollections } from './collection-list.ts';
import type { Session } from './session.ts';

/**
 * The newest events after the given id, at most `limit`, oldest first.
 * @param collection only those of the collection with this id; undefined for all.
 */
export function listEvents(
  session: Session,
  afterId: number,
  limit: number,
  collection?: string,
): LogEntry[] {
  const events = eventsAfter(session.engine.db, afterId, limit, collection);
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

/** The id of the newest event; 0 where there is none. */
export function newestEvent({ engine }: Session): number {
  return newestEventId(engine.db);
}
