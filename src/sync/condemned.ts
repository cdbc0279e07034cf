/**
 * S12: what devices have condemned, as their heads name it, and how long a poll of all of them
 * lets this device rely on a blob that is in the bucket already.
 */
import { SatchelError } from '../base/errors.ts';
import {
  CONDEMNED_MAX_BYTES,
  type Condemned,
  decodeCondemned,
  encodeCondemned,
} from '../format/condemned.ts';
import type { Head } from '../format/head.ts';
import { newObjectId, REGISTRY_ID } from '../format/ids.ts';
import { segmentKey } from '../format/object-keys.ts';
import { openObject, SEAL_OVERHEAD_BYTES, sealObject } from '../format/seal.ts';
import { noteCondemned } from '../replica/condemned.ts';
import { getMeta, getNote, setMeta, setNote } from '../replica/meta.ts';
import { forgetBlobs } from '../replica/own.ts';
import { forgetPeerTags } from '../replica/peers.ts';
import { type Engine, selfId, workedOn } from './engine.ts';

/** Asks for a look at what this device itself published: something of it may be condemned. */
export const CONDEMNED_NEWS = 'condemned-news';

/** What was last learnt of a device: when it wrote the head, and which list that names. */
interface Learnt {
  readonly time: number;
  readonly id: string | null;
}

/**
 * Learns what another device condemns by the head just read.
 * @throws SatchelError `damaged` where the list is missing or cannot be read.
 */
export async function learnCondemned(engine: Engine, device: string, head: Head): Promise<void> {
  const { db } = engine;
  const note = `condemned:${device}`;
  const text = getNote(db, REGISTRY_ID, note);
  const known: Learnt | undefined = text === undefined ? undefined : JSON.parse(text);
  const learnt: Learnt = { time: head.time, id: head.condemned ?? null };
  // An older head is read at times (rule S10): it takes back nothing that a newer one condemned.
  const isOlder = known !== undefined && head.time < known.time;
  if (known?.id === learnt.id) {
    if (!isOlder) setNote(db, REGISTRY_ID, note, JSON.stringify(learnt));
    return;
  }
  const list =
    head.condemned === undefined
      ? { since: head.time, blobs: [] }
      : await readCondemned(engine, device, head.condemned);
  db.transaction(() => {
    const isNews = noteCondemned(db, device, list, { isWhole: !isOlder });
    if (!isOlder) setNote(db, REGISTRY_ID, note, JSON.stringify(learnt));
    if (!isNews) return;
    for (const collection of workedOn(engine)) setNote(db, collection, CONDEMNED_NEWS, '1');
  });
}

/** @throws SatchelError `damaged` where the list is missing or cannot be read. */
export async function readCondemned(
  engine: Engine,
  device: string,
  id: string,
): Promise<Condemned> {
  const key = segmentKey(device, id);
  const maxBytes = CONDEMNED_MAX_BYTES + SEAL_OVERHEAD_BYTES;
  const result = await engine.store.get(key, { maxBytes });
  if (result.kind === 'found') {
    return decodeCondemned(key, openObject(engine.key, key, result.body, CONDEMNED_MAX_BYTES));
  }
  throw new SatchelError('damaged', `The object ${key} is missing from the bucket.`, {
    hint: 'It may still be on its way. If it stays missing, "satchel verify" tells more.',
  });
}

/** Writes a list of this device: one PUT. Returns its id, for the head to name. */
export async function putCondemned(engine: Engine, blobs: readonly string[]): Promise<string> {
  const id = newObjectId(engine.random);
  const key = segmentKey(selfId(engine), id);
  const body = encodeCondemned({ since: engine.clock.now(), blobs: [...blobs] });
  await engine.store.put(key, sealObject(engine.key, key, body, engine.random));
  return id;
}

/**
 * True while what this device knows of blobs in the bucket may be relied on: all lists of condemned
 * blobs were read within half the time that such blobs are announced. A clock that was set back
 * makes it uncertain.
 */
export function isPollRecent(engine: Engine): boolean {
  const at = getMeta(engine.db, 'full-poll-at');
  if (at === undefined) return false;
  const ageMs = engine.clock.now() - Number(at);
  return ageMs >= 0 && ageMs < engine.limits.condemnedMs / 2;
}

/**
 * Before a poll: where the last full one is too long ago, blobs may have been condemned, deleted
 * and taken off the lists unseen. So nothing is known of the bucket any more but what the next look
 * at it finds.
 */
export function forgetUnlessPolled(engine: Engine): void {
  const { db } = engine;
  if (isPollRecent(engine)) return;
  db.transaction(() => {
    // A former version of this program read heads without the lists that they name.
    if (getMeta(db, 'reads-lists') === undefined) {
      forgetPeerTags(db);
      setMeta(db, 'reads-lists', 'true');
    }
    const isAsked = getMeta(db, 'put-back') !== undefined;
    if (forgetBlobs(db) > 0 && !isAsked) setMeta(db, 'put-back', 'look');
  });
}

/** Notes that the lists of all devices were read. */
export function noteFullPoll(engine: Engine): void {
  setMeta(engine.db, 'full-poll-at', String(engine.clock.now()));
}
