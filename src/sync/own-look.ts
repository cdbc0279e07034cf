/** When this program last looked at its own head: nothing is published over what is there unseen. */

import { MissingKeyError } from '../format/seal.ts';
import { outboxCount } from '../replica/outbox.ts';
import { type Engine, selfId, workedOn } from './engine.ts';
import { isHeadChanged } from './head.ts';
import { checkOwnHead } from './own-head.ts';
import { isUndecided, UndecidedError } from './undecided.ts';

/** For so long saves go out without another look (rule S9). */
const LOOK_LASTS_MS = 60 * 1000;

/** By both clocks: a machine that stood still for a day may not count the day on one of them. */
interface Look {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** Not in the replica: one that is put back to an earlier day would remember looks that it made. */
const lastLooks = new WeakMap<Engine, Look>();

/**
 * Looks at the own head, and notes that.
 * @returns as `checkOwnHead`.
 * @throws SatchelError as `checkOwnHead`.
 */
export async function lookAtOwnHead(engine: Engine): Promise<boolean> {
  const isCurrent = await checkOwnHead(engine);
  lastLooks.set(engine, timeOf(engine));
  return isCurrent;
}

/**
 * S9: what a round without a poll has to know before it publishes. Looks at the own head, unless
 * that was done within the minute or nothing waits to be published.
 * @returns false where nothing is to be published in this round: nothing waits, or what was found
 *   has to be read before.
 * @throws SatchelError as `checkOwnHead`, but for what tells nothing yet.
 */
export async function mayPublishUnpolled(
  engine: Engine,
  { lookFirst }: { readonly lookFirst: boolean },
): Promise<boolean> {
  const isWaiting = workedOn(engine).some((id) => outboxCount(engine.db, id) > 0);
  if (!isWaiting && !isHeadChanged(engine)) return false;
  // The next poll looks, and asks for much more while nothing is decided.
  if (isUndecided(engine)) return false;
  if (!lookFirst && isLookRecent(engine)) return true;
  const self = selfId(engine);
  try {
    await lookAtOwnHead(engine);
  } catch (error) {
    // The next poll tells.
    if (error instanceof MissingKeyError || error instanceof UndecidedError) return false;
    throw error;
  }
  if (selfId(engine) === self) return true;
  lastLooks.delete(engine);
  return false;
}

/** A clock that went back tells nothing. */
function isLookRecent(engine: Engine): boolean {
  const last = lastLooks.get(engine);
  if (last === undefined) return false;
  const now = timeOf(engine);
  const agesMs = [now.wallMs - last.wallMs, now.monotonicMs - last.monotonicMs];
  return agesMs.every((ageMs) => ageMs >= 0 && ageMs < LOOK_LASTS_MS);
}

function timeOf({ machineClock }: Engine): Look {
  return { wallMs: machineClock.now(), monotonicMs: machineClock.monotonicMs() };
}
