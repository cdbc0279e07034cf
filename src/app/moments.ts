/** How much was saved in a collection on which day, for a time line. */
import type { AnswerOf } from '../api/route.ts';
import type { momentsRoute } from '../api/time.ts';
import { type DayOfSaves, recordFurtherOn, savesByDay } from '../replica/moments.ts';
import type { Engine } from '../sync/engine.ts';

export type Moments = AnswerOf<typeof momentsRoute>;

const DAY_MS = 24 * 60 * 60 * 1000;
/** After so many versions others have their turn. */
const VERSIONS_AT_ONCE = 8_000;

/**
 * Saves by day, in order; days on which nothing was saved are left out.
 * @param aheadMs by which the days begin before those of UTC.
 */
export async function readMoments(
  engine: Engine,
  collection: string,
  aheadMs = 0,
): Promise<Moments> {
  const { db, clock } = engine;
  const days = new Map<number, DayOfSaves>();
  for (let after = ''; ; ) {
    const upTo = recordFurtherOn(db, collection, after, VERSIONS_AT_ONCE);
    for (const saves of savesByDay(db, collection, {
      afterRecord: after,
      upToRecord: upTo,
      aheadMs,
    })) {
      days.set(saves.day, added(days.get(saves.day), saves));
    }
    if (upTo === undefined) break;
    after = upTo;
    await clock.sleep(0);
  }
  const inOrder = [...days.values()].sort((a, b) => a.day - b.day);
  return {
    days: inOrder.map(({ day, ...counts }) => ({
      day: new Date(day * DAY_MS).toISOString().slice(0, 10),
      ...counts,
    })),
  };
}

function added(before: DayOfSaves | undefined, more: DayOfSaves): DayOfSaves {
  if (before === undefined) return more;
  return {
    day: more.day,
    written: before.written + more.written,
    deleted: before.deleted + more.deleted,
    bytes: before.bytes + more.bytes,
  };
}
