/** S10: content that the bucket lost is put back from where this device still has it. */
import { BLOBS_PREFIX, blobKey } from '../format/object-keys.ts';
import { addEvent } from '../replica/events.ts';
import { deleteMeta, getMeta } from '../replica/meta.ts';
import { forgetBlob } from '../replica/own.ts';
import { allRecords } from '../replica/records.ts';
import { shownOf } from '../replica/shown.ts';
import { currentVersionsOf } from '../replica/versions.ts';
import { uploadContent } from './contents.ts';
import type { Engine } from './engine.ts';
import type { OpenCollection } from './kind.ts';

/** Uploads again what is missing of the content shown here, if a look was asked for. */
export async function putBackBlobs(
  engine: Engine,
  open: ReadonlyMap<string, OpenCollection>,
): Promise<void> {
  if (getMeta(engine.db, 'put-back') === undefined) return;
  const { objects } = await engine.store.list(BLOBS_PREFIX);
  const present = new Set(objects.map((object) => object.key));
  let restored = 0;
  for (const [collection, opened] of open) {
    // The list is taken first: the walk must not meet the writes of the upload.
    for (const { record } of [...allRecords(engine.db, collection)].filter((row) => row.isLive)) {
      if (await putBackRecord(engine, collection, record, opened, present)) restored += 1;
    }
  }
  deleteMeta(engine.db, 'put-back');
  if (restored === 0) return;
  addEvent(engine.db, {
    time: engine.clock.now(),
    kind: 'warning',
    message: `The bucket had lost the content of ${restored} file(s) that are here; it is back.`,
  });
}

async function putBackRecord(
  engine: Engine,
  collection: string,
  record: string,
  open: OpenCollection,
  present: ReadonlySet<string>,
): Promise<boolean> {
  const shown = shownOf(engine.db, collection, record);
  const version = currentVersionsOf(engine.db, collection, record)
    .map((known) => known.version)
    .find((candidate) => candidate.hash === shown?.hash && candidate.blobs !== undefined);
  const { hash, size, blobs = [] } = version ?? {};
  const missing = blobs.filter(([id]) => !present.has(blobKey(id)));
  if (hash === undefined || size === undefined || missing.length === 0) return false;
  const pieces = await open.readLocal(record);
  if (pieces === undefined) return false;
  for (const [id] of missing) forgetBlob(engine.db, id);
  const uploaded = await uploadContent(engine, pieces, { hash, sizeBytes: size }, () => undefined);
  return uploaded !== undefined;
}
