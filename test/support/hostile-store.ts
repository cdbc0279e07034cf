/**
 * A bucket in the hands of somebody who means harm. Each device has a view of it, and each view may
 * be under an attack of its own, so that devices can be shown different things. Behind the views is
 * an honest store: when an attack ends, the bucket is what it would have been without it.
 */
import { bodyTooLong } from '../../src/store/checks.ts';
import {
  type GetOptions,
  type GetResult,
  type Listing,
  MAX_BODY_BYTES,
  type ObjectStore,
} from '../../src/store/store.ts';

/** What an attack does instead of what was asked; undefined, or left out, to be honest there. */
export interface Attack {
  readonly name: string;
  read?(key: string, options: GetOptions): Promise<GetResult | undefined> | GetResult | undefined;
  list?(prefix: string, honest: Listing): Listing;
  /** True to say that a body is stored, and to drop it. */
  swallows?(key: string): boolean;
}

/** Chooses objects by their keys. */
export type Which = (key: string) => boolean;

/** How one device sees the bucket. */
export interface HostileView extends ObjectStore {
  attack: Attack | undefined;
  /** The longest body that was allowed for each key that was read. */
  readonly allowed: Map<string, number | undefined>;
}

export interface HostileBucket {
  readonly honest: ObjectStore;
  view(): HostileView;
  /** Every key that was ever written. */
  keys(): readonly string[];
  /** All bodies ever put under a key, the oldest first. */
  past(key: string): readonly Uint8Array[];
  /** True where the bucket, and nobody else, did away with the object: swallowed, or before a restore. */
  isTaken(key: string): boolean;
  /** The whole bucket as it is now. */
  snapshot(): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Makes it what it was, for everybody and for good. */
  restore(state: ReadonlyMap<string, Uint8Array>): Promise<void>;
}

export function createHostileBucket(honest: ObjectStore): HostileBucket {
  const past = new Map<string, Uint8Array[]>();
  const taken = new Set<string>();
  return {
    honest,
    view: () => viewOf(honest, past, taken),
    keys: () => [...past.keys()],
    past: (key) => past.get(key) ?? [],
    isTaken: (key) => taken.has(key),
    async snapshot() {
      const state = new Map<string, Uint8Array>();
      for (const { key } of (await honest.list('')).objects) {
        const found = await honest.get(key);
        if (found.kind === 'found') state.set(key, found.body);
      }
      return state;
    },
    async restore(state) {
      for (const { key } of (await honest.list('')).objects) {
        taken.add(key);
        await honest.delete(key);
      }
      for (const [key, body] of state) {
        taken.delete(key);
        await honest.put(key, body);
      }
    },
  };
}

function viewOf(
  honest: ObjectStore,
  past: Map<string, Uint8Array[]>,
  taken: Set<string>,
): HostileView {
  const allowed = new Map<string, number | undefined>();
  const view: HostileView = {
    name: 'a hostile bucket',
    attack: undefined,
    allowed,
    async get(key, options = {}) {
      allowed.set(key, options.maxBytes);
      const answer = await view.attack?.read?.(key, options);
      if (answer === undefined) return await honest.get(key, options);
      return withinLimits(key, options, answer);
    },
    async put(key, body) {
      past.set(key, [...(past.get(key) ?? []), Uint8Array.from(body)]);
      if (view.attack?.swallows?.(key) === true) {
        taken.add(key);
        return { tag: undefined };
      }
      taken.delete(key);
      return await honest.put(key, body);
    },
    async list(prefix) {
      const listing = await honest.list(prefix);
      return view.attack?.list?.(prefix, listing) ?? listing;
    },
    async delete(key) {
      taken.delete(key);
      await honest.delete(key);
    },
    close: () => honest.close(),
  };
  return view;
}

/** What stands between any bucket and the engine: the contract cuts bodies off. */
function withinLimits(key: string, options: GetOptions, answer: GetResult): GetResult {
  const maxBytes = options.maxBytes ?? MAX_BODY_BYTES;
  if (answer.kind !== 'found' || answer.body.length <= maxBytes) return answer;
  throw bodyTooLong(key, maxBytes);
}

export function found(body: Uint8Array): GetResult {
  return { kind: 'found', body, tag: undefined };
}

const MISSING: GetResult = { kind: 'missing' };

/** Alters the bodies of some objects. */
export function altered(
  name: string,
  { honest }: HostileBucket,
  which: Which,
  change: (body: Uint8Array) => Uint8Array,
): Attack {
  return {
    name,
    async read(key) {
      if (!which(key)) return undefined;
      const answer = await honest.get(key);
      return answer.kind === 'found' ? found(change(answer.body)) : answer;
    },
  };
}

