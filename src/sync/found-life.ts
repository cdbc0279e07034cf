/** S9: what a device finds of its own life in a head under its identity that it did not write. */
import { isErrorKind } from '../base/errors.ts';
import type { Head, HeadCollection } from '../format/head.ts';
import { tagOf } from '../format/ids.ts';
import { archiveKey, segmentKey } from '../format/object-keys.ts';
import { MissingKeyError } from '../format/seal.ts';
import { appliedUpTo } from '../replica/clocks.ts';
import { DamagedReplicaError } from '../replica/database.ts';
import { collectionIds } from '../replica/meta.ts';
import { type Engine, selfId } from './engine.ts';
import { readSegment } from './fetch.ts';
import { type Chains, chainOf, sharedPrefix } from './identity.ts';

/**
 * The commits by which the life found and this one can be compared. Of a segment the head tells the
 * last tag only, which may lie beyond this life: segments, and archives of what was replaced since,
 * tell the others. Without them a device put back to yesterday would look like a clone.
 * @throws SatchelError `unreachable` or `refused`; `MissingKeyError`. What is damaged tells nothing.
 */
export async function readChains(engine: Engine, head: Head): Promise<Chains> {
  const chains = new Map<string, ReadonlyMap<number, string>>();
  for (const collection of collectionIds(engine.db)) {
    const told = chainOf(head, collection);
    const found = head.collections[collection];
    const between = found === undefined ? [] : await readBetween(engine, collection, found, told);
    chains.set(collection, new Map([...between, ...told]));
  }
  return chains;
}

/** The commits of this life's numbers that lie beyond the last tag that both are known to have. */
async function readBetween(
  engine: Engine,
  collection: string,
  found: HeadCollection,
  told: ReadonlyMap<number, string>,
): Promise<readonly (readonly [n: number, tag: string])[]> {
  const self = selfId(engine);
  const own = appliedUpTo(engine.db, collection, self);
  const shared = sharedPrefix(engine, collection, self, own, told);
  const units = [
    ...found.segments.map((entry) => ({ entry, key: segmentKey(self, entry[0]) })),
    ...found.archives.map((entry) => ({ entry, key: archiveKey(self, entry[0]) })),
  ];
  const commits: [number, string][] = [];
  for (const { entry, key } of units) {
    const [, from, to] = entry;
    if (from > own || to <= shared) continue;
    for (const commit of await readIfWhole(engine, collection, key)) {
      if (commit.n > shared && commit.n <= own) commits.push([commit.n, tagOf(commit.id)]);
    }
  }
  return commits;
}

async function readIfWhole(engine: Engine, collection: string, key: string) {
  try {
    const segment = await readSegment(engine, key);
    const isOurs = segment.author === selfId(engine) && segment.collection === collection;
    return isOurs ? segment.commits : [];
  } catch (error) {
    const isDamage = isErrorKind(error, 'damaged') && !(error instanceof DamagedReplicaError);
    if (!isDamage || error instanceof MissingKeyError) throw error;
    return [];
  }
}
