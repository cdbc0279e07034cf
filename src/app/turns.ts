/** Whose turn it is among the collections of a home: their schedules, and what is paused. */
import type { SyncResult } from '../api/status.ts';
import { getNote, setNote } from '../replica/meta.ts';
import { isScheduled, nextTurnMs } from '../sync/schedule.ts';
import { nameOf } from './collection-list.ts';
import { isPaused, schedule } from './preferences.ts';
import type { Session } from './session.ts';
import { concernsAll } from './trouble.ts';

const TURN_NOTE = 'last-turn';

/**
 * The session with the collections only whose turn it is by their schedules.
 * @param heedsPauses true where those that a person paused are left out.
 */
export function scheduledPart(session: Session, heedsPauses: boolean): Session {
  const nowMs = session.context.clock.now();
  const settings = session.live();
  const open = [...session.open].filter(
    ([id]) =>
      !(heedsPauses && isPaused(settings, id)) &&
      isScheduled(schedule(settings, id), lastTurn(session, id), nowMs),
  );
  return open.length === session.open.size ? session : { ...session, open: new Map(open) };
}

/**
 * To be called after a round that asked the bucket. What could not be worked on, such as a folder
 * that is missing, has not had its turn: the next poll tries it again.
 */
export function noteTurns(session: Session, { collections }: SyncResult): void {
  const { engine, open, context, live } = session;
  const carried = new Set(
    collections.filter(({ failed }) => !failed.some(concernsAll)).map(({ name }) => name),
  );
  for (const id of open.keys()) {
    if (schedule(live(), id).kind === 'automatic' || !carried.has(nameOf(session, id))) continue;
    setNote(engine.db, id, TURN_NOTE, String(context.clock.now()));
  }
}

/**
 * When the collection's turn is next by its schedule, milliseconds since the Unix epoch; undefined
 * where nobody knows: it is paused or manual, or is carried with every poll.
 */
export function nextTurn(session: Session, collection: string): number | undefined {
  const settings = session.live();
  if (isPaused(settings, collection)) return undefined;
  const nowMs = session.context.clock.now();
  return nextTurnMs(schedule(settings, collection), lastTurn(session, collection), nowMs);
}

function lastTurn({ engine }: Session, collection: string): number | undefined {
  const last = getNote(engine.db, collection, TURN_NOTE);
  return last === undefined ? undefined : Number(last);
}
