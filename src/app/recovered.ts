/**
 * What a run that was killed left unfinished. The work that brings it in order is done where it
 * belongs (takeIn, publish, finishArrival); here it is put in words, so that a person knows.
 */
import { addEvent } from '../replica/events.ts';
import { deleteMeta, getMeta, getNote, setMeta } from '../replica/meta.ts';
import { nameOf } from './collection-list.ts';
import type { Session } from './session.ts';
import { pendingCount } from './unsent.ts';

/**
 * Notes that work begins, and tells what the run before left, in the log as well.
 * @param who such as `up (process 123)`.
 */
export function beginWork(session: Session, who: string): readonly string[] {
  const { engine } = session;
  const former = getMeta(engine.db, 'at-work');
  const words = former === undefined ? [] : leftBy(session, former);
  engine.db.transaction(() => {
    setMeta(engine.db, 'at-work', who);
    for (const message of words) {
      addEvent(engine.db, { time: engine.clock.now(), kind: 'recovered', message });
    }
  });
  return words;
}

/** The work ended in order: nothing is to be told at the next start. */
export function endWork({ engine }: Session): void {
  deleteMeta(engine.db, 'at-work');
}

function leftBy(session: Session, former: string): string[] {
  const { engine, open } = session;
  const words = [`The last run, ${former}, did not end in order.`];
  for (const id of open.keys()) {
    const name = nameOf(session, id);
    const pending = pendingCount(engine, id);
    const saves =
      pending === 1
        ? 'one save was not sent yet, and goes out now'
        : `${pending} saves were not sent yet, and go out now`;
    if (pending > 0) words.push(`${name}: ${saves}.`);
    if ((getNote(engine.db, id, 'kind:intentions') ?? '') !== '') {
      words.push(`${name}: files were being put in place; that is brought to its end.`);
    }
  }
  if (getMeta(engine.db, 'moving') !== undefined || getMeta(engine.db, 'arriving') !== undefined) {
    words.push('The move to another bucket was under way; it goes on.');
  }
  return words;
}
