/** Polling: heads, new segments, and what they bring (rules S2, S10, S14, S15). */
import { forEachConcurrently } from '../base/concurrency.ts';
import type { SatchelError } from '../base/errors.ts';
import { HEAD_MAX_BYTES, type Head } from '../format/head.ts';
import { isObjectId, REGISTRY_ID } from '../format/ids.ts';
import { NewerFormatError } from '../format/json.ts';
import { headKey } from '../format/object-keys.ts';
import { MissingKeyError, SEAL_OVERHEAD_BYTES } from '../format/seal.ts';
import { appliedUpTo, endsOf } from '../replica/clocks.ts';
import { isBucketDamaged } from '../replica/database.ts';
import { addEvent } from '../replica/events.ts';
import { isReady, markReady } from '../replica/meta.ts';
import {
  addPeer,
  allPeers,
  type Peer,
  peerOf,
  updatePeer,
  waitingUnits,
} from '../replica/peers.ts';
import { undertakeUnshown } from './adopt.ts';
import { applyWaiting, missingNeeds } from './apply.ts';
import { forgetUnlessPolled, learnCondemned, noteFullPoll } from './condemned.ts';
import { discover, forgetStrangers } from './discover.ts';
import { endIdentity, refreshWhatIsDue } from './ends.ts';
import { type Engine, selfId, workedOn } from './engine.ts';
import { fetchAdopted, fetchNew, rescueFormer } from './fetch.ts';
import { openHead } from './head.ts';
import { chainOf, noticeFork } from './identity.ts';
import type { Trouble } from './kind.ts';
import { noteMissingKey } from './missing-key.ts';
import { type Moved, noteMoved } from './moved.ts';
import { completeOverrun } from './overrun.ts';
import { noticeOtherLife } from './own-head.ts';
import { lookAtOwnHead } from './own-look.ts';
import { retiredDevices, returnIfRetired } from './retired.ts';
import { endStalled, type ReadOutcome } from './stalled.ts';
import { isUndecided, noteUndecided, UndecidedError } from './undecided.ts';
import { isFormerAwaited } from './unread-former.ts';

export interface PullReport {
  /** True if this device's head in the bucket is the one it wrote last. */
  readonly isOwnHeadCurrent: boolean;
  /** Versions applied, by collection. */
  readonly applied: ReadonlyMap<string, number>;
  /** Objects that could not be read; they are tried again. */
  readonly unreadable: readonly Trouble[];
  /** Where the repository went, if heads say so: nothing is to be published here any more. */
  readonly moved: Moved | undefined;
}

export interface PullOptions {
  /** Also list `heads/`, to meet devices that no known head names. */
  readonly list: boolean;
  /** Also read heads of retired devices that were read within the hour (rule S14). */
  readonly everyHead?: boolean;
}

const PEERS_AT_ONCE = 6;
/** A retired device's head seldom changes; what somebody else saw of it is read at once. */
const RETIRED_POLL_MS = 60 * 60 * 1000;
/** An older head than one seen before is normal for a while (rule S10). */
const ROLLBACK_REPORTED_MS = 60 * 60 * 1000;

/** One poll: one GET for each device, plus what is new. */
export async function pull(engine: Engine, options: PullOptions): Promise<PullReport> {
  forgetUnlessPolled(engine);
  const unreadable: Trouble[] = [];
  let isOwnKeyMissing = false;
  const isOwnHeadCurrent = await lookAtOwnHead(engine).catch((error: unknown) => {
    // The rest of the bucket can be read meanwhile; nothing is published over that head.
    const isUndecidable = error instanceof MissingKeyError || error instanceof UndecidedError;
    if (!isUndecidable) throw error;
    if (error instanceof MissingKeyError) {
      isOwnKeyMissing = true;
      noteUndecided(engine);
    }
    unreadable.push(troubleOf(headKey(selfId(engine)), error));
    return false;
  });
  // Only a list tells whether all heads were read, which a first pull has to know (rule S15).
  const isFirstRead = workedOn(engine).some((id) => !isReady(engine.db, id));
  // So does only a list tell of a life that came after the backup and that nobody has read (rule S9).
  const list = options.list || isFirstRead || isFormerAwaited(engine);
  const discovered = list ? await discover(engine) : undefined;
  const outcomes = new Map<string, ReadOutcome>();
  const retired = retiredDevices(engine);
  const everyHead = options.everyHead === true || isFirstRead;
  await readPeers(
    engine,
    outcomes,
    (peer) => everyHead || !retired.has(peer.device) || isDue(engine, peer),
  );
  const adoptersUnread = [...(await fetchAdopted(engine)), ...(await completeOverrun(engine))];
  refreshWhatIsDue(engine);
  let applied = applyAll(engine);
  const isNeeded = neededDevices(engine);
  if (await readPeers(engine, outcomes, ({ device }) => isNeeded.has(device))) {
    applied = applyAll(engine, applied);
  }
  const isNews = endLost(engine) || endStalled(engine, outcomes);
  if (isNews) applied = applyAll(engine, applied);
  undertakeUnshown(engine, outcomes);
  const troubles = [...outcomes].flatMap(([device, outcome]) =>
    outcome.kind === 'trouble' ? [{ device, ...outcome }] : [],
  );
  // Of a head that was never read here, a person has decided to go on without it.
  const isGivenUp = (device: string): boolean =>
    retired.has(device) && peerOf(engine.db, device)?.head === undefined;
  unreadable.push(
    ...troubles.filter(({ device }) => !isGivenUp(device)).map(({ trouble }) => trouble),
    ...adoptersUnread,
  );
  if (discovered?.trouble !== undefined) unreadable.push(discovered.trouble);
  const isWholeList = discovered !== undefined && discovered.trouble === undefined;
  // Of a retired device no list is waited for: its head may be gone for good.
  const isFull =
    isWholeList && troubles.every(({ device, isHeadRead }) => isHeadRead || retired.has(device));
  if (isFull) noteFullPoll(engine);
  const isMissing = isOwnKeyMissing || troubles.some((trouble) => trouble.isKeyMissing);
  await noteMissingKey(engine, { isMissing, isFull });
  if (isWholeList && !isUndecided(engine) && adoptersUnread.length === 0) {
    const unread = troubles.map(({ device }) => device);
    markCompletelyRead(engine, unread);
  }
  if (discovered !== undefined) forgetStrangers(engine, discovered, outcomes);
  returnIfRetired(engine);
  return { isOwnHeadCurrent, applied, unreadable, moved: noteMoved(engine) };
}

