/** How often something may be tried: by everyone who asks, and at secrets. */
import type { Clock } from '../base/ports.ts';
import { Refusal } from './refusal.ts';

export interface Rate {
  /** How many at once. */
  readonly burst: number;
  /** How many in the long run. */
  readonly perSecond: number;
}

/**
 * Counts requests of each caller, and lets through what the rate allows.
 * @returns seconds to wait, 0 for none.
 */
export function createRateLimit(clock: Clock, rate: Rate): (caller: string) => number {
  const callers = new Map<string, { left: number; atMs: number }>();
  return (caller) => {
    const nowMs = clock.monotonicMs();
    const known = callers.get(caller) ?? { left: rate.burst, atMs: nowMs };
    const regained = ((nowMs - known.atMs) / 1000) * rate.perSecond;
    const left = Math.min(rate.burst, known.left + regained);
    const isAllowed = left >= 1;
    callers.set(caller, { left: isAllowed ? left - 1 : left, atMs: nowMs });
    return isAllowed ? 0 : Math.ceil((1 - left) / rate.perSecond);
  };
}

const FREE_FAILURES = 2;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15 * 60_000;

/** Slows guessing: one try at a time for each name, and twice the wait with each that fails. */
export interface Attempts {
  /**
   * Runs a try.
   * @throws Refusal while it has to wait, or what the try throws.
   */
  run<T>(
    name: string,
    attempt: () => Promise<T>,
    isFailure: (error: unknown) => boolean,
  ): Promise<T>;
}

export function createAttempts(clock: Clock): Attempts {
  const failures = new Map<string, { count: number; nextMs: number }>();
  const running = new Set<string>();
  return {
    async run(name, attempt, isFailure) {
      const waitMs = (failures.get(name)?.nextMs ?? 0) - clock.monotonicMs();
      if (running.has(name)) throw tooFast('Another try is under way.', 1);
      if (waitMs > 0) throw tooFast('The last tries were refused.', Math.ceil(waitMs / 1000));
      running.add(name);
      try {
        const result = await attempt();
        failures.delete(name);
        return result;
      } catch (error) {
        if (isFailure(error)) {
          const count = (failures.get(name)?.count ?? 0) + 1;
          failures.set(name, { count, nextMs: clock.monotonicMs() + waitAfterMs(count) });
        }
        throw error;
      } finally {
        running.delete(name);
      }
    },
  };
}

/** People mistype: the first failures cost nothing. */
function waitAfterMs(failures: number): number {
  if (failures <= FREE_FAILURES) return 0;
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - FREE_FAILURES - 1));
}

function tooFast(message: string, seconds: number): Refusal {
  return new Refusal(429, 'refused', `${message} Nothing was tried this time.`, {
    hint: `Try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`,
    retryAfterSeconds: seconds,
  });
}
