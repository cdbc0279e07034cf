/** S11: when to poll and when to publish. Pure; the loop that waits is in the app. */

export interface PollState {
  readonly nowMs: number;
  /** When something was last saved here. */
  readonly lastLocalMs: number;
  /** When something last came from another device. */
  readonly lastRemoteMs: number;
  /** Polls that failed in a row. */
  readonly failures: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** How long after the last poll the next one is due. */
export function pollDelayMs(state: PollState): number {
  if (state.failures > 0) return backOffMs(state.failures);
  if (state.nowMs - state.lastRemoteMs < MINUTE) return SECOND;
  const idleMs = state.nowMs - Math.max(state.lastLocalMs, state.lastRemoteMs);
  if (idleMs < 2 * MINUTE) return 5 * SECOND;
  if (idleMs < 10 * MINUTE) return MINUTE;
  return 5 * MINUTE;
}

const BACK_OFF_START_MS = 5 * SECOND;
const BACK_OFF_LIMIT_MS = 5 * MINUTE;

/** Doubling from five seconds to five minutes; the caller adds jitter. */
function backOffMs(failures: number): number {
  return Math.min(BACK_OFF_LIMIT_MS, BACK_OFF_START_MS * 2 ** (failures - 1));
}

/** Spreads devices that failed at the same moment: 50 to 100 % of the delay. `unit` is in 0..1. */
export function withJitter(delayMs: number, unit: number): number {
  return delayMs * (0.5 + unit / 2);
}

/** After a save: wait for a pause of a second, but not longer than five. */
export const PUBLISH_QUIET_MS = SECOND;
export const PUBLISH_LATEST_MS = 5 * SECOND;
/** One head is written at most this often. */
export const HEAD_SPACING_MS = 2 * SECOND;
/** `heads/` is listed at start and this often. */
export const LIST_EVERY_MS = 10 * MINUTE;
/** The whole folder is looked through this often: watching may miss something. */
export const SCAN_EVERY_MS = 5 * MINUTE;
/** A jump of the wall clock against the monotonic one that counts as one: sleep, or a correction. */
export const CLOCK_JUMP_MS = 30 * SECOND;
