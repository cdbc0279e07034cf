/** Publishing: content first, then commits, then one PUT of the head (rules F2, F4, F5). */
import { forEachConcurrently } from '../base/concurrency.ts';
import { messageOf, SatchelError } from '../base/errors.ts';
import { getContent } from '../replica/contents.ts';
import { heldRecords } from '../replica/held.ts';
import { getMeta, isReady } from '../replica/meta.ts';
import {
  isUnfinished,
  localBytes,
  type OutboxEntry,
  outboxEntries,
  outboxEntry,
  putOutbox,
} from '../replica/outbox.ts';
import { currentVersionsOf } from '../replica/versions.ts';
import { commitEntries } from './commit.ts';
import { compactOnce, flushTail, flushTails, removeReplacedObjects } from './compact.ts';
import { isPollRecent } from './condemned.ts';
import { uploadContent } from './contents.ts';
import type { Engine } from './engine.ts';
import { guardPublishing } from './guard.ts';
import { isHeadChanged, putHead } from './head.ts';
import { isEnded } from './identity.ts';
import type { OpenCollection, Trouble } from './kind.ts';
import { isKeyMissing } from './missing-key.ts';
import { kindOrThrow } from './records.ts';
import { mayRelyOn, renewOutbox, republishCondemned } from './reliance.ts';
import { isUndecided } from './undecided.ts';
import { isFormerUnread } from './unread-former.ts';

export interface PublishReport {
  readonly versions: number;
  /** Content bytes of the versions published. */
  readonly bytes: number;
  readonly failed: readonly Trouble[];
}

/** What a version weighs besides its content, roughly. */
const VERSION_OVERHEAD_BYTES = 350;
/** Short files wait for the network one by one, so many go at once; a long one goes alone. */
const FILES_AT_ONCE = 8;
const FILE_BYTES_AT_ONCE = 16 * 1024 * 1024;

/** Uploads content and makes commits for one collection. The head is written by `publishHead`. */
export async function publishCollection(
  engine: Engine,
  collection: string,
  open: OpenCollection | undefined,
): Promise<PublishReport> {
  if (!isReady(engine.db, collection) || mayNotPublish(engine)) {
    return { versions: 0, bytes: 0, failed: [] };
  }
  guardPublishing(engine, collection);
  await republishCondemned(engine, collection, open);
  const waiting = await renewOutbox(engine, collection, open);
  const mayUpload = open !== undefined && isPollRecent(engine);
  const { failed, lost } = mayUpload
    ? await uploadOutbox(engine, collection, open)
    : NOTHING_UPLOADED;
  const totals = await commitOutbox(engine, collection, lost);
  return { ...totals, failed: [...waiting, ...failed] };
}

/**
 * S9: under an identity that ended, a commit would replace what the same device wrote beyond that
 * end, though nobody was shown that. The same goes for one that may have lived on.
 */
function mayNotPublish(engine: Engine): boolean {
  return isEnded(engine) || isUndecided(engine) || isFormerUnread(engine) || isKeyMissing(engine);
}

/** Writes segments where the tail is long, and the head if it changed. */
export async function publishHead(engine: Engine, isOwnHeadCurrent: boolean): Promise<void> {
  if (mayNotPublish(engine)) return;
  if (isHeadChanged(engine)) {
    const wroteSegments = await flushTails(engine);
    // Merging waits for a quieter round: no save ever costs more than three PUTs.
    const isCompacted = !wroteSegments && (await compactOnce(engine));
    await putHead(engine, { mayWriteIndex: !wroteSegments && !isCompacted });
    return;
  }
  if (isOwnHeadCurrent) await removeReplacedObjects(engine);
}

interface Uploaded {
  readonly failed: readonly Trouble[];
  /** Records with content that is no longer on this device. */
  readonly lost: ReadonlySet<string>;
}

const NOTHING_UPLOADED: Uploaded = { failed: [], lost: new Set() };

/** F5: what is only on this device goes up before a commit names it. */
async function uploadOutbox(
  engine: Engine,
  collection: string,
  open: OpenCollection,
): Promise<Uploaded> {
  const kind = kindOrThrow(engine, collection);
  const totalBytes = localBytes(engine.db, collection);
  const local = outboxEntries(engine.db, collection, { onlyLocal: true });
  const sizeOf = ({ version }: OutboxEntry): number => version.size ?? 0;
  const failed: Trouble[] = [];
  const lost = new Set<string>();
  let doneBytes = 0;
  await forEachConcurrently(
    local,
    { items: FILES_AT_ONCE, weight: FILE_BYTES_AT_ONCE, weightOf: sizeOf },
    async (entry) => {
      const reason = await uploadEntry(engine, collection, open, entry, (count) => {
        doneBytes += count;
        engine.progress('Uploading', doneBytes, totalBytes, 'bytes');
      });
      const path = kind.titleOf(entry.version.fields);
      if (reason !== undefined) failed.push({ path, error: reason });
      if (reason === NOT_HERE) lost.add(entry.record);
    },
  );
  return { failed, lost };
}

const NOT_HERE = 'it is no longer on this device; the next round takes that in';

