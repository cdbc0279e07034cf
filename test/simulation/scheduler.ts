/**
 * Simulated time and the order of things. Whatever a device waits for (its disk, the bucket, a
 * pause) stands in one queue; the driver lets one at a time go on, picked by dice among those whose
 * time has come. So devices interleave in any way, and one seed repeats it.
 *
 * All that the engine does between two waits runs in microtasks: crypto and compression are the
 * synchronous ones. After each pick the driver lets them run to their end.
 */
import { setImmediate as drained } from 'node:timers/promises';
import type { Generator } from './generator.ts';
import type { Trace } from './trace.ts';

/** Somebody who waits: one life of a program on a machine, or the network. */
export interface Owner {
  readonly name: string;
  /** Never goes on again: it was killed. */
  isDead: boolean;
  /** Does not go on for now: the lid is closed. */
  isAsleep: boolean;
  /**
   * Called before it goes on, and what it is about to do; true where it was killed right there.
   */
  readonly dies?: (what: string) => boolean;
}

export interface Scheduler {
  /** Milliseconds since the Unix epoch: the true time, which no clock in the world need show. */
  now(): number;
  /** Resolves when it is this one's turn, `delayMs` from now at the earliest. */
  turn(owner: Owner, what: string, delayMs: number): Promise<void>;
  /** The same, ended early where the signal aborts. */
  pause(owner: Owner, delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Has something happen later, whoever lives by then. */
  later(owner: Owner, what: string, delayMs: number, act: () => void): void;
  /** Lets everyone go on until that time. */
  runUntil(timeMs: number): Promise<void>;
  /** Lets everyone go on until the promise is settled. @throws Error where nothing is left to do. */
  runUntilSettled<T>(promise: Promise<T>, what: string): Promise<T>;
  /** Lets this many waits end. */
  runPicks(count: number): Promise<void>;
  /** Lets time pass in which nobody does anything. */
  skip(durationMs: number): void;
  /** How many waits have ended. */
  readonly picks: number;
}

interface Waiting {
  readonly atMs: number;
  readonly owner: Owner;
  readonly what: string;
  readonly go: () => void;
}

/** More than this without an end means that something turns in a circle. */
const MAX_PICKS = 2_000_000;

export function createScheduler(startMs: number, dice: Generator, trace: Trace): Scheduler {
  let nowMs = startMs;
  let picks = 0;
  let waiting: Waiting[] = [];

  const enqueue = (entry: Waiting): void => {
    if (!entry.owner.isDead) waiting.push(entry);
  };
  const isReady = ({ atMs, owner }: Waiting): boolean => atMs <= nowMs && !owner.isAsleep;

  /** The next to go on, with time moved on to it; undefined where there is none up to `limitMs`. */
  const next = (limitMs: number): Waiting | undefined => {
    waiting = waiting.filter(({ owner }) => !owner.isDead);
    const awake = waiting.filter(({ owner }) => !owner.isAsleep);
    if (awake.length === 0) return undefined;
    const soonestMs = Math.min(...awake.map(({ atMs }) => atMs));
    if (soonestMs > limitMs) return undefined;
    nowMs = Math.max(nowMs, soonestMs);
    const ready = awake.filter(isReady);
    const chosen = ready.length === 1 ? ready[0] : dice.pick(ready);
    if (chosen !== undefined) waiting.splice(waiting.indexOf(chosen), 1);
    return chosen;
  };

  const step = async (limitMs: number): Promise<boolean> => {
    const chosen = next(limitMs);
    if (chosen === undefined) return false;
    picks += 1;
    if (picks > MAX_PICKS) throw new Error('the simulation does not come to its end');
    trace.note(`${nowMs} ${chosen.owner.name} ${chosen.what}`);
    if (chosen.owner.dies?.(chosen.what) === true) return true;
    chosen.go();
    await drained();
    return true;
  };

  return {
    now: () => nowMs,
    get picks() {
      return picks;
    },
    turn: (owner, what, delayMs) =>
      new Promise((go) => enqueue({ atMs: nowMs + delayMs, owner, what, go })),
    pause: (owner, delayMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) {
          enqueue({ atMs: nowMs, owner, what: 'pause', go: resolve });
          return;
        }
        const entry: Waiting = {
          atMs: nowMs + delayMs,
          owner,
          what: 'pause',
          go: () => {
            signal?.removeEventListener('abort', wake);
            resolve();
          },
        };
        const wake = (): void => {
          const index = waiting.indexOf(entry);
          if (index === -1) return;
          waiting.splice(index, 1);
          enqueue({ ...entry, atMs: nowMs });
        };
        signal?.addEventListener('abort', wake, { once: true });
        enqueue(entry);
      }),
    later: (owner, what, delayMs, go) => enqueue({ atMs: nowMs + delayMs, owner, what, go }),
    async runUntil(timeMs) {
      while (await step(timeMs));
      nowMs = Math.max(nowMs, timeMs);
    },
    async runUntilSettled(promise, what) {
      let isSettled = false;
      const settle = (): void => {
        isSettled = true;
      };
      promise.then(settle, settle);
      await drained();
      while (!isSettled) {
        if (await step(Number.POSITIVE_INFINITY)) continue;
        throw new Error(`nothing is left to wait for, and ${what} has not come to its end`);
      }
      return promise;
    },
    async runPicks(count) {
      for (let done = 0; done < count; done += 1) {
        if (!(await step(Number.POSITIVE_INFINITY))) return;
      }
    },
    skip(durationMs) {
      nowMs += durationMs;
    },
  };
}
