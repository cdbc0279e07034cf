/**
 * The one retry policy. Stores send each request once and say in their errors whether sending
 * it again may help; this wrapper acts on that.
 *
 * | advice   | meaning                              | pauses                       | tries |
 * | -------- | ------------------------------------ | ---------------------------- | ----- |
 * | `soon`   | lost on the way, a server's bad moment | 200 ms, doubling           | 5     |
 * | `slower` | told to slow down                    | 1 s, doubling, at most 20 s  | 7     |
 * | `never`  | the same again would fail again      |                              | 1     |
 *
 * A pause is drawn evenly from the upper half of its length, so that devices which failed
 * together do not return together. All tries of one request count, whatever their advice, so a
 * request is sent at most 7 times. Every request of the contract may be sent twice without harm.
 */
import type { Clock, Random } from '../base/ports.ts';
import { type ObjectStore, type RetryAdvice, StoreError } from './store.ts';

interface Policy {
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  readonly tries: number;
}

const POLICIES: Readonly<Record<Exclude<RetryAdvice, 'never'>, Policy>> = {
  soon: { firstPauseMs: 200, longestPauseMs: 20_000, tries: 5 },
  slower: { firstPauseMs: 1_000, longestPauseMs: 20_000, tries: 7 },
};

export interface RetryPorts {
  readonly clock: Clock;
  readonly random: Random;
  /** Told each time that a request is about to be sent again. */
  readonly onRetry?: () => void;
}

/**
 * `store` with the policy above. Throws the last error once tries are used up. `close` ends
 * the pauses under way: their requests fail with the error they had.
 */
export function withRetry(store: ObjectStore, ports: RetryPorts): ObjectStore {
  const closing = new AbortController();
  const retrying = <T>(send: () => Promise<T>) => sendUntilDone(send, ports, closing.signal);
  return {
    name: store.name,
    get: (key, options) => retrying(() => store.get(key, options)),
    put: (key, body) => retrying(() => store.put(key, body)),
    list: (prefix) => retrying(() => store.list(prefix)),
    delete: (key) => retrying(() => store.delete(key)),
    close() {
      closing.abort();
      store.close();
    },
  };
}

async function sendUntilDone<T>(
  send: () => Promise<T>,
  ports: RetryPorts,
  signal: AbortSignal,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send();
    } catch (error) {
      const pauseMs = pauseAfter(error, tries, ports.random);
      if (pauseMs === undefined || signal.aborted) throw error;
      await ports.clock.sleep(pauseMs, signal);
      if (signal.aborted) throw error;
      ports.onRetry?.();
    }
  }
}

/** How long to wait after the given number of tries, or undefined to give up. */
function pauseAfter(error: unknown, tries: number, random: Random): number | undefined {
  if (!(error instanceof StoreError) || error.retry === 'never') return undefined;
  const policy = POLICIES[error.retry];
  if (tries >= policy.tries) return undefined;
  const fullPauseMs = Math.min(policy.longestPauseMs, policy.firstPauseMs * 2 ** (tries - 1));
  return Math.round(fullPauseMs * (0.5 + 0.5 * fraction(random)));
}

/** An even draw from 0 (included) to 1 (excluded). */
function fraction(random: Random): number {
  const [a = 0, b = 0] = random.bytes(2);
  return (a * 256 + b) / 65_536;
}
