/** Segments: written from the tail, merged by size (rule F3). */
import { SatchelError } from '../base/errors.ts';
import { type Commit, encodeCommits, type Version } from '../format/commit.ts';
import type { SegmentEntry } from '../format/head.ts';
import { newObjectId, tagOf } from '../format/ids.ts';
import { archiveKey, segmentKey } from '../format/object-keys.ts';
import { sealObject } from '../format/seal.ts';
import { encodeSegment, SEGMENT_MAX_BYTES } from '../format/segment.ts';
import { clockOfOthers } from '../replica/clocks.ts';
import { collectionIds, markHeadChanged } from '../replica/meta.ts';
import {
  addOwnSegment,
  lastInSegments,
  noteReplaced,
  ownSegments,
  removeOwnSegment,
  removeReplaced,
  replacedBefore,
} from '../replica/own.ts';
import {
  commitId,
  commitsOf,
  isCurrentVersion,
  isSourceOfCurrent,
  setArchived,
} from '../replica/versions.ts';
import { type Engine, selfId } from './engine.ts';
import type { Limits } from './limits.ts';

/** Replaced objects stay this long, for readers that still hold an older head. */
const REPLACED_KEPT_MS = 24 * 60 * 60 * 1000;
const REMOVED_PER_ROUND = 20;

/**
 * Which neighbouring segments to merge, or none: the newest run of at least so many in which the
 * largest is no longer than the others together. Each merge then at least doubles what the largest
 * was, so a version is rewritten a logarithmic number of times, whatever sizes come in between.
 * Pure.
 */
export function planCompaction(
  entries: readonly SegmentEntry[],
  { fanIn, mergedBytes }: Pick<Limits, 'fanIn' | 'mergedBytes'>,
): readonly SegmentEntry[] {
  for (let end = entries.length; end >= fanIn; end -= 1) {
    let total = 0;
    let largest = 0;
    for (let start = end - 1; start >= 0; start -= 1) {
      const sizeBytes = entries[start]?.[3] ?? 0;
      if (sizeBytes >= mergedBytes) break;
      total += sizeBytes;
      largest = Math.max(largest, sizeBytes);
      if (end - start >= fanIn && largest <= total - largest) return entries.slice(start, end);
      if (end - start >= LONGEST_RUN) break;
    }
  }
  return [];
}

/** Bounds what one merge holds in memory, and the search. */
const LONGEST_RUN = 24;

/** Writes segments until the tails of all collections together fit into a head. */
export async function flushTails(engine: Engine): Promise<boolean> {
  let wrote = false;
  for (;;) {
    const tails = collectionIds(engine.db)
      .map((collection) => ({ collection, sizeBytes: tailBytes(engine, collection) }))
      .sort((a, b) => b.sizeBytes - a.sizeBytes);
    const total = tails.reduce((sum, tail) => sum + tail.sizeBytes, 0);
    const [longest] = tails;
    if (longest === undefined || total <= engine.limits.tailBytes) return wrote;
    await flushTail(engine, longest.collection);
    wrote = true;
  }
}

/** Writes the whole tail of a collection as segments. */
export async function flushTail(engine: Engine, collection: string): Promise<void> {
  const { db } = engine;
  const self = selfId(engine);
  let commits: Commit[] = [];
  let sizeBytes = 0;
  const from = lastInSegments(db, collection) + 1;
  for (const commit of commitsOf(db, collection, self, from, Number.MAX_SAFE_INTEGER)) {
    commits.push(commit);
    sizeBytes += commitBytes(commit);
    if (sizeBytes < engine.limits.segmentBytes) continue;
    await writeTailSegment(engine, collection, commits);
    commits = [];
    sizeBytes = 0;
  }
  if (commits.length > 0) await writeTailSegment(engine, collection, commits);
}

function tailBytes(engine: Engine, collection: string): number {
  const from = lastInSegments(engine.db, collection) + 1;
  let sizeBytes = 0;
  const commits = commitsOf(engine.db, collection, selfId(engine), from, Number.MAX_SAFE_INTEGER);
  for (const commit of commits) {
    sizeBytes += commitBytes(commit);
    // Enough is known: a long tail is not read to its end only to be measured.
    if (sizeBytes > engine.limits.tailBytes) break;
  }
  return sizeBytes;
}

function commitBytes(commit: Commit): number {
  return JSON.stringify(encodeCommits([commit])).length;
}

