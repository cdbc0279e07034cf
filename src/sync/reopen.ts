/**
 * Taking a choice back: the sides of a conflict stand beside each other again, on all devices.
 *
 * What was chosen may be with others by now, and it supersedes the sides for good. So each side is
 * written once more, as a version of its own that supersedes the choice (rule S1) and names the
 * sides written before it in `beside`: whoever reads these commits has the conflict again. What was
 * chosen stays in the history. One side alone is what a record showed before a version of its
 * history was brought back.
 */
import { SatchelError } from '../base/errors.ts';
import { outboxEntry } from '../replica/outbox.ts';
import { versionsOf } from '../replica/versions.ts';
import { keep, settle } from './choose.ts';
import { commitEntries } from './commit.ts';
import type { Engine } from './engine.ts';
import type { Placed } from './merge.ts';
import { stateOf } from './records.ts';

/**
 * @param chosen the version that settled the conflict, in a commit already.
 * @param sides the versions of the sides, the one that this device showed first.
 * @param name what the record was called; undefined to leave that as it is.
 * @throws SatchelError `attention` where the record shows something else by now, or a side is not
 *   known; `damaged` where the content of a side is not to be had.
 */
export function reopenConflict(
  engine: Engine,
  collection: string,
  record: string,
  chosen: string,
  sides: readonly string[],
  name?: string,
): void {
  const { db } = engine;
  db.durableTransaction(() => {
    requireShown(engine, collection, record, chosen);
    const known = versionsOf(db, collection, record);
    const placed = sides.map((id) => requireKnown(known, id));
    // The last one written is the one that waits in the outbox, and is shown here.
    for (const side of placed.toReversed()) {
      commitPending(engine, collection, record);
      const state = stateOf(engine, collection, record);
      const outcome = { ...keep(engine, state, side), saw: [chosen], again: side.version };
      settle(engine, collection, state, outcome, name);
    }
  });
}

function requireKnown(known: readonly Placed[], id: string): Placed {
  const found = known.find(({ version }) => version.id === id);
  if (found !== undefined) return found;
  throw new SatchelError('attention', 'A side is not in the history any more.', {
    hint: 'Restore what there is of it: "satchel versions" lists that.',
  });
}

/** @throws SatchelError `attention` where the record shows anything but a version in a commit. */
export function requireShown(
  engine: Engine,
  collection: string,
  record: string,
  chosen: string,
): void {
  const { pending, committed } = stateOf(engine, collection, record);
  const [current, ...others] = committed;
  if (pending === undefined && current?.version.id === chosen && others.length === 0) return;
  throw new SatchelError('attention', 'It was changed since then.', {
    hint: 'Its versions are in the history: restore the one that you want.',
  });
}

function commitPending(engine: Engine, collection: string, record: string): void {
  const pending = outboxEntry(engine.db, collection, record);
  if (pending !== undefined) commitEntries(engine, collection, [pending]);
}
