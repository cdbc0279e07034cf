/** S9: what a device finds of its own life in a head under its identity that it did not write. */
import type { Commit } from '../format/commit.ts';
import type { Head, HeadCollection, SegmentEntry } from '../format/head.ts';
import { tagOf } from '../format/ids.ts';
import { archiveKey, segmentKey } from '../format/object-keys.ts';
import { MissingKeyError } from '../format/seal.ts';
import { appliedUpTo } from '../replica/clocks.ts';
import { isBucketDamaged } from '../replica/database.ts';
import { collectionIds } from '../replica/meta.ts';
import { commitsOf } from '../replica/versions.ts';
import { type Engine, selfId } from './engine.ts';
import { readSegment } from './fetch.ts';
import { type Chains, chainOf, sharedPrefix } from './identity.ts';
import { triedUpTo } from './landed.ts';

export interface FoundLife {
  readonly chains: Chains;
  /** An object that may tell how far both lives are the same, and that cannot be read. */
  readonly unread: string | undefined;
}

/**
 * The commits by which the life found and this one can be compared. Of a segment the head tells the
 * last tag only, which may lie beyond this life: segments, and archives of what was replaced since,
 * tell the others. Without them a device put back to yesterday would look like a clone.
 * @throws SatchelError `unreachable` or `refused`; `MissingKeyError`. What is damaged tells nothing.
 */
export async function readFoundLife(engine: Engine, head: Head): Promise<FoundLife> {
  const chains = new Map<string, ReadonlyMap<number, string>>();
  const unread: string[] = [];
  for (const collection of collectionIds(engine.db)) {
    const told = chainOf(head, collection);
    const found = head.collections[collection];
    const between =
      found === undefined ? NOTHING : await readBetween(engine, collection, found, told);
    const chain = new Map([...between.commits, ...told]);
    chains.set(collection, chain);
    const isOpen = ({ entry }: Unit): boolean => isAnyOpen(engine, collection, chain, entry);
    unread.push(...between.unread.filter(isOpen).map(({ key }) => key));
  }
  return { chains, unread: unread[0] };
}

interface Unit {
  readonly entry: SegmentEntry;
  readonly key: string;
}

interface Between {
  readonly commits: readonly (readonly [n: number, tag: string])[];
  readonly unread: readonly Unit[];
}

const NOTHING: Between = { commits: [], unread: [] };

/** The commits of this life's numbers that lie beyond the last tag that both are known to have. */
async function readBetween(
  engine: Engine,
  collection: string,
  found: HeadCollection,
  told: ReadonlyMap<number, string>,
): Promise<Between> {
  const self = selfId(engine);
  const own = appliedUpTo(engine.db, collection, self);
  const shared = sharedPrefix(engine, collection, self, own, told);
  const units: Unit[] = [
    ...found.segments.map((entry) => ({ entry, key: segmentKey(self, entry[0]) })),
    ...found.archives.map((entry) => ({ entry, key: archiveKey(self, entry[0]) })),
  ];
  const commits: [number, string][] = [];
  const unread: Unit[] = [];
  for (const unit of units) {
    const [, from, to] = unit.entry;
    if (from > own || to <= shared) continue;
    const read = await readIfWhole(engine, collection, unit.key);
    if (read === undefined) unread.push(unit);
    for (const { n, id } of read ?? []) {
      if (n > shared && n <= own) commits.push([n, tagOf(id)]);
    }
  }
  return { commits, unread };
}

/**
 * True where a unit may tell of a commit of this life of which the chain says nothing. Nobody can
 * have seen what no head told, so that needs no comparing.
 */
function isAnyOpen(
  engine: Engine,
  collection: string,
  chain: ReadonlyMap<number, string>,
  [, from, to]: SegmentEntry,
): boolean {
  const { db } = engine;
  const self = selfId(engine);
  const shared = sharedPrefix(engine, collection, self, appliedUpTo(db, collection, self), chain);
  const first = Math.max(from, shared + 1);
  const last = Math.min(to, triedUpTo(db, collection));
  return [...commitsOf(db, collection, self, first, last)].some(({ n }) => !chain.has(n));
}

/** @returns undefined where it is missing or damaged. */
async function readIfWhole(
  engine: Engine,
  collection: string,
  key: string,
): Promise<readonly Commit[] | undefined> {
  try {
    const segment = await readSegment(engine, key);
    const isOurs = segment.author === selfId(engine) && segment.collection === collection;
    return isOurs ? segment.commits : undefined;
  } catch (error) {
    if (!isBucketDamaged(error) || error instanceof MissingKeyError) throw error;
    return undefined;
  }
}
