/**
 * A clock for real work in this process that runs ahead while all of it only waits: an hour of
 * pauses takes no longer than the work between them.
 */
import type { Clock } from '../../src/base/ports.ts';

export interface PumpedClock extends Clock {
  stop(): void;
}

/** @param alwaysAsleep how many pauses run at the same time while there is work. */
export function createPumpedClock(startMs: number, alwaysAsleep: number): PumpedClock {
  let nowMs = startMs;
  let isStopped = false;
  const sleepers = new Map<() => void, number>();
  const pump = (): void => {
    const next = Math.min(...sleepers.values());
    if (sleepers.size > alwaysAsleep) {
      nowMs = Math.max(nowMs, next);
      for (const [wake, atMs] of sleepers) if (atMs <= nowMs) wake();
    }
    if (!isStopped) setImmediate(pump);
  };
  setImmediate(pump);
  return {
    now: () => nowMs,
    monotonicMs: () => nowMs - startMs,
    sleep: (delayMs, signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          sleepers.delete(wake);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        if (signal?.aborted) return resolve();
        sleepers.set(wake, nowMs + delayMs);
        signal?.addEventListener('abort', wake);
      }),
    stop() {
      isStopped = true;
    },
  };
}
