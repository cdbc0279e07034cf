/** What the examinations of objects share: what they work with, and how long they wait to see. */
import type { Clock, Random } from '../../base/ports.ts';
import { type ObjectStore, StoreError } from '../../store/store.ts';
import { type Check, ok, problem, warning } from './check.ts';
import type { Scratch } from './scratch.ts';

export interface Bench {
  readonly store: ObjectStore;
  readonly scratch: Scratch;
  readonly clock: Clock;
  readonly random: Random;
  report(check: Check): void;
}

export type Attempt<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: StoreError };

/** The outcome of a request as data. Whatever is no `StoreError` is still thrown. */
export async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { kind: 'done', value: await work() };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { kind: 'failed', error };
  }
}

/** When something was seen: `delayMs` after the first look, or not within the doctor's patience. */
export type Seen =
  | { readonly kind: 'at-once' }
  | { readonly kind: 'late'; readonly delayMs: number }
  | { readonly kind: 'never' };

const FIRST_PAUSE_MS = 250;
/** What is not seen after this long will not be seen by other devices in time either. */
const PATIENCE_MS = 10_000;

/** Looks again and again for what a first look has shown, or has not. */
export async function untilSeen(
  clock: Clock,
  isSeenAtOnce: boolean,
  look: () => Promise<boolean>,
): Promise<Seen> {
  if (isSeenAtOnce) return { kind: 'at-once' };
  const startMs = clock.monotonicMs();
  for (let pauseMs = FIRST_PAUSE_MS; clock.monotonicMs() - startMs < PATIENCE_MS; pauseMs *= 2) {
    await clock.sleep(pauseMs);
    if (await look()) return { kind: 'late', delayMs: clock.monotonicMs() - startMs };
  }
  return { kind: 'never' };
}

export interface SeenWords {
  readonly atOnce: string;
  /** Goes on with how long it took. */
  readonly late: string;
  /** Goes on with how long was waited. */
  readonly never: string;
}

/** Late is a price, not a fault: nothing in sync relies on reading what was just written. */
export function seenCheck(id: string, seen: Seen, words: SeenWords): Check {
  switch (seen.kind) {
    case 'at-once':
      return ok(id, words.atOnce);
    case 'late':
      return warning(
        id,
        `${words.late} after ${inSeconds(seen.delayMs)}.`,
        'Nothing is lost by it; other devices see a save that much later.',
      );
    case 'never':
      return problem(
        id,
        `${words.never} after ${inSeconds(PATIENCE_MS)}.`,
        'Devices would not see what others save. Look for a cache before the bucket, or for ' +
          'copies of it that lag behind.',
      );
  }
}

/** The problem that a body is which came back as another one. */
export function altered(id: string): Check {
  return {
    ...problem(
      id,
      'What was read is not what was written.',
      'The service, or something on the way to it, alters data. Satchel would refuse what it reads.',
    ),
    kind: 'damaged',
  };
}

export function inSeconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
