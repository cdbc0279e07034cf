/**
 * The bucket itself: what it holds now, what it held a while ago, and who wrote it. Requests reach
 * it through `store.ts`, which is where they go wrong.
 */
import { contentHash } from '../../src/base/hash.ts';

interface Past {
  readonly atMs: number;
  /** Undefined where the object was deleted, or not there yet. */
  readonly body: Uint8Array | undefined;
  readonly tag: string;
}

export interface Bucket {
  put(key: string, body: Uint8Array): void;
  delete(key: string): void;
  /** The body that stood under the key so long ago. */
  read(key: string, ageMs: number): { readonly body: Uint8Array; readonly tag: string } | undefined;
  list(
    prefix: string,
    ageMs: number,
  ): readonly { readonly key: string; readonly sizeBytes: number }[];
}

/** @param keptMs how long ago a read may look at most. */
export function createBucket(now: () => number, keptMs: number): Bucket {
  const objects = new Map<string, Past[]>();

  const write = (key: string, body: Uint8Array | undefined): void => {
    const tag = body === undefined ? '' : contentHash(body);
    const past = (objects.get(key) ?? []).filter(({ atMs }) => now() - atMs <= 2 * keptMs);
    const last = objects.get(key)?.at(-1);
    const kept = last === undefined || past.includes(last) ? past : [last, ...past];
    objects.set(key, [...kept, { atMs: now(), body, tag }]);
  };
  const at = (past: readonly Past[], ageMs: number): Past | undefined => {
    const timeMs = now() - ageMs;
    return past.findLast(({ atMs }) => atMs <= timeMs);
  };

  return {
    put: (key, body) => write(key, Uint8Array.from(body)),
    delete: (key) => write(key, undefined),
    read(key, ageMs) {
      const found = at(objects.get(key) ?? [], ageMs);
      return found?.body === undefined ? undefined : { body: found.body, tag: found.tag };
    },
    list(prefix, ageMs) {
      return [...objects]
        .filter(([key]) => key.startsWith(prefix))
        .flatMap(([key, past]) => {
          const body = at(past, ageMs)?.body;
          return body === undefined ? [] : [{ key, sizeBytes: body.length }];
        });
    },
  };
}
