/** Polling: heads, new segments, and what they bring (rules S2, S10, S15). */
import { forEachConcurrently } from '../base/concurrency.ts';
import { isErrorKind, SatchelError } from '../base/errors.ts';
import { decodeCommits } from '../format/commit.ts';
import type { Head, HeadCollection, SegmentEntry } from '../format/head.ts';
import { isObjectId, REGISTRY_ID, tagOf } from '../format/ids.ts';
import { HEADS_PREFIX, headKey, segmentKey } from '../format/object-keys.ts';
import { openObject } from '../format/seal.ts';
import { decodeSegment, SEGMENT_MAX_BYTES, type Segment } from '../format/segment.ts';
import { appliedUpTo, endsOf } from '../replica/clocks.ts';
import { addEvent } from '../replica/events.ts';
import { collectionIds, isReady, markReady } from '../replica/meta.ts';
import { addPeer, allPeers, type Peer, updatePeer, waitingUnits } from '../replica/peers.ts';
import { commitId } from '../replica/versions.ts';
import { applyWaiting, keepUnit, stalledNeeds, unitOfCommit } from './apply.ts';
import { type Engine, selfId } from './engine.ts';
import { openHead } from './head.ts';
import { readArchivesOf } from './history.ts';
import { chainOf, endIdentity, formerIdentities, rescue } from './identity.ts';
import type { Trouble } from './kind.ts';
import { checkOwnHead } from './own-head.ts';

export interface PullReport {
  /** True if this device's head in the bucket is the one it wrote last. */
  readonly isOwnHeadCurrent: boolean;
  /** Versions applied, by collection. */
  readonly applied: ReadonlyMap<string, number>;
  /** Objects that could not be read; they are tried again. */
  readonly unreadable: readonly Trouble[];
}

const PEERS_AT_ONCE = 6;
const SEGMENTS_AT_ONCE = 4;
/** An older head than one seen before is normal for a while (rule S10). */
const ROLLBACK_REPORTED_MS = 60 * 60 * 1000;

/**
 * One poll: one GET for each device, plus what is new.
 * @param options.list also list `heads/`, to meet devices that no known head names.
 */
export async function pull(
  engine: Engine,
  options: { readonly list: boolean },
): Promise<PullReport> {
  const isOwnHeadCurrent = await checkOwnHead(engine);
  if (options.list) await discover(engine);
  const unreadable: Trouble[] = [];
  const read = new Set<string>([selfId(engine)]);
  for (;;) {
    const peers = allPeers(engine.db).filter((peer) => !read.has(peer.device));
    if (peers.length === 0) break;
    for (const peer of peers) read.add(peer.device);
    await forEachConcurrently(peers, PEERS_AT_ONCE, async (peer) => {
      const trouble = await readPeer(engine, peer);
      if (trouble !== undefined) unreadable.push(trouble);
    });
  }
  const first = applyAll(engine);
  const applied = endStalled(engine) ? applyAll(engine, first) : first;
  const hasReadAll = options.list && unreadable.length === 0;
  for (const collection of collectionIds(engine.db)) {
    if (isReady(engine.db, collection) || !hasReadAll) continue;
    if (engine.kindOf(collection) === undefined) continue;
    if (waitingUnits(engine.db, collection).length === 0) markReady(engine.db, collection);
  }
  return { isOwnHeadCurrent, applied, unreadable };
}

async function discover(engine: Engine): Promise<void> {
  const { objects, strange } = await engine.store.list(HEADS_PREFIX);
  for (const { key } of objects) {
    const device = key.slice(HEADS_PREFIX.length);
    if (isObjectId(device) && device !== selfId(engine)) addPeer(engine.db, device);
  }
  for (const name of strange) {
    addEvent(engine.db, {
      time: engine.clock.now(),
      kind: 'warning',
      message: `The bucket holds "${name}", which no Satchel wrote. It is ignored.`,
    });
  }
}

/**
 * S13: nobody waits for the dead. A number that has been needed for an hour, and that its author's
 * head as last read does not show, is ended at the head's number.
 */
function endStalled(engine: Engine): boolean {
  let isNews = false;
  for (const collection of collectionIds(engine.db)) {
    for (const [device, n] of stalledNeeds(engine, collection)) {
      const peer = allPeers(engine.db).find((candidate) => candidate.device === device);
      const shown = peer?.head?.collections[collection]?.n ?? 0;
      if (shown >= n || device === selfId(engine)) continue;
      endIdentity(engine, device, collection, shown);
      isNews = true;
    }
  }
  return isNews;
}

/** The registry first: it tells what the other collections are. */
function applyAll(
  engine: Engine,
  before: ReadonlyMap<string, number> = new Map(),
): ReadonlyMap<string, number> {
  const ids = collectionIds(engine.db);
  const inOrder = [REGISTRY_ID, ...ids.filter((id) => id !== REGISTRY_ID)];
  return new Map(
    inOrder
      .filter((id) => ids.includes(id) && engine.kindOf(id) !== undefined)
      .map((id) => [id, (before.get(id) ?? 0) + applyWaiting(engine, id)]),
  );
}