/** Uploads one entry's content. Returns why it has to wait, or undefined. */
async function uploadEntry(
  engine: Engine,
  collection: string,
  open: OpenCollection,
  entry: OutboxEntry,
  onBytes: (count: number) => void,
): Promise<string | undefined> {
  const { hash, size } = entry.version;
  if (hash === undefined || size === undefined) return 'its content has no hash';
  const kept = getContent(engine.db, hash);
  try {
    const pieces = kept === undefined ? await open.readLocal(entry.record) : onePiece(kept);
    if (pieces === undefined) return NOT_HERE;
    const blobs = await uploadContent(engine, pieces, { hash, sizeBytes: size }, onBytes);
    if (blobs === undefined) return 'it changed while it was read; the next round takes that in';
    engine.db.transaction(() => {
      const now = outboxEntry(engine.db, collection, entry.record);
      if (now?.version.id !== entry.version.id) return;
      putOutbox(engine.db, collection, {
        ...now,
        version: { ...now.version, blobs },
        isLocal: false,
      });
    });
    return undefined;
  } catch (error) {
    if (error instanceof SatchelError) throw error;
    return `it could not be read: ${messageOf(error)}`;
  }
}

/** Content that a person merged by hand is in the replica and not yet on the device. */
async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

/** Uploads take their time: an editor may have deleted a mass meanwhile (rule S8). */
function heldNow(engine: Engine, collection: string): ReadonlySet<string> {
  guardPublishing(engine, collection);
  return new Set(heldRecords(engine.db, collection, 'out'));
}

/** Hashes of contents that are in the outbox, and that no commit may name yet. */
function contentsToCome(
  engine: Engine,
  collection: string,
  lost: ReadonlySet<string>,
): ReadonlySet<string> {
  const hashes = new Set<string>();
  for (const entry of outboxEntries(engine.db, collection, { onlyLocal: false })) {
    const { record, version, isLocal } = entry;
    const isToCome = (isLocal && !lost.has(record)) || !mayRelyOn(engine, version);
    if (isToCome && version.hash !== undefined) hashes.add(version.hash);
  }
  return hashes;
}

interface Batch {
  readonly entries: OutboxEntry[];
  sizeBytes: number;
}

/**
 * Makes commits of everything whose content is uploaded: attachments before the text that
 * mentions them, and one commit for all where that is not too much. What was saved together waits
 * until all of it can be published. Deletions that are held for a
 * person stay (rule S8), and so does content that might be deleted meanwhile (rule S12), and the
 * deletion of what stands elsewhere now, in a file whose content has to wait.
 * @param lost records with content that is not waited for.
 */
async function commitOutbox(
  engine: Engine,
  collection: string,
  lost: ReadonlySet<string>,
): Promise<{ readonly versions: number; readonly bytes: number }> {
  const kind = kindOrThrow(engine, collection);
  let held = heldNow(engine, collection);
  const begun = Number(getMeta(engine.db, 'sequence') ?? '0');
  const mayGo = ({ together }: OutboxEntry): boolean =>
    together === undefined ||
    // A group that came after the attachments had their turn waits for the next round.
    (together <= begun && !isUnfinished(engine.db, collection, together));
  let toCome: ReadonlySet<string> | undefined;
  const isElsewhere = ({ record, seq }: OutboxEntry): boolean => {
    // So does one that was saved since: what it was made of may have come with it.
    if (seq > begun) return true;
    toCome ??= contentsToCome(engine, collection, lost);
    const hashes = toCome;
    if (hashes.size === 0) return false;
    const current = currentVersionsOf(engine.db, collection, record);
    return current.some(({ version: { hash } }) => hash !== undefined && hashes.has(hash));
  };
  const totals = { versions: 0, bytes: 0 };
  let batch: Batch = { entries: [], sizeBytes: 0 };
  let unflushedBytes = 0;
  const commit = async (): Promise<void> => {
    if (batch.entries.length === 0) return;
    commitEntries(engine, collection, batch.entries);
    unflushedBytes += batch.sizeBytes;
    batch = { entries: [], sizeBytes: 0 };
    if (unflushedBytes < engine.limits.segmentBytes) return;
    await flushTail(engine, collection);
    held = heldNow(engine, collection);
    unflushedBytes = 0;
  };
  for (const wantsAttachments of [true, false]) {
    for (const entry of outboxEntries(engine.db, collection, { onlyLocal: false })) {
      const { version } = entry;
      const isAttachment = version.gone !== true && kind.isAttachment(version.fields);
      if (entry.isLocal || isAttachment !== wantsAttachments) continue;
      if (!mayGo(entry)) continue;
      if (version.gone === true && (held.has(entry.record) || isElsewhere(entry))) continue;
      if (!mayRelyOn(engine, version)) continue;
      const contentBytes = version.of === undefined ? (version.size ?? 0) : 0;
      const inlineBytes = version.blobs === undefined ? contentBytes : version.blobs.length * 64;
      batch.entries.push(entry);
      batch.sizeBytes += VERSION_OVERHEAD_BYTES + inlineBytes;
      totals.versions += 1;
      totals.bytes += contentBytes;
      if (batch.sizeBytes < engine.limits.commitBytes) continue;
      await commit();
      engine.progress('Publishing', totals.versions, undefined, 'files');
    }
  }
  await commit();
  return totals;
}
