/** Deletions that the guard holds for a person: listing them, and deciding (rule S8). */

import type { HeldDeletions } from '../api/held.ts';
import { isErrorKind, SatchelError } from '../base/errors.ts';
import { type Direction, heldRecords, holdOf } from '../replica/held.ts';
import { recordOf } from '../replica/records.ts';
import { shownOf } from '../replica/shown.ts';
import type { Trouble } from '../sync/kind.ts';
import { approveHeld, rejectHeld } from '../sync/release.ts';
import { findCollection, listCollections } from './collection-list.ts';
import type { AppContext } from './context.ts';
import { stateOf } from './seen-state.ts';
import { openForReading, type Session } from './session.ts';
import { openUnlessBusy, putOut, takeIn } from './settle.ts';
import { errorWords } from './trouble.ts';

export interface HeldTarget {
  /** Its name, or the beginning of its id; undefined for any. */
  readonly collection: string | undefined;
  /** Undefined for both. */
  readonly direction: Direction | undefined;
}

/** What waits, of one collection or of all on this device, in one direction or both. */
export function listHeld(session: Session, target: HeldTarget): HeldDeletions[] {
  return findHolds(session, target).map((hold) => {
    const records = recordsOf(session, hold);
    return {
      collection: hold.name,
      direction: hold.direction,
      since: new Date(hold.sinceMs).toISOString(),
      state: stateOf(records),
      paths: records.map((record) => pathOf(session, hold.id, record)).sort(),
    };
  });
}

/** In an order of their own: how they are held tells nothing. */
function recordsOf({ engine }: Session, { id, direction }: Hold): readonly string[] {
  return heldRecords(engine.db, id, direction).sort();
}

function pathOf({ engine }: Session, collection: string, record: string): string {
  const place = shownOf(engine.db, collection, record)?.place;
  const row = recordOf(engine.db, collection, record);
  const title = row === undefined ? undefined : engine.kindOf(collection)?.titleOf(row.fields);
  return place ?? title ?? record;
}

interface Hold {
  readonly id: string;
  readonly name: string;
  readonly direction: Direction;
  readonly sinceMs: number;
}

function findHolds(session: Session, { collection, direction }: HeldTarget): Hold[] {
  const listed =
    collection === undefined ? listCollections(session) : [findCollection(session, collection)];
  const directions: readonly Direction[] = direction === undefined ? ['out', 'in'] : [direction];
  return listed
    .filter(({ folder }) => folder !== undefined)
    .flatMap(({ id, name }) =>
      directions.flatMap((one) => {
        const hold = holdOf(session.engine.db, id, one);
        return hold === undefined ? [] : [{ id, name, direction: one, sinceMs: hold.sinceMs }];
      }),
    );
}

export type HeldDecision = 'approve' | 'reject';

export interface HeldOutcome {
  readonly collection: string;
  readonly direction: Direction;
  /** How many deletions go through, or how many records come back. */
  readonly count: number;
  /** False where the folder does not show it yet: the next round sees to that. */
  readonly isCarriedOut: boolean;
  /** What could not be brought into the folder. */
  readonly failed: readonly Trouble[];
}

/**
 * Decides about what is held, and brings that into the folder where no other Satchel works in the
 * home. What came back to the folder by itself meanwhile is taken in before.
 * @throws SatchelError `usage` where nothing is held, or it is not said which; as the kind's
 *   `takeIn` and `putOut`, where the decision is not taken, or not carried out yet.
 */
export async function decideHeld(
  context: AppContext,
  target: HeldTarget,
  decision: HeldDecision,
): Promise<HeldOutcome> {
  const work = await openUnlessBusy(context, 'held');
  if (work !== undefined) {
    try {
      return await decideHeldIn(work, target, decision);
    } finally {
      await work.close();
    }
  }
  const session = await openForReading(context);
  try {
    const hold = requireOneHold(findHolds(session, target));
    return { ...decideAbout(session, hold, decision), isCarriedOut: false, failed: [] };
  } finally {
    await session.close();
  }
}

/**
 * The same in a session that holds the home.
 * @param state what the person saw, as `listHeld` told it; undefined for whatever is held.
 * @throws SatchelError `attention` where others are held by now; nothing is decided then.
 */
export async function decideHeldIn(
  session: Session,
  target: HeldTarget,
  decision: HeldDecision,
  state?: string,
): Promise<HeldOutcome> {
  const hold = requireOneHold(findHolds(session, target));
  requireState(session, hold, state);
  await takeIn(session, hold.id);
  const decided = decideAbout(session, hold, decision);
  const put = await putOutIfReachable(session, hold.id);
  return { ...decided, isCarriedOut: put !== undefined, failed: put ?? [] };
}

function decideAbout(
  { engine }: Session,
  { id, name, direction }: Hold,
  decision: HeldDecision,
): Pick<HeldOutcome, 'collection' | 'direction' | 'count'> {
  const decide = decision === 'approve' ? approveHeld : rejectHeld;
  return { collection: name, direction, count: decide(engine, id, direction) };
}

/** Only a round adds to what is held, and none is under way here: what holds now holds to the end. */
function requireState(session: Session, hold: Hold, state: string | undefined): void {
  if (state === undefined || state === stateOf(recordsOf(session, hold))) return;
  throw new SatchelError('attention', `Other deletions wait in "${hold.name}" by now.`, {
    hint: 'Look at them once more. Nothing was decided.',
  });
}

function requireOneHold(holds: readonly Hold[]): Hold {
  const [hold, ...others] = holds;
  if (hold === undefined) {
    throw new SatchelError('usage', 'No deletions wait for you.', {
      hint: 'Run "satchel held" to see all that do, "satchel status" for the rest.',
    });
  }
  if (others.length === 0) return hold;
  const names = [...new Set(holds.map(({ name }) => name))];
  throw new SatchelError(
    'usage',
    names.length > 1
      ? `Deletions wait in several collections: ${names.join(', ')}.`
      : `Deletions made here and deletions made elsewhere wait in "${hold.name}".`,
    {
      hint:
        names.length > 1
          ? 'Name the collection.'
          : 'Add --out for those made here, or --in for those made elsewhere.',
    },
  );
}

/** Undefined where contents to be written have to wait for the bucket: the decision stands. */
async function putOutIfReachable(
  session: Session,
  collection: string,
): Promise<readonly Trouble[] | undefined> {
  try {
    return await putOut(session, collection);
  } catch (error) {
    if (!isErrorKind(error, 'unreachable')) throw error;
    session.context.notice(errorWords(error));
    return undefined;
  }
}
