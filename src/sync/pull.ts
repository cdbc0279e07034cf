/** Polling: heads, new segments, and what they bring (rules S2, S10, S15). */
import { forEachConcurrently } from '../base/concurrency.ts';
import { isErrorKind, type SatchelError } from '../base/errors.ts';
import { HEAD_MAX_BYTES, type Head } from '../format/head.ts';
import { isObjectId, REGISTRY_ID, tagOf } from '../format/ids.ts';
import { HEADS_PREFIX, headKey } from '../format/object-keys.ts';
import { SEAL_OVERHEAD_BYTES } from '../format/seal.ts';
import { DamagedReplicaError } from '../replica/database.ts';
import { addEvent } from '../replica/events.ts';
import {
  collectionIds,
  deleteNote,
  getNote,
  isReady,
  markReady,
  setNote,
} from '../replica/meta.ts';
import {
  addPeer,
  allPeers,
  type Peer,
  readNumbers,
  updatePeer,
  waitingUnits,
} from '../replica/peers.ts';
import { commitId } from '../replica/versions.ts';
import { applyWaiting, missingNeeds } from './apply.ts';
import { type Engine, selfId } from './engine.ts';
import { fetchNew, rescueFormer } from './fetch.ts';
import { openHead } from './head.ts';
import { chainOf, endIdentity } from './identity.ts';
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
  // Only a list tells whether all heads were read, which a first pull has to know (rule S15).
  const list = options.list || workedOn(engine).some((id) => !isReady(engine.db, id));
  if (list) await discover(engine);
  const unreadable: Trouble[] = [];
  const read = new Set<string>([selfId(engine)]);
  const outcomes = new Map<string, ReadOutcome>();
  for (;;) {
    const peers = allPeers(engine.db).filter((peer) => !read.has(peer.device));
    if (peers.length === 0) break;
    for (const peer of peers) read.add(peer.device);
    await forEachConcurrently(peers, PEERS_AT_ONCE, async (peer) => {
      const outcome = await readPeer(engine, peer);
      outcomes.set(peer.device, outcome);
      if (outcome.kind === 'trouble') unreadable.push(outcome.trouble);
    });
  }
  const first = applyAll(engine);
  const applied = endStalled(engine, outcomes) ? applyAll(engine, first) : first;
  const hasReadAll = list && unreadable.length === 0;
  for (const collection of workedOn(engine)) {
    if (isReady(engine.db, collection) || !hasReadAll) continue;
    if (waitingUnits(engine.db, collection).length === 0) markReady(engine.db, collection);
  }
  return { isOwnHeadCurrent, applied, unreadable };
}

/** The registry, and the collections that are on this device. */
function workedOn(engine: Engine): string[] {
  return collectionIds(engine.db).filter((id) => engine.kindOf(id) !== undefined);
}

async function discover(engine: Engine): Promise<void> {
  const { objects, strange } = await engine.store.list(HEADS_PREFIX);
  for (const { key } of objects) {
    const device = key.slice(HEADS_PREFIX.length);
    if (isObjectId(device) && device !== selfId(engine)) addPeer(engine.db, device);
  }
  const told = getNote(engine.db, REGISTRY_ID, 'strange-told');
  const names = JSON.stringify([...strange].sort());
  if (names === told) return;
  setNote(engine.db, REGISTRY_ID, 'strange-told', names);
  for (const name of strange) {
    addEvent(engine.db, {
      time: engine.clock.now(),
      kind: 'warning',
      message: `The bucket holds "${name}", which no Satchel wrote. It is ignored.`,
    });
  }
}

