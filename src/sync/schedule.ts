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

/** How often to poll, milliseconds: a person may change each. */
export interface PollIntervals {
  /** Within two minutes of a save here. */
  readonly activeMs: number;
  /** Within a minute of a change elsewhere. */
  readonly remoteMs: number;
  readonly quietMs: number;
  /** After ten quiet minutes. */
  readonly idleMs: number;
}

export const POLL_INTERVALS: PollIntervals = {
  activeMs: 5 * SECOND,
  remoteMs: SECOND,
  quietMs: MINUTE,
  idleMs: 5 * MINUTE,
};

/** How long after the last poll the next one is due. */
export function pollDelayMs(state: PollState, intervals: PollIntervals = POLL_INTERVALS): number {
  if (state.failures > 0) return backOffMs(state.failures);
  if (state.nowMs - state.lastRemoteMs < MINUTE) return intervals.remoteMs;
  const idleMs = state.nowMs - Math.max(state.lastLocalMs, state.lastRemoteMs);
  if (idleMs < 2 * MINUTE) return intervals.activeMs;
  if (idleMs < 10 * MINUTE) return intervals.quietMs;
  return intervals.idleMs;
}

/** When a collection is carried without being asked to. */
export type Schedule =
  | { readonly kind: 'automatic' }
  | { readonly kind: 'hourly' }
  /** Minutes since local midnight. */
  | { readonly kind: 'daily'; readonly atMinutes: number }
  | { readonly kind: 'manual' };

/** Reads `automatic`, `hourly`, `daily 07:30` or `manual`; undefined where it is none of these. */
export function parseSchedule(text: string): Schedule | undefined {
  const word = text.trim();
  if (word === 'automatic' || word === 'hourly' || word === 'manual') return { kind: word };
  const time = /^daily ([01]\d|2[0-3]):([0-5]\d)$/.exec(word);
  if (time === null) return undefined;
  return { kind: 'daily', atMinutes: Number(time[1]) * 60 + Number(time[2]) };
}

/**
 * Whether a collection's turn has come.
 * @param lastMs when it was last carried, milliseconds since the Unix epoch; undefined for never.
 */
export function isScheduled(
  schedule: Schedule,
  lastMs: number | undefined,
  nowMs: number,
): boolean {
  if (schedule.kind === 'automatic') return true;
  if (schedule.kind === 'manual') return false;
  // A clock that was set back must not stop the schedule for as long.
  if (lastMs === undefined || lastMs > nowMs) return true;
  if (schedule.kind === 'hourly') return nowMs - lastMs >= 60 * MINUTE;
  return lastMs < latestOccurrence(schedule.atMinutes, nowMs);
}

/**
 * When a collection's turn comes next, milliseconds since the Unix epoch: now where it has come
 * already. Undefined where no time is set: `automatic` goes with every poll, `manual` with none.
 */
export function nextTurnMs(
  schedule: Schedule,
  lastMs: number | undefined,
  nowMs: number,
): number | undefined {
  if (schedule.kind === 'automatic' || schedule.kind === 'manual') return undefined;
  if (lastMs === undefined || isScheduled(schedule, lastMs, nowMs)) return nowMs;
  if (schedule.kind === 'hourly') return lastMs + 60 * MINUTE;
  const day = new Date(latestOccurrence(schedule.atMinutes, nowMs));
  // Days on which clocks are set are longer or shorter than others.
  day.setDate(day.getDate() + 1);
  return day.getTime();
}

/** The last moment, today or yesterday, at which local clocks showed the time. */
function latestOccurrence(atMinutes: number, nowMs: number): number {
  const day = new Date(nowMs);
  day.setHours(Math.floor(atMinutes / 60), atMinutes % 60, 0, 0);
  if (day.getTime() > nowMs) day.setDate(day.getDate() - 1);
  return day.getTime();
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
/** With each poll, for so long after a link was used: the new device is in no other head yet. */
export const EXPECT_DEVICE_MS = 10 * MINUTE;
/** The whole folder is looked through this often: watching may miss something. */
export const SCAN_EVERY_MS = 5 * MINUTE;
/** A jump of the wall clock against the monotonic one that counts as one: sleep, or a correction. */
export const CLOCK_JUMP_MS = 30 * SECOND;
