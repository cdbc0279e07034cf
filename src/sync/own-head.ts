/** Looking at one's own head before anything else (rules S9, S10). */
import { isErrorKind, SatchelError } from '../base/errors.ts';
import {
  HEAD_MAX_BYTES,
  type Head,
  type HeadCollection,
  type SegmentEntry,
} from '../format/head.ts';
import { tagOf } from '../format/ids.ts';
import { NewerFormatError } from '../format/json.ts';
import { decodeManifest, MANIFEST_MAX_BYTES } from '../format/manifest.ts';
import { headKey, MANIFEST_KEY, segmentKey, segmentsPrefix } from '../format/object-keys.ts';
import { MissingKeyError, SEAL_OVERHEAD_BYTES } from '../format/seal.ts';
import { adoptedOf, forgetAdoptedFrom } from '../replica/adopted.ts';
import { appliedUpTo } from '../replica/clocks.ts';
import { forgetOwnCondemned, restartPruning } from '../replica/condemned.ts';
import { addEvent } from '../replica/events.ts';
import { collectionIds, deleteMeta, getMeta, markHeadChanged, setMeta } from '../replica/meta.ts';
import { forgetBlobs, forgetOwnSegments, isOwnNonce, ownSegments } from '../replica/own.ts';
import { forgetReadings } from '../replica/peers.ts';
import { commitId, unarchiveAll } from '../replica/versions.ts';
import { endIdentity } from './ends.ts';
import { type Engine, selfId } from './engine.ts';
import { readFoundLife } from './found-life.ts';
import { openHeadAlone, readLists, writtenIndexId } from './head.ts';
import { changeIdentity, isEnded } from './identity.ts';
import { keepLanded, lastTried } from './landed.ts';
import { isLeftBehind } from './moved.ts';
import { awaitMissing, isUndecided, noteDecided, noteUndecided } from './undecided.ts';

/**
 * Reads this device's own head, conditionally: one GET.
 * @returns true if the head in the bucket is the one last written.
 * @throws SatchelError `damaged` where only a newer Satchel can read it, or a key that this device
 *   does not have any more (`MissingKeyError`): it was put back to an earlier day. `UndecidedError`
 *   where something is missing that tells what the head means.
 */
export async function checkOwnHead(engine: Engine): Promise<boolean> {
  const { db } = engine;
  const self = selfId(engine);
  const isOver = isEnded(engine);
  const tag = isOver ? undefined : getMeta(db, 'head-tag') || undefined;
  const result = await readOwnHead(engine, self, tag);
  if (result.kind === 'found' && (isOver || !isOwnNonce(db, result.head.nonce))) {
    await meetOtherLife(engine, result);
    return false;
  }
  if (result.kind === 'damaged' && isOver) {
    awaitMissing(engine, headKey(self));
    changeIdentity(engine, undefined, new Map());
    return false;
  }
  noteDecided(engine);
  if (result.kind === 'unchanged') return true;
  if (result.kind === 'damaged') {
    writeAgain(engine);
    return false;
  }
  if (result.kind === 'missing') {
    if (getMeta(db, 'head-acknowledged') !== undefined) await putBack(engine, 'missing');
    if (isOver) changeIdentity(engine, undefined, new Map());
    return false;
  }
  const { head } = result;
  const { nonce, change } = lastTried(db);
  if (head.nonce !== nonce) {
    // The one that arrived last is still there where a write failed since: not every store tells
    // that by a tag.
    const isOlder =
      getMeta(db, 'head-tag') !== undefined && head.nonce !== getMeta(db, 'head-nonce');
    if (isOlder) await putBack(engine, 'older');
    else markHeadChanged(db);
    return false;
  }
  db.transaction(() => {
    setMeta(db, 'head-tag', result.tag ?? '');
    setMeta(db, 'head-acknowledged', change);
    setMeta(db, 'head-nonce', nonce);
  });
  return true;
}

