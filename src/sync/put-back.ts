/** S10: content that the bucket lost is put back from where this device still has it. */
import { BLOBS_PREFIX, blobKey } from '../format/object-keys.ts';
import { isCondemned } from '../replica/condemned.ts';
import { addEvent } from '../replica/events.ts';
import { collectionIds, deleteMeta, getMeta, isReady } from '../replica/meta.ts';
import { forgetMissingBlobs, isBlobKnown, noteBlob } from '../replica/own.ts';
import { allRecords } from '../replica/records.ts';
import { shownOf } from '../replica/shown.ts';
import { versionsWithBlobs } from '../replica/thinning.ts';
import { currentVersionsOf } from '../replica/versions.ts';
import { uploadContent } from './contents.ts';
import type { Engine } from './engine.ts';
import type { OpenCollection } from './kind.ts';
import { registryKind } from './registry.ts';

/**
 * Uploads again what is missing of the content shown here, if a look was asked for. The wish
 * stays until a round in which every collection of this device could be looked through.
 * @param open the collections whose folders were looked through in this round.
 */
export async function putBackBlobs(
  engine: Engine,
  open: ReadonlyMap<string, OpenCollection>,
): Promise<void> {
  const { db } = engine;
  if (getMeta(db, 'put-back') === undefined) return;
  const here = collectionIds(db).filter((id) => {
    const kind = engine.kindOf(id);
    return kind !== undefined && kind !== registryKind && isReady(db, id);
  });
  if (here.some((id) => !open.has(id))) return;
  const { objects } = await engine.store.list(BLOBS_PREFIX);
  const present = new Set(objects.map((object) => object.key));
  // From here on nothing relies on a blob that is gone (rule F5).
  forgetMissingBlobs(db, (id) => present.has(blobKey(id)));
  // What no version names may be half of an upload that was cut off.
  db.transaction(() => {
    for (const { version } of versionsWithBlobs(db)) {
      for (const [id] of version.blobs ?? []) if (present.has(blobKey(id))) noteBlob(db, id, 0);
    }
  });
  let restored = 0;
  let unread = 0;
  for (const id of here) {
    for (const { record, isLive } of [...allRecords(db, id)]) {
      const outcome = isLive ? await putBackRecord(engine, id, record, open.get(id)) : 'whole';
      if (outcome === 'restored') restored += 1;
      if (outcome === 'unread') unread += 1;
    }
  }
  if (unread === 0) deleteMeta(db, 'put-back');
  if (restored === 0) return;
  addEvent(db, {
    time: engine.clock.now(),
    kind: 'warning',
    message: `The bucket had lost the content of ${restored} file(s) that are here; it is back.`,
  });
}

async function putBackRecord(
  engine: Engine,
  collection: string,
  record: string,
  open: OpenCollection | undefined,
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
  const pieces = await open?.readLocal(record);
  if (pieces === undefined) return 'unread';
  const uploaded = await uploadContent(
    engine,
    pieces,
    { hash, sizeBytes: size, blobs },
    () => undefined,
  );
  // Content that changed meanwhile is a new version, and goes up as one.
  return uploaded === undefined ? 'whole' : 'restored';
}
