/** A clock that a test moves by hand, while files, sockets and processes take the time they take. */
import { setTimeout as pass } from 'node:timers/promises';
import type { Clock } from '../../src/base/ports.ts';

export interface HandClock extends Clock {
  /** Moves both clocks on, and ends the pauses that are over by then. */
  advance(byMs: number): void;
  /** The computer slept, or somebody set the time: only the wall clock moves. */
  jump(byMs: number): void;
  /**
   * Moves the clock on, bit by bit, until the condition holds. How long the machine takes for that
   * decides nothing, unless it takes minutes.
   */
  until(what: string, condition: () => boolean, stepMs?: number): Promise<void>;
  /** Moves it on as long as work goes on that pauses. */
  during<T>(work: Promise<T>): Promise<T>;
  /** Lets so much time pass, in steps after each of which others do what they have to. */
  live(forMs: number, stepMs: number): Promise<void>;
  /** Pauses asked for so far. */
  readonly pauses: number;
}

const PATIENCE = 12_000;

export function createHandClock(startMs: number): HandClock {
  let monotonicMs = 0;
  let aheadMs = 0;
  let pauses = 0;
  const sleepers = new Map<() => void, number>();

  const advance = (byMs: number): void => {
    monotonicMs += byMs;
    for (const [wake, atMs] of [...sleepers]) if (atMs <= monotonicMs) wake();
  };

  const until: HandClock['until'] = async (what, condition, stepMs = 50) => {
    for (let turn = 0; turn < PATIENCE; turn += 1) {
      if (condition()) return;
      advance(stepMs);
      await pass(5);
    }
    throw new Error(`in vain: ${what}`);
  };

  return {
    get pauses() {
      return pauses;
    },
    now: () => startMs + monotonicMs + aheadMs,
    monotonicMs: () => monotonicMs,
    sleep(delayMs, signal) {
      pauses += 1;
      return new Promise((resolve) => {
        const wake = (): void => {
          sleepers.delete(wake);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        if (signal?.aborted === true) return resolve();
        sleepers.set(wake, monotonicMs + delayMs);
        signal?.addEventListener('abort', wake);
      });
    },
    advance,
    jump(byMs) {
      aheadMs += byMs;
    },
    until,
    async during(work) {
      let isOver = false;
      const end = (): void => {
        isOver = true;
      };
      work.then(end, end);
      await until('the end of the work', () => isOver);
      return await work;
    },
    async live(forMs, stepMs) {
      for (let passedMs = 0; passedMs < forMs; passedMs += stepMs) {
        advance(stepMs);
        await pass(10);
      }
    },
  };
}
