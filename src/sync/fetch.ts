/** Fetching what heads name: segments, adopted ones, and what a former identity left (F3, S9a, S14). */
import { forEachConcurrently } from '../base/concurrency.ts';
import { SatchelError } from '../base/errors.ts';
import { decodeCommits } from '../format/commit.ts';
import type { HeadCollection, SegmentEntry } from '../format/head.ts';
import { tagOf } from '../format/ids.ts';
import { headKey, segmentKey } from '../format/object-keys.ts';
import { openObject, SEAL_OVERHEAD_BYTES } from '../format/seal.ts';
import { decodeSegment, SEGMENT_MAX_BYTES, type Segment } from '../format/segment.ts';
import { appliedUpTo, endsOf } from '../replica/clocks.ts';
import { isBucketDamaged } from '../replica/database.ts';
import { outboxCount } from '../replica/outbox.ts';
import { type WaitingUnit, waitingUnits } from '../replica/peers.ts';
import { type Adopter, adoptersIn } from './adopters.ts';
import { keepUnit, unitOfCommit } from './apply.ts';
import { rescue } from './ends.ts';
import { type Engine, selfId, workedOn } from './engine.ts';
import { readArchivesOf } from './history.ts';
import { formerIdentities, noticeFork } from './identity.ts';
import type { Trouble } from './kind.ts';
import { isFormerAwaited } from './unread-former.ts';
import { partedWaiting } from './unsure.ts';

const SEGMENTS_AT_ONCE = 4;

/**
 * Keeps every commit of a head that is new here, to be applied together with what it needs.
 * @param holder whose objects they are: the author's own, or an adopter's.
 * @param after up to which number nothing is needed; what is applied by default.
 * @throws SatchelError `damaged` where a segment is missing or is not what its head names.
 */
export async function fetchNew(
  engine: Engine,
  device: string,
  collection: string,
  found: { readonly segments: readonly SegmentEntry[]; readonly tail: HeadCollection['tail'] },
  { holder = device, after = appliedUpTo(engine.db, collection, device) } = {},
): Promise<void> {
  const { db } = engine;
  const end = endsOf(db, collection).get(device) ?? Number.POSITIVE_INFINITY;
  const kept = new Set(
    waitingUnits(db, collection)
      .filter((unit) => unit.device === device)
      .map((unit) => `${unit.from}-${unit.to}`),
  );
  const segments = found.segments.filter(
    ([, from, to]) => to > after && from <= end && !kept.has(`${from}-${to}`),
  );
  let fetched = 0;
  await forEachConcurrently(segments, SEGMENTS_AT_ONCE, async (entry) => {
    await fetchSegment(engine, { device, collection, holder }, entry);
    fetched += 1;
    engine.progress('Fetching', fetched, segments.length, 'files');
  });
  db.transaction(() => {
    for (const commit of decodeCommits(found.tail)) {
      if (commit.n <= after || commit.n > end) continue;
      keepUnit(engine, unitOfCommit(device, collection, commit), tagOf(commit.id));
    }
  });
}

/**
 * S14: what adopters keep of a device, where neither the replica nor what waits in it reaches so
 * far. One adopter whose objects are whole is enough.
 * @returns what could not be read and nobody else keeps.
 */
export async function fetchAdopted(engine: Engine): Promise<Trouble[]> {
  const failed: Trouble[] = [];
  for (const collection of workedOn(engine)) {
    const ends = endsOf(engine.db, collection);
    const isReached = ({ device, n }: Adopter): boolean =>
      reachOf(engine, collection, device) >= Math.min(n, ends.get(device) ?? n);
    const troubles: { readonly adopter: Adopter; readonly error: string }[] = [];
    for (const adopter of adoptersIn(engine, collection)) {
      const { holder, device, segments } = adopter;
      if (device === selfId(engine) || isReached(adopter)) continue;
      // What is in the device's own objects is not read twice: a copy may have less of the history.
      const after = reachOf(engine, collection, device);
      try {
        await fetchNew(engine, device, collection, { segments, tail: [] }, { holder, after });
      } catch (error) {
        if (!isBucketDamaged(error)) throw error;
        troubles.push({ adopter, error: error.message });
      }
    }
    for (const { adopter, error } of troubles) {
      if (!isReached(adopter)) failed.push({ path: headKey(adopter.holder), error });
    }
  }
  return failed;
}