async function writeTailSegment(
  engine: Engine,
  collection: string,
  commits: readonly Commit[],
): Promise<void> {
  const first = commits[0];
  const last = commits.at(-1);
  if (first === undefined || last === undefined) return;
  const range = { from: first.n, to: last.n, tag: tagOf(last.id) };
  const entry = await putSegment(engine, collection, range, commits, false);
  engine.db.transaction(() => {
    addOwnSegment(engine.db, collection, entry, false);
    markHeadChanged(engine.db);
  });
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly tag: string;
}

async function putSegment(
  engine: Engine,
  collection: string,
  { from, to, tag }: Range,
  commits: readonly Commit[],
  isCompacted: boolean,
  isArchive = false,
): Promise<SegmentEntry> {
  const author = selfId(engine);
  const id = newObjectId(engine.random);
  const key = isArchive ? archiveKey(author, id) : segmentKey(author, id);
  const clock = clockOfOthers(engine.db, collection, author);
  const body = encodeSegment({
    author,
    collection,
    from,
    to,
    clock: isCompacted ? clock : undefined,
    commits,
  });
  if (body.length > SEGMENT_MAX_BYTES) throw segmentTooLong(body.length);
  await engine.store.put(key, sealObject(engine.key, key, body, engine.random));
  return [id, from, to, body.length, tag];
}

/**
 * Merges one run of segments of one collection, if there is one to merge. Versions that are
 * superseded move to an archive object. At most two PUTs.
 */
export async function compactOnce(engine: Engine): Promise<boolean> {
  for (const collection of collectionIds(engine.db)) {
    const run = planCompaction(ownSegments(engine.db, collection, false), engine.limits);
    if (run.length === 0) continue;
    await mergeSegments(engine, collection, run);
    return true;
  }
  return false;
}

async function mergeSegments(
  engine: Engine,
  collection: string,
  run: readonly SegmentEntry[],
): Promise<void> {
  const { db } = engine;
  const self = selfId(engine);
  const from = Math.min(...run.map((entry) => entry[1]));
  const to = Math.max(...run.map((entry) => entry[2]));
  const tag = tagOf(commitId(db, collection, self, to) ?? '');
  const kept: Commit[] = [];
  const dropped: Commit[] = [];
  for (const commit of commitsOf(db, collection, self, from, to)) {
    const isKept = (version: Version): boolean => isNeeded(engine, collection, version, commit.n);
    const needed = commit.versions.filter(isKept);
    const rest = commit.versions.filter((version) => !isKept(version));
    if (needed.length > 0) kept.push({ ...commit, versions: needed });
    if (rest.length > 0) dropped.push({ ...commit, versions: rest });
  }
  const range = { from, to, tag };
  const segment = await putSegment(engine, collection, range, kept, true);
  const archive =
    dropped.length > 0
      ? await putSegment(engine, collection, range, dropped, true, true)
      : undefined;
  db.transaction(() => {
    for (const [id] of run) {
      removeOwnSegment(db, collection, id);
      noteReplaced(db, segmentKey(self, id));
    }
    addOwnSegment(db, collection, segment, false);
    if (archive !== undefined) addOwnSegment(db, collection, archive, true);
    for (const commit of dropped) {
      for (const version of commit.versions) {
        setArchived(db, collection, self, commit.n, version.record);
      }
    }
    markHeadChanged(db);
  });
}

/** Current, or the home of content that a current version of anyone refers to (rule F4). */
function isNeeded(engine: Engine, collection: string, version: Version, n: number): boolean {
  return (
    isCurrentVersion(engine.db, collection, version.record, selfId(engine), n) ||
    isSourceOfCurrent(engine.db, collection, version.id)
  );
}

/**
 * Removes objects that were replaced a day ago. Only to be called while this device's head in the
 * bucket, freshly read, is the one it wrote last (rule F3).
 */
export async function removeReplacedObjects(engine: Engine): Promise<void> {
  const before = engine.clock.now() - REPLACED_KEPT_MS;
  for (const key of replacedBefore(engine.db, before, REMOVED_PER_ROUND)) {
    await engine.store.delete(key);
    removeReplaced(engine.db, key);
  }
}

function segmentTooLong(sizeBytes: number): SatchelError {
  return new SatchelError(
    'internal',
    `A segment would be ${sizeBytes} bytes long, over the limit.`,
    {
      hint: 'Please report this; nothing is lost, and nothing was written.',
    },
  );
}
