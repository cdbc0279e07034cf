/**
 * Counts what a store is asked, in the terms providers bill. It belongs inside the retry
 * wrapper, so that every attempt counts.
 */
import type { ObjectStore } from './store.ts';

/** Requests by class, and the bytes of bodies (not of headers) in each direction. */
export interface RequestCounts {
  readonly get: number;
  readonly put: number;
  /** Each page of a listing is a request. A listing that fails counts as one. */
  readonly list: number;
  readonly delete: number;
  /** Bytes of bodies handed to `put`, whether or not it succeeded. */
  readonly bytesUp: number;
  /**
   * Bytes of bodies that `get` returned, plus the lengths of the keys that `list` returned: how a
   * listing is spelled differs from store to store, what it tells does not.
   */
  readonly bytesDown: number;
}

export interface MeteredStore extends ObjectStore {
  /** The counts since the meter was made. */
  snapshot(): RequestCounts;
  /** The counts since an earlier snapshot. */
  since(earlier: RequestCounts): RequestCounts;
}

/** `store`, with its requests counted as they are sent. */
export function withMeter(store: ObjectStore): MeteredStore {
  let counts: RequestCounts = { get: 0, put: 0, list: 0, delete: 0, bytesUp: 0, bytesDown: 0 };
  const count = (more: Partial<RequestCounts>) => {
    counts = combine(counts, more, 1);
  };
  return {
    name: store.name,

    async get(key, options) {
      count({ get: 1 });
      const result = await store.get(key, options);
      if (result.kind === 'found') count({ bytesDown: result.body.length });
      return result;
    },

    async put(key, body) {
      count({ put: 1, bytesUp: body.length });
      return store.put(key, body);
    },

    async list(prefix) {
      count({ list: 1 });
      const listing = await store.list(prefix);
      const names = [...listing.objects.map((object) => object.key), ...listing.strange];
      count({
        list: (listing.pages ?? 1) - 1,
        bytesDown: names.reduce((size, name) => size + Buffer.byteLength(name), 0),
      });
      return listing;
    },

    async delete(key) {
      count({ delete: 1 });
      return store.delete(key);
    },

    close: () => store.close(),
    snapshot: () => counts,
    since: (earlier) => combine(counts, earlier, -1),
  };
}

function combine(base: RequestCounts, other: Partial<RequestCounts>, sign: 1 | -1): RequestCounts {
  return {
    get: base.get + sign * (other.get ?? 0),
    put: base.put + sign * (other.put ?? 0),
    list: base.list + sign * (other.list ?? 0),
    delete: base.delete + sign * (other.delete ?? 0),
    bytesUp: base.bytesUp + sign * (other.bytesUp ?? 0),
    bytesDown: base.bytesDown + sign * (other.bytesDown ?? 0),
  };
}