/**
 * S9: takes a new identity, once it can be told how far both lives are the same. What cannot be
 * read is waited for, since the end that is announced stays for good.
 */
async function meetOtherLife(engine: Engine, { head, unread }: FoundHead): Promise<void> {
  // Where the repository went, this life may have gone on; the look after the arrival tells.
  if (await isLeftBehind(engine, head)) return noteUndecided(engine);
  if (unread !== undefined) awaitMissing(engine, unread);
  const life = await readFoundLife(engine, head);
  if (life.unread !== undefined) awaitMissing(engine, life.unread);
  changeIdentity(engine, head, life.chains);
}

/**
 * S9: another device has seen a number of this one that this one never gave, or gave to another
 * commit: it lived on after the backup it was put back to, whatever its head in the bucket shows.
 * It ends where both lives are the same; the next look at its head gives it a new identity.
 */
export function noticeOtherLife(engine: Engine, collection: string, found: HeadCollection): void {
  const { db } = engine;
  // The own head tells more, once it can be read.
  if (isUndecided(engine)) return;
  const self = selfId(engine);
  const [n, tag] = found.clock[self] ?? [0, ''];
  const own = appliedUpTo(db, collection, self);
  const id = commitId(db, collection, self, n);
  const isForeign = id !== undefined && tag !== '' && tagOf(id) !== tag;
  if (n > own) endIdentity(engine, self, collection, own);
  else if (isForeign) endIdentity(engine, self, collection, n - 1);
}

interface FoundHead {
  readonly kind: 'found';
  readonly head: Head;
  readonly tag: string | undefined;
  /** The index, where only that cannot be read: the head tells its own lists alone then. */
  readonly unread?: string;
}

type OwnHead =
  | FoundHead
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'damaged' };

/**
 * The own head. One that cannot be read, nor a moment later, will be written again, for nobody
 * else may; unless only its index is missing, and it is another life's, or this identity ended.
 */
async function readOwnHead(
  engine: Engine,
  self: string,
  tag: string | undefined,
): Promise<OwnHead> {
  let alone: Head | undefined;
  for (let look = 0; look < 2; look += 1) {
    if (look > 0) await engine.clock.sleep(TORN_PAUSE_MS);
    alone = undefined;
    try {
      const maxBytes = HEAD_MAX_BYTES + SEAL_OVERHEAD_BYTES;
      const result = await engine.store.get(headKey(self), { ifNoneMatch: tag, maxBytes });
      if (result.kind !== 'found') return result;
      alone = openHeadAlone(engine, self, result.body);
      const head = await readLists(engine, alone);
      return { kind: 'found', head, tag: result.tag };
    } catch (error) {
      const isForeign = error instanceof NewerFormatError || error instanceof MissingKeyError;
      if (!isErrorKind(error, 'damaged') || isForeign) throw error;
    }
  }
  if (alone?.index !== undefined && !isOwnNonce(engine.db, alone.nonce)) {
    const unread = segmentKey(self, alone.index);
    return { kind: 'found', head: alone, tag: undefined, unread };
  }
  return { kind: 'damaged' };
}

function writeAgain({ db, clock }: Engine): void {
  markHeadChanged(db);
  restartPruning(db);
  addEvent(db, {
    time: clock.now(),
    kind: 'warning',
    message: 'The head of this device was damaged in the bucket; it is written again.',
  });
}

/** A folder that another program carries may show an object before it is whole. */
const TORN_PAUSE_MS = 1000;

/**
 * S10: the bucket shows an older head, or none. Usually a late write; perhaps the bucket was put
 * back to an earlier day. The head is written again, and segments too if some are gone.
 */
