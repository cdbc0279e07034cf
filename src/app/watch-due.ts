/**
 * When the loop of `watch` has something to do (rule S11), and how long it may sleep until then.
 * Pure: times are milliseconds of the monotonic clock.
 */
import {
  HEAD_SPACING_MS,
  PUBLISH_LATEST_MS,
  PUBLISH_QUIET_MS,
  SCAN_EVERY_MS,
} from '../sync/schedule.ts';

/** What the loop remembers of what it did and was told. */
export interface LoopTimes {
  readonly lastPollMs: number;
  readonly lastScanMs: number;
  readonly lastHeadMs: number;
  readonly failures: number;
  /** The delay before the next poll, chosen when the last one ended. */
  readonly delayMs: number;
  /** The first change that no round has sent; undefined for none. */
  readonly firstChangeMs: number | undefined;
  readonly lastChangeMs: number;
  /** Where the loop looks at the folders before it sends: when it last did, and how long it took. */
  readonly lastLookMs: number;
  readonly lookTookMs: number;
  /** True while a change was noticed in a folder and nobody has looked at it. */
  readonly isUnseen: boolean;
}

/** A poll, a round that only sends, or a look at folders that changed. */
export type Due = 'poll' | 'publish' | 'look';

/** A folder that changes all the time is looked at for a sixth of the time at most. */
const LOOK_PAUSES = 5;
const LOOK_SPACING_MS = 500;

interface Turn {
  readonly due: Due;
  readonly atMs: number;
}

/** What to do now; undefined for nothing yet. */
export function whatIsDue(times: LoopTimes, nowMs: number): Due | undefined {
  return turnsOf(times).find(({ atMs }) => atMs <= nowMs)?.due;
}

/** When there will be something to do, if nothing happens before. */
export function nextDueMs(times: LoopTimes): number {
  return Math.min(...turnsOf(times).map(({ atMs }) => atMs));
}

/** In the order in which they go first where several are due. */
function turnsOf(times: LoopTimes): readonly Turn[] {
  const { lastPollMs, delayMs, lastScanMs, lastHeadMs, firstChangeMs, lastChangeMs } = times;
  const turns: Turn[] = [
    { due: 'poll', atMs: lastPollMs + delayMs },
    { due: 'publish', atMs: lastScanMs + SCAN_EVERY_MS },
  ];
  // While the bucket cannot be reached, saves wait for the next poll.
  if (firstChangeMs !== undefined && times.failures === 0) {
    const settledMs = Math.min(lastChangeMs + PUBLISH_QUIET_MS, firstChangeMs + PUBLISH_LATEST_MS);
    turns.push({ due: 'publish', atMs: Math.max(settledMs, lastHeadMs + HEAD_SPACING_MS) });
  }
  if (times.isUnseen) {
    const pauseMs = Math.max(LOOK_SPACING_MS, times.lookTookMs * LOOK_PAUSES);
    turns.push({ due: 'look', atMs: times.lastLookMs + pauseMs });
  }
  return turns;
}