/**
 * Reads the heads that `isWanted` and that were not read yet, and those that they make known.
 * @returns whether there were any.
 */
async function readPeers(
  engine: Engine,
  outcomes: Map<string, ReadOutcome>,
  isWanted: (peer: Peer) => boolean,
): Promise<boolean> {
  for (let turn = 0; ; turn += 1) {
    const peers = allPeers(engine.db).filter(
      (peer) => peer.device !== selfId(engine) && !outcomes.has(peer.device) && isWanted(peer),
    );
    if (peers.length === 0) return turn > 0;
    await forEachConcurrently(peers, PEERS_AT_ONCE, async (peer) => {
      outcomes.set(peer.device, await readPeer(engine, peer));
    });
  }
}

/**
 * S14: a retired device's head is read once an hour, unless it was read here before and was not read
 * well the last time.
 */
function isDue(engine: Engine, { tag, head, readAt, error }: Peer): boolean {
  if (head !== undefined && (tag === undefined || error !== undefined)) return true;
  return engine.clock.now() - (readAt ?? 0) >= RETIRED_POLL_MS;
}

function neededDevices(engine: Engine): ReadonlySet<string> {
  const needs = workedOn(engine).flatMap((collection) => missingNeeds(engine, collection));
  return new Set(needs.map(([device]) => device));
}

/**
 * S15: a collection is ready once all heads were read and nothing waits. Of a retired device, what
 * anybody has read is enough: its head may be gone or damaged for good (rule S14).
 */
function markCompletelyRead(engine: Engine, unread: readonly string[]): void {
  const retired = retiredDevices(engine);
  for (const collection of workedOn(engine)) {
    if (isReady(engine.db, collection)) continue;
    const isRead = unread.every(
      (device) => retired.has(device) && isReadAsFarAsAnywhere(engine, collection, device),
    );
    if (isRead && waitingUnits(engine.db, collection).length === 0) {
      markReady(engine.db, collection);
    }
  }
}

function isReadAsFarAsAnywhere(engine: Engine, collection: string, device: string): boolean {
  const applied = appliedUpTo(engine.db, collection, device);
  const end = endsOf(engine.db, collection).get(device) ?? Number.POSITIVE_INFINITY;
  return allPeers(engine.db).every(({ head }) => {
    const [n] = head?.collections[collection]?.clock[device] ?? [0];
    return Math.min(n, end) <= applied;
  });
}

/**
 * S9a: a lost device counts for nothing in collections for which whoever reported it announced no
 * end: it may write there for the first time, in somebody else's hands.
 */