/** How far a device's numbers go without a gap, with what waits to be applied as it is. */
export function reachOf(engine: Engine, collection: string, device: string): number {
  const { sure } = partedWaiting(engine, collection, device);
  return reachAmong(sure, appliedUpTo(engine.db, collection, device));
}

/** How far numbers go without a gap, with units of one device. */
export function reachAmong(units: readonly WaitingUnit[], after: number): number {
  return units
    .toSorted((a, b) => a.from - b.from)
    .reduce((reach, { from, to }) => (from <= reach + 1 ? Math.max(reach, to) : reach), after);
}

/**
 * S9: right after a restore, any device may be a life of this one that the backup does not know of
 * and that published what is in the outbox.
 */
function isOutboxRestored(engine: Engine, collection: string): boolean {
  return isFormerAwaited(engine) && outboxCount(engine.db, collection) > 0;
}

/**
 * What a former identity of this device left: archives are noted (S9), and commits that lie beyond
 * its announced end are written again (S9a).
 */
export async function rescueFormer(
  engine: Engine,
  device: string,
  collection: string,
  found: HeadCollection,
): Promise<void> {
  const isFormer = formerIdentities(engine).includes(device);
  if (!isFormer && !isOutboxRestored(engine, collection)) return;
  // What its archives hold is superseded: a restored outbox must not bring it back.
  const [unread] = await readArchivesOf(engine, device, collection, found.archives);
  // It may be gone for good: once nothing waits for it any more, only the history is without it.
  if (unread !== undefined && isFormerAwaited(engine)) {
    throw new SatchelError('damaged', `${unread.path}: ${unread.error}`);
  }
  const end = endsOf(engine.db, collection).get(device);
  if (!isFormer || end === undefined) return;
  const commits = [...decodeCommits(found.tail)];
  for (const [id, , to] of found.segments) {
    if (to <= end) continue;
    commits.push(...(await readSegment(engine, segmentKey(device, id))).commits);
  }
  rescue(engine, device, collection, commits);
}

async function fetchSegment(
  engine: Engine,
  source: { readonly device: string; readonly collection: string; readonly holder: string },
  [id, from, to, , tag]: SegmentEntry,
): Promise<void> {
  const { device, collection, holder } = source;
  const key = segmentKey(holder, id);
  const segment = await readSegment(engine, key);
  const isAsNamed =
    segment.author === device &&
    segment.collection === collection &&
    segment.from === from &&
    segment.to === to;
  if (!isAsNamed) {
    throw new SatchelError('damaged', `The object ${key} is not the segment its head names.`, {
      hint: 'Objects in the bucket were moved or mixed: "satchel verify" lists what is damaged.',
    });
  }
  // Of a segment, heads tell the last tag only: two lives may differ before it.
  const chain = segment.commits.map((commit) => [commit.n, tagOf(commit.id)] as const);
  noticeFork(engine, device, collection, chain);
  keepUnit(engine, segment, tag);
}

/**
 * Reads a segment or an archive.
 * @throws SatchelError `damaged` where it is missing or cannot be read.
 */
export async function readSegment(engine: Engine, key: string): Promise<Segment> {
  return decodeSegment(key, await readSegmentBody(engine, key));
}

/**
 * What is sealed in a segment or an archive, as its writer encoded it.
 * @throws SatchelError `damaged` where it is missing or its seal fails.
 */
export async function readSegmentBody(engine: Engine, key: string): Promise<Uint8Array> {
  const maxBytes = SEGMENT_MAX_BYTES + SEAL_OVERHEAD_BYTES;
  const result = await engine.store.get(key, { maxBytes });
  if (result.kind === 'found') return openObject(engine.key, key, result.body, SEGMENT_MAX_BYTES);
  // The author may have merged it meanwhile: the next poll reads the newer head (rule F3).
  throw new SatchelError('damaged', `The object ${key} is missing from the bucket.`, {
    hint: 'It may still be on its way. If it stays missing, "satchel verify" tells more.',
  });
}
