/** The real clock and the real chance: the only place that makes them. */
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock, Random } from '../base/ports.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: async (delayMs, signal) => {
    try {
      await wait(delayMs, undefined, signal === undefined ? {} : { signal });
    } catch {
      // The signal ended the sleep: the port promises to resolve.
    }
  },
};

export const systemRandom: Random = {
  bytes: (count) => new Uint8Array(randomBytes(count)),
};