function endLost(engine: Engine): boolean {
  let isNews = false;
  for (const { device, isLost } of retiredDevices(engine).values()) {
    if (!isLost) continue;
    for (const collection of workedOn(engine)) {
      if (endsOf(engine.db, collection).has(device)) continue;
      endIdentity(engine, device, collection, 0);
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
  let isOpened = false;
  let isHeadRead = false;
  try {
    const maxBytes = HEAD_MAX_BYTES + SEAL_OVERHEAD_BYTES;
    const result = await store.get(key, { ifNoneMatch: peer.tag, maxBytes });
    if (result.kind === 'missing') {
      // After a move the heads of the former bucket are known, and may come later than the others.
      const wasHere = peer.numbers !== undefined;
      const isGone = wasHere && !retiredDevices(engine).has(peer.device);
      const noted = isGone ? told(engine, peer, 'gone') : { readAt: clock.now() };
      updatePeer(db, { ...peer, ...noted });
      return result;
    }
    if (result.kind === 'unchanged') {
      const age = clock.now() - (peer.readAt ?? 0);
      const isWorthNoting = peer.olderSince !== undefined || age >= RETIRED_POLL_MS;
      // It may have been gone since it was read.
      const isOlder = peer.numbers !== undefined && isBehind(peer.numbers, peer.head);
      const state = isOlder ? 'older' : 'newest';
      if (isWorthNoting) updatePeer(db, { ...peer, ...told(engine, peer, state) });
      return { kind: 'sound' };
    }
    const head = await openHead(engine, peer.device, result.body);
    isOpened = true;
    await learnCondemned(engine, peer.device, head);
    isHeadRead = true;
    await absorb(engine, peer, head);
    const numbers = numbersOf(head);
    const isOlder = isBehind(numbers, peer.head);
    updatePeer(db, {
      device: peer.device,
      tag: result.tag,
      // The newest state seen stays noted, so that an older one is known for what it is (S10).
      head: isOlder ? peer.head : withoutTails(head),
      numbers,
      ...told(engine, peer, isOlder ? 'older' : 'newest'),
      error: undefined,
    });
    return { kind: 'sound' };
  } catch (error) {
    if (!isBucketDamaged(error)) throw error;
    const trouble = isOpened ? troubleOf(key, error) : unreadHead(peer, error);
    // Without its tag the head is read whole again: what it names may come later than it does, and
    // a newer Satchel may be able to read it.
    const readAt = peer.head === undefined ? clock.now() : peer.readAt;
    updatePeer(db, { ...peer, tag: undefined, readAt, error: trouble.error });
    return {
      kind: 'trouble',
      trouble,
      isHeadRead,
      isHeadDamaged: !isOpened && !isForeign(error),
      isKeyMissing: error instanceof MissingKeyError,
    };
  }
}

function troubleOf(path: string, { message, hint }: SatchelError): Trouble {
  return { path, error: hint === undefined ? message : `${message} ${hint}` };
}

/** S15: a head that nobody here ever read holds up collections that are new here. */
function unreadHead({ device, head }: Peer, error: SatchelError): Trouble {
  const trouble = troubleOf(headKey(device), error);
  if (head !== undefined || isForeign(error)) return trouble;
  const remedy = `"satchel devices remove ${device.slice(0, 8)}"`;
  const words = `If that device is gone for good, ${remedy} lets this one go on without it.`;
  return { ...trouble, error: `${trouble.error} ${words}` };
}

/** True for what is not damaged: a newer Satchel, or one that has a later key, can read it. */
function isForeign(error: SatchelError): boolean {
  return error instanceof MissingKeyError || error instanceof NewerFormatError;
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
      noticeFork(engine, peer.device, collection, chainOf(head, collection));
      noticeOtherLife(engine, collection, found);
      await fetchNew(engine, peer.device, collection, found);
      await rescueFormer(engine, peer.device, collection, found);
    } catch (error) {
      // One collection's damage does not hold back the others.
      if (!isBucketDamaged(error)) throw error;
      damages.push(error);
    }
  }
  const worst = damages.find((damage) => damage instanceof MissingKeyError) ?? damages[0];
  if (worst !== undefined) throw worst;
}

function withoutTails(head: Head): Head {
  const collections = Object.fromEntries(
    Object.entries(head.collections).map(([id, collection]) => [id, { ...collection, tail: [] }]),
  );
  return { ...head, collections };
}

/** True where a head with these numbers is older than the one known. */
function isBehind(numbers: Readonly<Record<string, number>>, known: Head | undefined): boolean {
  return Object.entries(known?.collections ?? {}).some(
    ([collection, { n }]) => (numbers[collection] ?? 0) < n,
  );
}

/**
 * S10: an older head than one seen before, or none, is normal for a while; after an hour it is
 * told, once. Returns what to note of this reading.
 */
function told(
  engine: Engine,
  peer: Peer,
  state: 'newest' | 'older' | 'gone',
): Pick<Peer, 'olderSince' | 'readAt'> {
  const now = engine.clock.now();
  if (state === 'newest') return { olderSince: undefined, readAt: now };
  const { olderSince = now, readAt = 0 } = peer;
  const wasTold = readAt - olderSince > ROLLBACK_REPORTED_MS;
  if (!wasTold && now - olderSince > ROLLBACK_REPORTED_MS) {
    const name = `device "${peer.head?.device.name ?? peer.device}" (${headKey(peer.device)})`;
    const shown = state === 'older' ? `an older state of ${name}` : `no state of ${name}`;
    addEvent(engine.db, {
      time: now,
      kind: 'warning',
      message:
        `The bucket has shown ${shown} for an hour. It was probably put back to an earlier day; ` +
        'that device puts its own back when it works. If it is gone for good, remove it from the ' +
        'list of devices: what is known of it here then goes to the others. If it works and this ' +
        'stays, somebody holds back what is newer: look at who can write to the bucket.',
    });
  }
  return { olderSince, readAt: now };
}
