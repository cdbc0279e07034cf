/** The ports as tests need them: the real ones, and ones that a test can steer and repeat. */
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock, Random } from '../../src/base/ports.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (delayMs, signal) =>
    wait(delayMs, undefined, signal === undefined ? {} : { signal }).catch(() => {}),
};

export const systemRandom: Random = {
  bytes: (count) => new Uint8Array(randomBytes(count)),
};

export interface ManualClock extends Clock {
  /** Every pause asked for so far, in milliseconds. */
  readonly pausesMs: readonly number[];
  advance(byMs: number): void;
}

/** A clock that stands still, except that sleeping on it moves it at once. */
export function createManualClock(startMs: number): ManualClock {
  let nowMs = startMs;
  const pausesMs: number[] = [];
  return {
    pausesMs,
    now: () => nowMs,
    monotonicMs: () => nowMs - startMs,
    async sleep(delayMs) {
      pausesMs.push(delayMs);
      nowMs += delayMs;
    },
    advance(byMs) {
      nowMs += byMs;
    },
  };
}

/** A seed for `createSeededRandom`: from TEST_SEED to repeat a run, else a new one. */
export function chooseSeed(): number {
  const given = process.env.TEST_SEED;
  return given === undefined ? randomInt(2 ** 32) : Number(given);
}

/** Bytes that look random and are the same for the same seed: SHA-256 in counter mode. */
export function createSeededRandom(seed: number): Random {
  let counter = 0;
  return {
    bytes(count) {
      const bytes = new Uint8Array(count);
      for (let offset = 0; offset < count; offset += 32) {
        const block = createHash('sha256').update(`${seed}:${counter}`).digest();
        counter += 1;
        bytes.set(block.subarray(0, Math.min(32, count - offset)), offset);
      }
      return bytes;
    },
  };
}
