/** Segments: written from the tail, merged by size (rule F3). */
import { isErrorKind, messageOf, SatchelError } from '../base/errors.ts';
import { formatSentence } from '../base/sentence.ts';
import { type Commit, encodeCommits, type Version } from '../format/commit.ts';
import type { SegmentEntry } from '../format/head.ts';
import { newObjectId, tagOf } from '../format/ids.ts';
import { archiveKey, segmentKey } from '../format/object-keys.ts';
import { sealObject } from '../format/seal.ts';
import { encodeSegment, SEGMENT_MAX_BYTES } from '../format/segment.ts';
import { clockOfOthers } from '../replica/clocks.ts';
import { addEvent } from '../replica/events.ts';
import { collectionIds, markHeadChanged } from '../replica/meta.ts';
import {
  addOwnSegment,
  lastInSegments,
  noteReplaced,
  ownSegments,
  postponeReplaced,
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
import { deletionTime, type Engine, selfId } from './engine.ts';
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
  const from = lastInSegments(db, collection) + 1;
  const commits = commitsOf(db, collection, selfId(engine), from, Number.MAX_SAFE_INTEGER);
  for (const batch of batchesOf(commits, engine.limits.segmentBytes)) {
    await writeTailSegment(engine, collection, batch);
  }
}

/** Parts commits into runs of about so many bytes as JSON, one commit at least. */
export function* batchesOf(
  commits: Iterable<Commit>,
  segmentBytes: number,
): IterableIterator<readonly Commit[]> {
  let batch: Commit[] = [];
  let sizeBytes = 0;
  for (const commit of commits) {
    batch.push(commit);
    sizeBytes += commitBytes(commit);
    if (sizeBytes < segmentBytes) continue;
    yield batch;
    batch = [];
    sizeBytes = 0;
  }
  if (batch.length > 0) yield batch;
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

export function commitBytes(commit: Commit): number {
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
  const author = selfId(engine);
  const entry = await putSegment(engine, { author, collection, ...range, commits });
  engine.db.transaction(() => {
    addOwnSegment(engine.db, collection, entry, false);
    markHeadChanged(engine.db);
  });
}

export interface NewSegment {
  /** This device, or a retired one whose commits it keeps (rule S14). */
  readonly author: string;
  readonly collection: string;
  readonly from: number;
  readonly to: number;
  /** The tag of commit `to`. */
  readonly tag: string;
  readonly commits: readonly Commit[];
  /** True where superseded versions were left out, or are what it holds. */
  readonly isCompacted?: boolean;
  readonly isArchive?: boolean;
}

/** Writes a segment or an archive of this device: one PUT. Returns how the head names it. */
export async function putSegment(engine: Engine, segment: NewSegment): Promise<SegmentEntry> {
  const { author, collection, from, to, tag, commits, isCompacted, isArchive } = segment;
  const self = selfId(engine);
  const id = newObjectId(engine.random);
  const key = isArchive === true ? archiveKey(self, id) : segmentKey(self, id);
  const clock = isCompacted === true ? clockOfOthers(engine.db, collection, author) : undefined;
  const body = encodeSegment({ author, collection, from, to, clock, commits });
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

/** Writes a run of neighbouring segments, or a single one, anew as one segment. */
export async function mergeSegments(
  engine: Engine,
  collection: string,
  run: readonly SegmentEntry[],
): Promise<void> {
  const { db } = engine;
  const self = selfId(engine);
  const from = Math.min(...run.map((entry) => entry[1]));
  const to = Math.max(...run.map((entry) => entry[2]));
  const tag = tagOf(commitId(db, collection, self, to) ?? '');
  const { kept, dropped } = partSuperseded(
    engine,
    collection,
    self,
    commitsOf(db, collection, self, from, to),
  );
  const range = { author: self, collection, from, to, tag, isCompacted: true };
  const segment = await putSegment(engine, { ...range, commits: kept });
  const archive =
    dropped.length > 0
      ? await putSegment(engine, { ...range, commits: dropped, isArchive: true })
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

/** Parts an author's commits into what a reader needs to catch up, and what is history. */
export function partSuperseded(
  engine: Engine,
  collection: string,
  author: string,
  commits: Iterable<Commit>,
): { readonly kept: readonly Commit[]; readonly dropped: readonly Commit[] } {
  const kept: Commit[] = [];
  const dropped: Commit[] = [];
  for (const commit of commits) {
    const isKept = (version: Version): boolean =>
      isCurrentVersion(engine.db, collection, version.record, author, commit.n) ||
      // The home of content that a current version of anyone refers to (rule F4).
      isSourceOfCurrent(engine.db, collection, version.id);
    const needed = commit.versions.filter(isKept);
    const rest = commit.versions.filter((version) => !isKept(version));
    if (needed.length > 0) kept.push({ ...commit, versions: needed });
    if (rest.length > 0) dropped.push({ ...commit, versions: rest });
  }
  return { kept, dropped };
}

/**
 * Removes objects that were replaced a day ago. Only to be called while this device's head in the
 * bucket, freshly read, is the one it wrote last (rule F3). What the bucket keeps (an object lock,
 * a key that may not delete) costs space and nothing else: it is tried again a day later.
 */
export async function removeReplacedObjects(engine: Engine): Promise<void> {
  const { db, clock, store } = engine;
  let refusal: string | undefined;
  for (const key of replacedBefore(
    db,
    deletionTime(engine) - REPLACED_KEPT_MS,
    REMOVED_PER_ROUND,
  )) {
    try {
      await store.delete(key);
      removeReplaced(db, key);
    } catch (error) {
      if (!isErrorKind(error, 'refused')) throw error;
      postponeReplaced(db, key, clock.now());
      refusal = messageOf(error);
    }
  }
  if (refusal === undefined) return;
  const message = `What is no longer needed stays in the bucket: ${formatSentence(refusal)}`;
  addEvent(db, { time: clock.now(), kind: 'warning', message });
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
