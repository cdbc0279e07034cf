/** The clocks of one machine: a wall clock that may be wrong, a monotonic one, and pauses. */
import type { Clock } from '../../src/base/ports.ts';
import type { Generator } from './generator.ts';
import type { Owner, Scheduler } from './scheduler.ts';

/** What stays of a machine's time from one start of the program to the next. */
export interface MachineTime {
  /** How far the wall clock is from the true time, milliseconds. */
  offsetMs: number;
  /** How long the machine slept: its monotonic clock stood still, milliseconds. */
  sleptMs: number;
}

/** A busy machine wakes a program late; the loop of `watch` then ticks less often as well. */
const LATEST_TICK_MS = 4_000;

export function machineClock(
  scheduler: Scheduler,
  owner: Owner,
  time: MachineTime,
  dice: Generator,
): Clock {
  return {
    now: () => scheduler.now() + time.offsetMs,
    monotonicMs: () => scheduler.now() - time.sleptMs,
    sleep: (delayMs, signal) => {
      const lateMs = delayMs >= 250 && delayMs <= 1000 ? dice.below(LATEST_TICK_MS) : 0;
      return scheduler.pause(owner, delayMs + lateMs, signal);
    },
  };
}
