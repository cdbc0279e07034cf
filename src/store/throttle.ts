/**
 * Keeps a store within a number of bytes per second and of transfers at once, so that Satchel
 * leaves room on a line that others use. It belongs between the retry wrapper and the meter:
 * every attempt costs bytes, and no pause of a retry holds a place.
 *
 * Bodies travel whole, so what is bounded is the average and not each instant: a body's bytes are
 * paid for before they are sent, and after they came, since only then their number is known. A
 * body of a second's worth or less passes at once on an idle line.
 */
import type { Clock } from '../base/ports.ts';
import { type ObjectStore, StoreError } from './store.ts';

/** Each undefined or left out where there is no bound; otherwise above 0. */
export interface ThrottleLimits {
  readonly upBytesPerSecond?: number | undefined;
  readonly downBytesPerSecond?: number | undefined;
  /** How many requests that may carry a body (reads and writes) are under way at once. */
  readonly transfers?: number | undefined;
}

export interface ThrottlePorts {
  readonly clock: Clock;
}

/** How much of the allowance an idle line saves up. */
const SAVED_MS = 1_000;
/** A changed limit is seen within this time by those who wait under the former one. */
const LONGEST_PAUSE_MS = 1_000;

/**
 * `store` within `limits`, which are asked at each use and so may change while it runs. Listings
 * and deletions, which carry no body, are not held up. `close` ends the waiting: a write that
 * still waits for its turn fails with an `unreachable` error, unsent.
 */
export function withThrottle(
  store: ObjectStore,
  limits: () => ThrottleLimits,
  ports: ThrottlePorts,
): ObjectStore {
  const closing = new AbortController();
  const up = createAllowance(() => limits().upBytesPerSecond, ports.clock, closing.signal);
  const down = createAllowance(() => limits().downBytesPerSecond, ports.clock, closing.signal);
  const places = createPlaces(() => limits().transfers);
  const assertOpen = () => {
    if (closing.signal.aborted) throw closedMeanwhile(store.name);
  };
  return {
    name: store.name,

    async get(key, options) {
      const result = await places.run(async () => {
        assertOpen();
        return await store.get(key, options);
      });
      if (result.kind === 'found') await down.pay(result.body.length);
      return result;
    },

    async put(key, body) {
      await up.pay(body.length);
      return await places.run(async () => {
        assertOpen();
        return await store.put(key, body);
      });
    },

    list: (prefix) => store.list(prefix),
    delete: (key) => store.delete(key),
    close() {
      closing.abort();
      store.close();
    },
  };
}

interface Allowance {
  /** Resolves once the bytes are paid for, in the order of asking; at once after the end. */
  pay(sizeBytes: number): Promise<void>;
}

/** A token bucket whose rate may change. Who owes more than there is pays in instalments. */
function createAllowance(
  bytesPerSecond: () => number | undefined,
  clock: Clock,
  end: AbortSignal,
): Allowance {
  let saved = Number.POSITIVE_INFINITY;
  let savedAtMs = clock.monotonicMs();
  let turn: Promise<void> = Promise.resolve();

  const refill = (rate: number) => {
    const nowMs = clock.monotonicMs();
    const most = (rate * SAVED_MS) / 1_000;
    saved = Math.min(most, saved + (rate * (nowMs - savedAtMs)) / 1_000);
    savedAtMs = nowMs;
  };

  const settle = async (sizeBytes: number) => {
    let owed = sizeBytes;
    while (!end.aborted) {
      const rate = bytesPerSecond();
      if (rate === undefined) return;
      refill(rate);
      const part = Math.min(owed, saved);
      saved -= part;
      owed -= part;
      if (owed <= 0) return;
      const pauseMs = Math.ceil((owed / rate) * 1_000);
      await clock.sleep(Math.min(LONGEST_PAUSE_MS, pauseMs), end);
    }
  };

  return {
    pay(sizeBytes) {
      if (sizeBytes === 0 || bytesPerSecond() === undefined) return Promise.resolve();
      const paid = turn.then(() => settle(sizeBytes));
      // Should one fail, those behind it have their turn all the same.
      turn = paid.catch(() => {});
      return paid;
    },
  };
}

interface Places {
  /** Runs `work` once there is a place for it, first come first served. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

function createPlaces(limit: () => number | undefined): Places {
  let taken = 0;
  const waiting: (() => void)[] = [];
  const admit = () => {
    while (waiting.length > 0 && taken < (limit() ?? Number.POSITIVE_INFINITY)) {
      taken += 1;
      waiting.shift()?.();
    }
  };
  return {
    async run(work) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        admit();
      });
      try {
        return await work();
      } finally {
        taken -= 1;
        admit();
      }
    },
  };
}

function closedMeanwhile(name: string): StoreError {
  return new StoreError('unreachable', `${name} was closed before the request was sent`, 'never', {
    hint: 'What is not yet published stays on this device and goes out next time.',
  });
}