/** Reads one head, and the segments it names that are new here. */
async function readPeer(engine: Engine, peer: Peer): Promise<Trouble | undefined> {
  const { db, store, clock } = engine;
  const key = headKey(peer.device);
  try {
    const result = await store.get(key, { ifNoneMatch: peer.tag });
    if (result.kind === 'missing') return undefined;
    if (result.kind === 'unchanged') {
      const isSettled = peer.error === undefined && peer.olderSince === undefined;
      if (!isSettled) updatePeer(db, { ...peer, ...told(engine, peer), error: undefined });
      return undefined;
    }
    const head = await openHead(engine, peer.device, result.body);
    await absorb(engine, peer, head);
    const isOlder = isOlderThan(head, peer.head);
    updatePeer(db, {
      device: peer.device,
      tag: result.tag,
      // The newest state seen stays noted, so that an older one is known for what it is (S10).
      head: isOlder ? peer.head : withoutTails(head),
      ...told(engine, {
        ...peer,
        olderSince: isOlder ? (peer.olderSince ?? clock.now()) : undefined,
      }),
      error: undefined,
    });
    return undefined;
  } catch (error) {
    if (!isErrorKind(error, 'damaged')) throw error;
    const words = error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
    updatePeer(db, { ...peer, tag: undefined, error: words });
    return { path: key, error: words };
  }
}

async function absorb(engine: Engine, peer: Peer, head: Head): Promise<void> {
  const { db } = engine;
  for (const device of head.known) {
    if (isObjectId(device) && device !== selfId(engine)) addPeer(db, device);
  }
  for (const [device, ends] of Object.entries(head.ended ?? {})) {
    for (const [collection, n] of Object.entries(ends)) endIdentity(engine, device, collection, n);
  }
  for (const collection of collectionIds(db)) {
    const found = head.collections[collection];
    if (found === undefined || engine.kindOf(collection) === undefined) continue;
    noticeFork(engine, peer.device, collection, head);
    await fetchNew(engine, peer.device, collection, found);
    await rescueFormer(engine, peer.device, collection, found);
  }
}

/** S9: another commit under a number that was applied here already means two lives of one device. */
function noticeFork(engine: Engine, device: string, collection: string, head: Head): void {
  const foreign = [...chainOf(head, collection)]
    .filter(([n, tag]) => {
      const id = commitId(engine.db, collection, device, n);
      return id !== undefined && tagOf(id) !== tag;
    })
    .map(([n]) => n);
  if (foreign.length > 0) endIdentity(engine, device, collection, Math.min(...foreign) - 1);
}

async function fetchNew(
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
async function rescueFormer(
  engine: Engine,
  device: string,
  collection: string,
  found: HeadCollection,
): Promise<void> {
  if (!formerIdentities(engine).includes(device)) return;
  // What its archives hold is superseded: a restored outbox must not bring it back.
  await readArchivesOf(engine, device, collection, found.archives);
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
  const result = await engine.store.get(key);
  if (result.kind === 'found') {
    return decodeSegment(key, openObject(engine.key, key, result.body, SEGMENT_MAX_BYTES));
  }
  // The author may have merged it meanwhile: the next poll reads the newer head (rule F3).
  throw new SatchelError('damaged', `The object ${key} is missing from the bucket.`, {
    hint: 'It may still be on its way. If it stays missing, "satchel verify" tells more.',
  });
}

function withoutTails(head: Head): Head {
  const collections = Object.fromEntries(
    Object.entries(head.collections).map(([id, collection]) => [id, { ...collection, tail: [] }]),
  );
  return { ...head, collections };
}

function isOlderThan(head: Head, known: Head | undefined): boolean {
  return Object.entries(known?.collections ?? {}).some(
    ([collection, { n }]) => (head.collections[collection]?.n ?? 0) < n,
  );
}

/**
 * S10: an older head than one seen before is normal for a while; after an hour it is told, once.
 * Returns what to note of this reading.
 */
function told(engine: Engine, peer: Peer): Pick<Peer, 'olderSince' | 'readAt'> {
  const now = engine.clock.now();
  const { olderSince, readAt } = peer;
  if (olderSince !== undefined) {
    const wasTold = (readAt ?? 0) - olderSince > ROLLBACK_REPORTED_MS;
    if (!wasTold && now - olderSince > ROLLBACK_REPORTED_MS) {
      addEvent(engine.db, {
        time: now,
        kind: 'warning',
        message:
          `The bucket has shown an older state of device "${peer.head?.device.name ?? peer.device}" ` +
          'for an hour. It was probably put back to an earlier day.',
      });
    }
  }
  return { olderSince, readAt: now };
}
