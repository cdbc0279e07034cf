/** A repository that went to another bucket: what the heads in the former one say about it. */
import { forEachConcurrently } from '../base/concurrency.ts';
import { SatchelError } from '../base/errors.ts';
import { HEAD_MAX_BYTES, type Head } from '../format/head.ts';
import { isObjectId } from '../format/ids.ts';
import { HEADS_PREFIX, headKey } from '../format/object-keys.ts';
import { MissingKeyError, SEAL_OVERHEAD_BYTES } from '../format/seal.ts';
import { isBucketDamaged } from '../replica/database.ts';
import { deleteMeta, getMeta, markHeadChanged, setMeta } from '../replica/meta.ts';
import { allPeers, peerOf } from '../replica/peers.ts';
import { type Engine, selfId } from './engine.ts';
import { openHeadAlone } from './head.ts';
import { retiredDevices } from './retired.ts';

export interface Moved {
  /** The bucket URL, without what only one machine needs. */
  readonly to: string;
  /** Milliseconds since the Unix epoch, by the clock of the device that moved it. */
  readonly time: number;
  readonly device: string;
}

/**
 * Notes where the heads last read say that the repository went. Where two devices moved it at the
 * same time, all follow the one that says the lower time, and the other one gives in. What a lost
 * device says does not count: it might lead the others into a stranger's bucket.
 */
export function noteMoved(engine: Engine): Moved | undefined {
  const { db } = engine;
  const retired = retiredDevices(engine);
  const told = allPeers(db).flatMap(({ device, head }): Moved[] => {
    const moved = head?.moved;
    if (moved === undefined || retired.get(device)?.isLost === true) return [];
    return [{ to: moved.to, time: moved.time, device }];
  });
  const own = ownMove(engine);
  const ours = own ?? moveOfLaterLife(engine);
  const [first] = [...told, ...(ours === undefined ? [] : [ours])].sort(
    (a, b) => a.time - b.time || (a.device < b.device ? -1 : 1),
  );
  if (first === undefined) deleteMeta(db, 'follow');
  else setMeta(db, 'follow', JSON.stringify(first));
  if (own !== undefined && first !== own) withdrawMove(engine);
  return first;
}

/** Where the repository went, by the last poll; undefined where it is still here. */
export function movedTo(engine: Pick<Engine, 'db'>): Moved | undefined {
  const text = getMeta(engine.db, 'follow');
  return text === undefined ? undefined : JSON.parse(text);
}

/** True where this device moved it, and knows of that. */
export function isOwnMove(engine: Pick<Engine, 'db'>, moved: Moved): boolean {
  return getMeta(engine.db, 'moved') !== undefined && moved.device === selfId(engine);
}

/**
 * S9: whether this bucket was left behind, by the own head that was found here, which is noted, and
 * by all others as they are now. A device that was put back finds in such a bucket how far it had
 * come when it left, and no more.
 * @throws `MissingKeyError` where a head may say so and this device lacks its key; what the store
 *   throws.
 */
export async function isLeftBehind(engine: Engine, found: Head): Promise<boolean> {
  const { db, store } = engine;
  const retired = retiredDevices(engine);
  const counts = (device: string): boolean => retired.get(device)?.isLost !== true;
  const self = selfId(engine);
  const own = counts(self) ? found.moved : undefined;
  if (own === undefined) deleteMeta(db, 'moved-since');
  else setMeta(db, 'moved-since', JSON.stringify(own));
  const { objects } = await store.list(HEADS_PREFIX);
  const listed = objects.map(({ key }) => key.slice(HEADS_PREFIX.length));
  const named = [...listed, ...found.known, ...allPeers(db).map(({ device }) => device)];
  const devices = new Set(named.filter((device) => isObjectId(device) && device !== self));
  let isMoved = own !== undefined;
  await forEachConcurrently(devices, HEADS_AT_ONCE, async (device) => {
    const head = counts(device) ? await readAlone(engine, device) : undefined;
    if (head?.moved !== undefined) isMoved = true;
  });
  return isMoved;
}

/**
 * For what is changed beside the rounds, such as key slots.
 * @throws SatchelError `attention` where the repository went to another bucket; what the store throws.
 */
export async function requireNotLeft(engine: Engine): Promise<void> {
  if (await isLeft(engine)) throw bucketLeft(engine.store.name);
}

/** Whether some head says that the repository went elsewhere: one that cannot be read, when it could. */
async function isLeft(engine: Engine): Promise<boolean> {
  const retired = retiredDevices(engine);
  const { objects } = await engine.store.list(HEADS_PREFIX);
  const listed = objects.map(({ key }) => key.slice(HEADS_PREFIX.length)).filter(isObjectId);
  const counting = listed.filter((device) => retired.get(device)?.isLost !== true);
  let isMoved = false;
  await forEachConcurrently(counting, HEADS_AT_ONCE, async (device) => {
    const head = await readAlone(engine, device).catch((error: unknown) => {
      if (error instanceof MissingKeyError) return peerOf(engine.db, device)?.head;
      throw error;
    });
    if (head?.moved !== undefined) isMoved = true;
  });
  return isMoved;
}

export function bucketLeft(here: string): SatchelError {
  return new SatchelError('attention', `The repository went from ${here} to another bucket.`, {
    hint: 'Run "satchel sync", which follows it, and then the command again.',
  });
}

const HEADS_AT_ONCE = 6;

/** A device's head without its lists; what was last known of it, where it cannot be read. */
async function readAlone(engine: Engine, device: string): Promise<Head | undefined> {
  try {
    const maxBytes = HEAD_MAX_BYTES + SEAL_OVERHEAD_BYTES;
    const result = await engine.store.get(headKey(device), { maxBytes });
    if (result.kind === 'found') return openHeadAlone(engine, device, result.body);
  } catch (error) {
    if (!isBucketDamaged(error) || error instanceof MissingKeyError) throw error;
  }
  return peerOf(engine.db, device)?.head;
}

/** True where this device's head is in the bucket, and nobody has been told of a move. */
export async function isUntold(engine: Engine): Promise<boolean> {
  const own = await readAlone(engine, selfId(engine));
  return own !== undefined && !(await isLeft(engine));
}

/** Makes this device's head tell the others where to go, from its next writing on. */
export function announceMove(engine: Engine, to: string): void {
  if (getMeta(engine.db, 'moved') !== undefined) return;
  setMeta(engine.db, 'moved', JSON.stringify({ to, time: engine.clock.now() }));
  markHeadChanged(engine.db);
}

function ownMove(engine: Engine): Moved | undefined {
  const text = getMeta(engine.db, 'moved');
  return text === undefined ? undefined : { ...JSON.parse(text), device: selfId(engine) };
}

/** What this device's head says, written by a life of it that it does not remember. */
function moveOfLaterLife(engine: Engine): Moved | undefined {
  const text = getMeta(engine.db, 'moved-since');
  return text === undefined ? undefined : { ...JSON.parse(text), device: selfId(engine) };
}

function withdrawMove({ db }: Engine): void {
  deleteMeta(db, 'moved');
  markHeadChanged(db);
}
