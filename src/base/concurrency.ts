/** Doing several things at once, but not too many. */

/** How much may be under way at the same time. */
export interface Bounds<T> {
  readonly items: number;
  /** Together the items weigh no more, such as bytes in memory; a heavier one goes alone. */
  readonly weight: number;
  readonly weightOf: (item: T) => number;
}

/**
 * Runs `work` for each item, so many at a time, and resolves when all are done. The first failure
 * stops new work from starting and is thrown once the work under way has ended.
 */
export async function forEachConcurrently<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number | Bounds<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const bounds: Bounds<T> =
    typeof limit === 'number' ? { items: limit, weight: 0, weightOf: () => 0 } : limit;
  const running = new Set<Promise<void>>();
  let weight = 0;
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const item of items) {
      const own = bounds.weightOf(item);
      while (running.size > 0 && weight + own > bounds.weight) await Promise.race(running);
      if (failure !== undefined) break;
      weight += own;
      const task: Promise<void> = work(item)
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => {
          weight -= own;
          running.delete(task);
        });
      running.add(task);
      if (running.size >= bounds.items) await Promise.race(running);
    }
  } finally {
    // Also when the items themselves cannot be had: nothing goes on behind the caller's back.
    await Promise.all(running);
  }
  if (failure !== undefined) throw failure.error;
}
