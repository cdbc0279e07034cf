/** Every head of the bucket, read afresh, and the objects that they name. */
import { forEachConcurrently } from '../base/concurrency.ts';
import type { Commit } from '../format/commit.ts';
import { decodeCommits } from '../format/commit.ts';
import { HEAD_MAX_BYTES, type Head, type SegmentEntry } from '../format/head.ts';
import { isObjectId } from '../format/ids.ts';
import { archiveKey, HEADS_PREFIX, headKey, segmentKey } from '../format/object-keys.ts';
import { SEAL_OVERHEAD_BYTES } from '../format/seal.ts';
import { isBucketDamaged } from '../replica/database.ts';
import { allPeers } from '../replica/peers.ts';
import { type Engine, selfId } from './engine.ts';
import { openHead } from './head.ts';
import type { Trouble } from './kind.ts';

export interface BucketHeads {
  readonly heads: ReadonlyMap<string, Head>;
  /** Heads that are known of and missing, or that cannot be read: by device. */
  readonly unread: ReadonlyMap<string, Trouble>;
}

const HEADS_AT_ONCE = 6;

/** Reads the heads that are listed, that this device knows, and that those make known. */
export async function readHeads(engine: Engine): Promise<BucketHeads> {
  const { objects } = await engine.store.list(HEADS_PREFIX);
  const listed = objects.map(({ key }) => key.slice(HEADS_PREFIX.length)).filter(isObjectId);
  const peers = allPeers(engine.db).map(({ device }) => device);
  const heads = new Map<string, Head>();
  const unread = new Map<string, Trouble>();
  let wanted = new Set([selfId(engine), ...listed, ...peers]);
  while (wanted.size > 0) {
    await forEachConcurrently(wanted, HEADS_AT_ONCE, async (device) => {
      const found = await readHead(engine, device);
      if ('head' in found) heads.set(device, found.head);
      else unread.set(device, found);
    });
    const named = [...heads.values()].flatMap(({ known }) => known).filter(isObjectId);
    wanted = new Set(named.filter((device) => !heads.has(device) && !unread.has(device)));
  }
  return { heads, unread };
}

/** One head, or why it cannot be read. @throws SatchelError `unreachable` or `refused`. */
export async function readHead(
  engine: Engine,
  device: string,
): Promise<{ readonly head: Head } | Trouble> {
  const path = headKey(device);
  try {
    const maxBytes = HEAD_MAX_BYTES + SEAL_OVERHEAD_BYTES;
    const result = await engine.store.get(path, { maxBytes });
    if (result.kind === 'found') return { head: await openHead(engine, device, result.body) };
    return { path, error: `The object ${path} is missing from the bucket.` };
  } catch (error) {
    if (!isBucketDamaged(error)) throw error;
    return { path, error: error.message };
  }
}

/** A segment or archive that a head names. */
export interface NamedUnit {
  readonly key: string;
  /** Whose object it is; not the author, where it is kept for a retired device (rule S14). */
  readonly holder: string;
  readonly author: string;
  readonly collection: string;
  readonly entry: SegmentEntry;
  readonly isArchive: boolean;
}

/** The objects with commits that a head names, those kept for retired devices included. */
export function unitsOf(holder: string, head: Head): NamedUnit[] {
  const units: NamedUnit[] = [];
  const add = (
    author: string,
    collection: string,
    lists: {
      readonly segments: readonly SegmentEntry[];
      readonly archives: readonly SegmentEntry[];
    },
  ): void => {
    const unit = { holder, author, collection };
    for (const entry of lists.segments) {
      units.push({ ...unit, key: segmentKey(holder, entry[0]), entry, isArchive: false });
    }
    for (const entry of lists.archives) {
      units.push({ ...unit, key: archiveKey(holder, entry[0]), entry, isArchive: true });
    }
  };
  for (const [collection, found] of Object.entries(head.collections)) {
    add(holder, collection, found);
  }
  for (const [author, collections] of Object.entries(head.adopted ?? {})) {
    for (const [collection, kept] of Object.entries(collections)) add(author, collection, kept);
  }
  return units;
}

/** The commits that stand in a head itself, by collection. */
export function* tailsOf(
  head: Head,
): IterableIterator<readonly [collection: string, commits: readonly Commit[]]> {
  for (const [collection, { tail }] of Object.entries(head.collections)) {
    yield [collection, decodeCommits(tail)];
  }
}

/**
 * True where other devices keep all commits of a device that any head tells of: its own, if that
 * was read, and those of devices that have read it.
 */
export function isKeptByAnother(bucket: BucketHeads, device: string, collection?: string): boolean {
  return [...toldOf(bucket, device)]
    .filter(([id]) => collection === undefined || id === collection)
    .every(([id, n]) => keptNumber(bucket, device, id) >= n);
}

/** How far other devices keep what a device saved in a collection; 0 for not at all. */
export function keptNumber({ heads }: BucketHeads, device: string, collection: string): number {
  return [...heads]
    .filter(([holder]) => holder !== device)
    .map(([, { adopted }]) => adopted?.[device]?.[collection]?.n ?? 0)
    .reduce((highest, n) => Math.max(highest, n), 0);
}

/** For each collection the highest number that is told of a device, at most that of its end. */
function toldOf({ heads }: BucketHeads, device: string): ReadonlyMap<string, number> {
  const told = new Map<string, number>();
  for (const [holder, { collections }] of heads) {
    for (const [id, { n, clock }] of Object.entries(collections)) {
      const shown = holder === device ? n : (clock[device]?.[0] ?? 0);
      told.set(id, Math.max(told.get(id) ?? 0, shown));
    }
  }
  for (const { ended } of heads.values()) {
    for (const [id, end] of Object.entries(ended?.[device] ?? {})) {
      told.set(id, Math.min(told.get(id) ?? 0, end));
    }
  }
  return told;
}
