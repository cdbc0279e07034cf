/** S10: content that the bucket lost is put back from where this device still has it. */
import { SatchelError } from '../base/errors.ts';
import { REGISTRY_ID } from '../format/ids.ts';
import { BLOBS_PREFIX, blobKey } from '../format/object-keys.ts';
import { isCondemned } from '../replica/condemned.ts';
import { addEvent } from '../replica/events.ts';
import { deleteMeta, deleteNote, getMeta, getNote, isReady, setNote } from '../replica/meta.ts';
import { forgetMissingBlobs, isBlobKnown, noteBlob } from '../replica/own.ts';
import { allRecords } from '../replica/records.ts';
import { shownOf } from '../replica/shown.ts';
import { versionsWithBlobs } from '../replica/thinning.ts';
import { currentVersionsOf } from '../replica/versions.ts';
import { isPollRecent } from './condemned.ts';
import { uploadContent } from './contents.ts';
import { type Engine, workedOn } from './engine.ts';
import type { OpenCollection } from './kind.ts';

/** Asks for a look through the records of a collection: the bucket may have lost their content. */
const LOOK_THROUGH = 'put-back';

/**
 * Looks at the blobs if that was asked for, and uploads again what is missing of the content shown
 * here. A collection that is away, or has a file that cannot be read, has its turn again with the
 * rounds that list.
 * @param open the collections whose folders were looked through in this round.
 */
export async function putBackBlobs(
  engine: Engine,
  open: ReadonlyMap<string, OpenCollection>,
  { list }: { readonly list: boolean },
): Promise<void> {
  const { db } = engine;
  const asked = getMeta(db, 'put-back');
  // What is found meanwhile would be forgotten at the next poll (rule S12). A loss is seen to once.
  if (asked !== 'lost' && !isPollRecent(engine)) return;
  if (asked !== undefined) await lookAtBlobs(engine);
  else if (!list) return;
  let restored = 0;
  for (const [id, opened] of open) {
    if (getNote(db, id, LOOK_THROUGH) !== undefined)
      restored += await putBackIn(engine, id, opened);
  }
  if (restored === 0) return;
  addEvent(db, {
    time: engine.clock.now(),
    kind: 'warning',
    message: `The bucket had lost the content of ${restored} file(s) that are here; it is back.`,
  });
}

/** Learns which blobs are in the bucket, whatever is open, and asks for a look through the records. */
async function lookAtBlobs(engine: Engine): Promise<void> {
  const { db } = engine;
  const { objects } = await engine.store.list(BLOBS_PREFIX);
  const present = new Set(objects.map((object) => object.key));
  // From here on nothing relies on a blob that is gone (rule F5).
  forgetMissingBlobs(db, (id) => present.has(blobKey(id)));
  db.transaction(() => {
    // What no version names may be half of an upload that was cut off.
    for (const { version } of versionsWithBlobs(db)) {
      for (const [id] of version.blobs ?? []) if (present.has(blobKey(id))) noteBlob(db, id, 0);
    }
    for (const id of workedOn(engine)) {
      if (id !== REGISTRY_ID && isReady(db, id)) setNote(db, id, LOOK_THROUGH, '1');
    }
    deleteMeta(db, 'put-back');
  });
}

/** Returns of how many records the content was put back. */
async function putBackIn(
  engine: Engine,
  collection: string,
  open: OpenCollection,
): Promise<number> {
  const { db } = engine;
  let restored = 0;
  let unread = 0;
  for (const { record, isLive } of [...allRecords(db, collection)]) {
    const outcome = isLive ? await putBackRecord(engine, collection, record, open) : 'whole';
    if (outcome === 'restored') restored += 1;
    if (outcome === 'unread') unread += 1;
  }
  if (unread === 0) deleteNote(db, collection, LOOK_THROUGH);
  return restored;
}

async function putBackRecord(
  engine: Engine,
  collection: string,
  record: string,
  open: OpenCollection,
): Promise<'whole' | 'restored' | 'unread'> {
  const shown = shownOf(engine.db, collection, record);
  const version = currentVersionsOf(engine.db, collection, record)
    .map((known) => known.version)
    .find((candidate) => candidate.hash === shown?.hash && candidate.blobs !== undefined);
  const { hash, size, blobs = [] } = version ?? {};
  if (hash === undefined || size === undefined) return 'whole';
  if (blobs.every(([id]) => isBlobKnown(engine.db, id))) return 'whole';
  // What is condemned goes up under another name, as a version of its own (rule S12).
  if (blobs.some(([id]) => isCondemned(engine.db, id))) return 'whole';
  try {
    const pieces = await open.readLocal(record);
    if (pieces === undefined) return 'unread';
    const expected = { hash, sizeBytes: size, blobs };
    const uploaded = await uploadContent(engine, pieces, expected, () => undefined);
    // Content that changed meanwhile is a new version, and goes up as one.
    return uploaded === undefined ? 'whole' : 'restored';
  } catch (error) {
    if (error instanceof SatchelError) throw error;
    return 'unread';
  }
}
