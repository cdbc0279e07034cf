/** Fetching what a head names: segments, and what stands under a former identity (F3, S9a). */
import { forEachConcurrently } from '../base/concurrency.ts';
import { SatchelError } from '../base/errors.ts';
import { decodeCommits } from '../format/commit.ts';
import type { HeadCollection, SegmentEntry } from '../format/head.ts';
import { tagOf } from '../format/ids.ts';
import { segmentKey } from '../format/object-keys.ts';
import { openObject, SEAL_OVERHEAD_BYTES } from '../format/seal.ts';
import { decodeSegment, SEGMENT_MAX_BYTES, type Segment } from '../format/segment.ts';
import { appliedUpTo, endsOf } from '../replica/clocks.ts';
import { waitingUnits } from '../replica/peers.ts';
import { keepUnit, unitOfCommit } from './apply.ts';
import type { Engine } from './engine.ts';
import { readArchivesOf } from './history.ts';
import { formerIdentities, rescue } from './identity.ts';

const SEGMENTS_AT_ONCE = 4;

/**
 * Keeps every commit of a head that is new here, to be applied together with what it needs.
 * @throws SatchelError `damaged` where a segment is missing or is not what its head names.
 */
export async function fetchNew(
  engine: Engine,
  device: string,
  collection: string,
  found: HeadCollection,
): Promise<void> {
  const { db } = engine;
  const applied = appliedUpTo(db, collection, device);
  const end = endsOf(db, collection).get(device) ?? Number.POSITIVE_INFINITY;
  const kept = new Set(
    waitingUnits(db, collection)
      .filter((unit) => unit.device === device)
      .map((unit) => `${unit.from}-${unit.to}`),
  );
  const segments = found.segments.filter(
    ([, from, to]) => to > applied && from <= end && !kept.has(`${from}-${to}`),
  );
  let fetched = 0;
  await forEachConcurrently(segments, SEGMENTS_AT_ONCE, async (entry) => {
    await fetchSegment(engine, device, collection, entry);
    fetched += 1;
    engine.progress('Fetching', fetched, segments.length, 'files');
  });
  db.transaction(() => {
    for (const commit of decodeCommits(found.tail)) {
      if (commit.n <= applied || commit.n > end) continue;
      keepUnit(engine, unitOfCommit(device, collection, commit), tagOf(commit.id));
    }
  });
}

/** S9a: commits under a former identity of this device that lie beyond its announced end. */
export async function rescueFormer(
  engine: Engine,
  device: string,
  collection: string,
  found: HeadCollection,
): Promise<void> {
  if (!formerIdentities(engine).includes(device)) return;
  // What its archives hold is superseded: a restored outbox must not bring it back.
  const [unread] = await readArchivesOf(engine, device, collection, found.archives);
  if (unread !== undefined) throw new SatchelError('damaged', `${unread.path}: ${unread.error}`);
  const end = endsOf(engine.db, collection).get(device);
  if (end === undefined) return;
  const commits = [...decodeCommits(found.tail)];
  for (const [id, , to] of found.segments) {
    if (to <= end) continue;
    commits.push(...(await readSegment(engine, segmentKey(device, id))).commits);
  }
  rescue(engine, device, collection, commits);
}

async function fetchSegment(
  engine: Engine,
  device: string,
  collection: string,
  [id, from, to, , tag]: SegmentEntry,
): Promise<void> {
  const key = segmentKey(device, id);
  const segment = await readSegment(engine, key);
  const isAsNamed =
    segment.author === device &&
    segment.collection === collection &&
    segment.from === from &&
    segment.to === to;
  if (!isAsNamed) {
    throw new SatchelError('damaged', `The object ${key} is not the segment its head names.`);
  }
  keepUnit(engine, segment, tag);
}

async function readSegment(engine: Engine, key: string): Promise<Segment> {
  const maxBytes = SEGMENT_MAX_BYTES + SEAL_OVERHEAD_BYTES;
  const result = await engine.store.get(key, { maxBytes });
  if (result.kind === 'found') {
    return decodeSegment(key, openObject(engine.key, key, result.body, SEGMENT_MAX_BYTES));
  }
  // The author may have merged it meanwhile: the next poll reads the newer head (rule F3).
  throw new SatchelError('damaged', `The object ${key} is missing from the bucket.`, {
    hint: 'It may still be on its way. If it stays missing, "satchel verify" tells more.',
  });
}