type ReadOutcome =
  /** The head was read, with all that it names. */
  | { readonly kind: 'sound' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

/** A number that its author's head has lacked for so long is not coming any more (rule S13). */
const GIVEN_UP_MS = 60 * 60 * 1000;
/** A head that was never there may only be slow to arrive. */
const NEVER_SEEN_GIVEN_UP_MS = 24 * GIVEN_UP_MS;

/**
 * S13: nobody waits for the dead. A number that others need, and that its author's head has not
 * shown for an hour, is ended at the head's number. What could not be read shows nothing: only
 * heads soundly read in this very pull count, and, after a day, heads that were never there.
 */
function endStalled(engine: Engine, outcomes: ReadonlyMap<string, ReadOutcome>): boolean {
  const { db, clock } = engine;
  let isNews = false;
  for (const collection of collectionIds(db)) {
    for (const [device, n] of missingNeeds(engine, collection)) {
      const note = `lacks:${device}:${n}`;
      const shown = shownNumber(engine, collection, device, outcomes.get(device));
      if (shown === undefined || device === selfId(engine)) continue;
      if (shown.n >= n) {
        deleteNote(db, collection, note);
        continue;
      }
      const since = Number(getNote(db, collection, note) ?? clock.now());
      setNote(db, collection, note, String(since));
      if (clock.now() - since <= shown.givenUpMs) continue;
      endIdentity(engine, device, collection, shown.n);
      isNews = true;
    }
  }
  return isNews;
}

/** What a head shows of a collection by this pull; undefined where that cannot be said. */
function shownNumber(
  engine: Engine,
  collection: string,
  device: string,
  outcome: ReadOutcome | undefined,
): { readonly n: number; readonly givenUpMs: number } | undefined {
  const numbers = readNumbers(engine.db, device);
  if (outcome?.kind === 'sound' && numbers !== undefined) {
    return { n: numbers[collection] ?? 0, givenUpMs: GIVEN_UP_MS };
  }
  const wasNeverThere = outcome?.kind === 'missing' && numbers === undefined;
  return wasNeverThere ? { n: 0, givenUpMs: NEVER_SEEN_GIVEN_UP_MS } : undefined;
}

/** The registry first: it tells what the other collections are. */
function applyAll(
  engine: Engine,
  before: ReadonlyMap<string, number> = new Map(),
): ReadonlyMap<string, number> {
  const ids = workedOn(engine);
  const inOrder = [REGISTRY_ID, ...ids.filter((id) => id !== REGISTRY_ID)];
  return new Map(
    inOrder
      .filter((id) => ids.includes(id))
      .map((id) => [id, (before.get(id) ?? 0) + applyWaiting(engine, id)]),
  );
}

/** Reads one head, and the segments it names that are new here. */
async function readPeer(engine: Engine, peer: Peer): Promise<ReadOutcome> {
  const { db, store, clock } = engine;
  const key = headKey(peer.device);
  try {
    const maxBytes = HEAD_MAX_BYTES + SEAL_OVERHEAD_BYTES;
    const result = await store.get(key, { ifNoneMatch: peer.tag, maxBytes });
    if (result.kind === 'missing') return result;
    if (result.kind === 'unchanged') {
      if (peer.olderSince !== undefined) updatePeer(db, { ...peer, ...told(engine, peer) });
      return { kind: 'sound' };
    }
    const head = await openHead(engine, peer.device, result.body);
    await absorb(engine, peer, head);
    const isOlder = isOlderThan(head, peer.head);
    updatePeer(db, {
      device: peer.device,
      tag: result.tag,
      // The newest state seen stays noted, so that an older one is known for what it is (S10).
      head: isOlder ? peer.head : withoutTails(head),
      numbers: numbersOf(head),
      ...told(engine, {
        ...peer,
        olderSince: isOlder ? (peer.olderSince ?? clock.now()) : undefined,
      }),
      error: undefined,
    });
    return { kind: 'sound' };
  } catch (error) {
    if (!isErrorKind(error, 'damaged') || error instanceof DamagedReplicaError) throw error;
    const words = error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
    // Without its tag the head is read whole again: what it names may come later than it does, and
    // a newer Satchel may be able to read it.
    updatePeer(db, { ...peer, tag: undefined, error: words });
    return { kind: 'trouble', trouble: { path: key, error: words } };
  }
}

function numbersOf(head: Head): Record<string, number> {
  return Object.fromEntries(Object.entries(head.collections).map(([id, { n }]) => [id, n]));
}

/** @throws SatchelError `damaged` where something could not be read, after all the rest was. */
async function absorb(engine: Engine, peer: Peer, head: Head): Promise<void> {
  const { db } = engine;
  for (const device of head.known) {
    if (isObjectId(device) && device !== selfId(engine)) addPeer(db, device);
  }
  for (const [device, ends] of Object.entries(head.ended ?? {})) {
    for (const [collection, n] of Object.entries(ends)) endIdentity(engine, device, collection, n);
  }
  const damages: SatchelError[] = [];
  for (const collection of workedOn(engine)) {
    const found = head.collections[collection];
    if (found === undefined) continue;
    try {
      noticeFork(engine, peer.device, collection, head);
      await fetchNew(engine, peer.device, collection, found);
      await rescueFormer(engine, peer.device, collection, found);
    } catch (error) {
      // One collection's damage does not hold back the others.
      if (!isErrorKind(error, 'damaged') || error instanceof DamagedReplicaError) throw error;
      damages.push(error);
    }
  }
  const [first] = damages;
  if (first !== undefined) throw first;
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
