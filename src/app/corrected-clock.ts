/**
 * The wall clock, corrected by what the bucket's server says where the two are far apart: stamps
 * and policies of several devices are compared, and one device's wrong clock would win or lose
 * every comparison.
 */
import type { Clock } from '../base/ports.ts';

/** Smaller differences are left alone: they are the network's as much as the clock's. */
export const CLOCK_TOLERATED_MS = 5 * 60 * 1000;
/** A new difference is only taken over where it is not just the age of an answer. */
const WORTH_NOTING_MS = 60 * 1000;
/** A server whose own clock was never set tells the beginning of its epoch, or any time at all. */
const PLAUSIBLE_FROM_MS = Date.UTC(2025, 0, 1);
const PLAUSIBLE_UP_TO_MS = Date.UTC(2100, 0, 1);

export interface CorrectedClock extends Clock {
  /** What is added to this machine's clock, milliseconds: zero up to the tolerated difference. */
  offsetMs(): number;
  /**
   * The server's time, milliseconds since the Unix epoch, as it has just come with an answer. One
   * that cannot be true is passed over.
   */
  noteServerDate(dateMs: number): void;
  /**
   * The server's own time, as near as its last answer tells it, for what two devices have to agree
   * on to the minute; where it told none, as with a folder, `now()`.
   */
  serverNow(): number;
}

/**
 * @param knownOffsetMs the correction when this device last asked the bucket.
 * @param onChange told about each new correction, zero included.
 */
export function correctedClock(
  clock: Clock,
  knownOffsetMs: number,
  onChange: (offsetMs: number) => void,
): CorrectedClock {
  let offsetMs = knownOffsetMs;
  let told: { readonly dateMs: number; readonly atMs: number } | undefined;
  return {
    now: () => clock.now() + offsetMs,
    monotonicMs: () => clock.monotonicMs(),
    sleep: (delayMs, signal) => clock.sleep(delayMs, signal),
    offsetMs: () => offsetMs,
    serverNow: () =>
      told === undefined ? clock.now() + offsetMs : told.dateMs + (clock.monotonicMs() - told.atMs),
    noteServerDate(dateMs) {
      if (dateMs < PLAUSIBLE_FROM_MS || dateMs > PLAUSIBLE_UP_TO_MS) return;
      told = { dateMs, atMs: clock.monotonicMs() };
      const difference = dateMs - clock.now();
      // A clock at the very border would otherwise be corrected and not, answer by answer.
      const tolerated = CLOCK_TOLERATED_MS - (offsetMs === 0 ? 0 : WORTH_NOTING_MS);
      const next = Math.abs(difference) > tolerated ? difference : 0;
      const isNew = next === 0 ? offsetMs !== 0 : Math.abs(next - offsetMs) > WORTH_NOTING_MS;
      if (!isNew) return;
      offsetMs = next;
      onChange(next);
    },
  };
}

/** What a person is told of a clock that is corrected by so much. */
export function clockWarning(offsetMs: number): string {
  const direction = offsetMs > 0 ? 'behind' : 'ahead';
  return (
    `The clock of this computer is ${amountOf(Math.abs(offsetMs))} ${direction}; saves are dated ` +
    "by the bucket's time until it is set right."
  );
}

function amountOf(differenceMs: number): string {
  const minutes = Math.round(differenceMs / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