export function withFlippedBit(body: Uint8Array, at = Math.floor(body.length / 2)): Uint8Array {
  return withByte(body, at, (body[at] ?? 0) ^ 1);
}

export function withByte(body: Uint8Array, at: number, value: number): Uint8Array {
  const spoiled = Uint8Array.from(body);
  spoiled[at] = value;
  return spoiled;
}

/** Shows each object of a circle under the name of the one before it. */
export function swapped({ honest }: HostileBucket, keys: readonly string[]): Attack {
  return {
    name: `swaps ${keys.length} objects`,
    async read(key) {
      const index = keys.indexOf(key);
      const other = keys[(index + 1) % keys.length];
      return index < 0 || other === undefined ? undefined : await honest.get(other);
    },
  };
}

/** Shows some objects as they were `writesAgo` writes ago, or as they first were. */
export function replayed(bucket: HostileBucket, which: Which, writesAgo: number): Attack {
  return {
    name: `replays ${writesAgo} writes ago`,
    read(key) {
      const bodies = which(key) ? bucket.past(key) : [];
      const body = bodies.at(-1 - writesAgo) ?? bodies[0];
      return body === undefined ? undefined : found(body);
    },
  };
}

/** Shows the whole bucket as it was. */
export function rolledBack(state: ReadonlyMap<string, Uint8Array>): Attack {
  return {
    name: 'shows the bucket as it was',
    read(key) {
      const body = state.get(key);
      return body === undefined ? MISSING : found(body);
    },
    list: (prefix) => ({
      objects: [...state]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, body]) => ({ key, sizeBytes: body.length })),
      strange: [],
    }),
  };
}

/** Denies that some objects are there, in lists as well. */
export function hidden(which: Which): Attack {
  return {
    name: 'hides objects',
    read: (key) => (which(key) ? MISSING : undefined),
    list: (_prefix, { objects, strange }) => ({
      objects: objects.filter(({ key }) => !which(key)),
      strange,
    }),
  };
}

/** Answers with as much as the reader allows, and one byte more. */
export function endless(which: Which): Attack {
  return {
    name: 'never ends',
    read: (key, { maxBytes = MAX_BODY_BYTES }) =>
      which(key) ? found(new Uint8Array(maxBytes + 1)) : undefined,
  };
}

/** Answers differently each time: with the honest body, an older one, a torn one, none. */
export function changing({ honest, past }: HostileBucket, which: Which): Attack {
  let turn = 0;
  return {
    name: 'answers differently each time',
    async read(key) {
      if (!which(key)) return undefined;
      const answer = await honest.get(key);
      const [oldest] = past(key);
      turn += 1;
      if (answer.kind !== 'found' || oldest === undefined) return answer;
      const bodies = [
        answer.body.subarray(0, 50),
        answer.body,
        withFlippedBit(answer.body),
        oldest,
      ];
      const body = bodies[turn % (bodies.length + 1)];
      return body === undefined ? MISSING : found(body);
    },
  };
}

/** Says of every object that the caller has that it did not change. */
export function unchanging(which: Which): Attack {
  return {
    name: 'says that nothing changed',
    read: (key, { ifNoneMatch }) =>
      which(key) && ifNoneMatch !== undefined ? { kind: 'unchanged' } : undefined,
  };
}

/** Lists objects that nobody wrote, and answers reads of them with `body`. */
export function invented(keys: readonly string[], body: Uint8Array | undefined): Attack {
  const names = new Set(keys);
  return {
    name: `invents ${keys.length} objects`,
    read: (key) => {
      if (!names.has(key)) return undefined;
      return body === undefined ? MISSING : found(body);
    },
    list: (prefix, { objects, strange }) => ({
      objects: [
        ...objects,
        ...keys.filter((key) => key.startsWith(prefix)).map((key) => ({ key, sizeBytes: 7 })),
      ],
      strange,
    }),
  };
}

/** Lists everything twice, with sizes that are not so, and names that no Satchel writes. */
export function lyingLists(): Attack {
  return {
    name: 'lies in lists',
    list: (_prefix, { objects }) => ({
      objects: objects.flatMap(({ key }, index) => [
        { key, sizeBytes: index * 1_000_003 },
        { key, sizeBytes: 0 },
      ]),
      strange: ['heads/../../../etc/passwd', 'heads/\u001b[2Jx', 'heads/a b', 'heads/Ünïcode', ''],
    }),
  };
}

/** Says that writes were stored, and forgets them. */
export function swallowing(which: Which): Attack {
  return { name: 'swallows writes', swallows: which };
}