async function putBack(engine: Engine, state: 'missing' | 'older'): Promise<void> {
  const { db } = engine;
  if (state === 'missing') await requireSameRepository(engine);
  await forgetMissingObjects(engine);
  db.transaction(() => {
    markHeadChanged(db);
    restartPruning(db);
    // Nothing relies on a blob before the bucket was looked at, however long that has to wait.
    forgetBlobs(db);
    setMeta(db, 'put-back', 'lost');
    addEvent(db, {
      time: engine.clock.now(),
      kind: 'warning',
      // The content may be gone as well: the next round looks (rule S10).
      message: `The bucket showed ${state === 'missing' ? 'no head' : 'an older head'} of this device; it is written again.`,
    });
  });
}

type Bucket = Pick<Engine, 'db' | 'store'>;

/** What this device's head would name and the bucket does not have is to be written anew. */
async function forgetMissingObjects({ db, store }: Bucket): Promise<void> {
  const self = selfId({ db });
  const { objects } = await store.list(segmentsPrefix(self));
  const present = new Set(objects.map((object) => object.key));
  const isThere = ([id]: SegmentEntry): boolean => present.has(segmentKey(self, id));
  const isComplete = collectionIds(db).every((id) => ownSegments(db, id, false).every(isThere));
  const index = writtenIndexId(db);
  db.transaction(() => {
    if (!isComplete) {
      forgetOwnSegments(db);
      unarchiveAll(db, self);
    }
    if (index !== undefined && !present.has(segmentKey(self, index))) deleteMeta(db, 'index');
    const condemned = getMeta(db, 'condemned');
    if (condemned !== undefined && !present.has(segmentKey(self, condemned))) {
      forgetOwnCondemned(db, self);
    }
    for (const [device, collections] of Object.entries(adoptedOf(db))) {
      for (const [collection, { segments }] of Object.entries(collections)) {
        const gone = segments.find((entry) => !isThere(entry));
        if (gone !== undefined) forgetAdoptedFrom(db, device, collection, gone[1]);
      }
    }
  });
}

const NOTES_OF_A_MOVE = ['moved', 'moving', 'follow', 'arriving'] as const;

/**
 * S10: after the repository went to another bucket everything is looked at anew, and nothing there
 * is older than what was seen before. What this device published in the former bucket since the
 * copy was made is published again.
 */
export async function arriveInBucket(bucket: Bucket): Promise<void> {
  const { db } = bucket;
  await forgetMissingObjects(bucket);
  db.transaction(() => {
    for (const name of NOTES_OF_A_MOVE) deleteMeta(db, name);
    noteDecided(bucket);
    keepLanded(db);
    // Without them an older own head is no news, and a missing one no loss.
    deleteMeta(db, 'head-tag');
    deleteMeta(db, 'head-acknowledged');
    deleteMeta(db, 'head-nonce');
    // Which blobs are there, and what is condemned, is known of the former bucket only (rule S12).
    deleteMeta(db, 'full-poll-at');
    // What the former one said of this computer's clock; this one may tell no time, and never say.
    deleteMeta(db, 'clock-offset');
    forgetReadings(db);
    markHeadChanged(db);
    restartPruning(db);
    setMeta(db, 'put-back', 'lost');
  });
}

/**
 * @throws SatchelError `damaged` where the bucket holds no repository any more, or another one.
 */
export async function requireSameRepository(engine: Engine): Promise<void> {
  const result = await engine.store.get(MANIFEST_KEY, { maxBytes: MANIFEST_MAX_BYTES });
  if (result.kind !== 'found') {
    throw new SatchelError(
      'damaged',
      `There is no repository in ${engine.store.name} any more: ${MANIFEST_KEY} is missing.`,
      {
        hint:
          'If the bucket was emptied by mistake, restore it. Your files and the replica on this ' +
          'device are untouched.',
      },
    );
  }
  const { repository } = decodeManifest(result.body);
  if (repository === engine.repository) return;
  throw new SatchelError(
    'damaged',
    `${engine.store.name} holds another repository than the one this device belongs to.`,
    { hint: 'Correct the bucket address, or use another home (SATCHEL_HOME) for this repository.' },
  );
}
