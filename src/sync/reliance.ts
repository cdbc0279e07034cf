/**
 * S12, the writer's side: a commit names only blobs that may be relied on. Content that was
 * condemned is uploaded again under the next generation, from wherever it still is.
 */
import { SatchelError } from '../base/errors.ts';
import type { Stamp, Version } from '../format/commit.ts';
import { newInnerId } from '../format/ids.ts';
import { getContent } from '../replica/contents.ts';
import { isBucketDamaged } from '../replica/database.ts';
import { addEvent } from '../replica/events.ts';
import { deleteNote, getNote, nextSequence } from '../replica/meta.ts';
import { type OutboxEntry, outboxEntries, outboxEntry, putOutbox } from '../replica/outbox.ts';
import { isBlobKnown } from '../replica/own.ts';
import { putShown, shownOf, shownWith } from '../replica/shown.ts';
import { condemnedCurrent, letGo } from '../replica/thinning.ts';
import { isCurrentVersion, type Known, versionsById } from '../replica/versions.ts';
import { CONDEMNED_NEWS, isPollRecent } from './condemned.ts';
import { type Blobs, readContent, uploadContent } from './contents.ts';
import { type Engine, selfId } from './engine.ts';
import type { OpenCollection, Trouble } from './kind.ts';
import { fieldStamp, lastSet, sidesOf, withContentFields } from './merge.ts';
import { planRecord } from './prune-history.ts';
import { kindOrThrow, newStamp, refreshRecord, stateOf } from './records.ts';

/** True for a version whose content a commit may name now. */
export function mayRelyOn(engine: Engine, { blobs }: Version): boolean {
  if (blobs === undefined) return true;
  return isPollRecent(engine) && blobs.every(([id]) => isBlobKnown(engine.db, id));
}

/**
 * Makes the entries of the outbox, whose content is in the bucket already, fit for a commit.
 * Returns those that have to wait, with why.
 */
export async function renewOutbox(
  engine: Engine,
  collection: string,
  open: OpenCollection | undefined,
): Promise<Trouble[]> {
  const kind = kindOrThrow(engine, collection);
  const waiting: Trouble[] = [];
  let unpolled = 0;
  for (const entry of outboxEntries(engine.db, collection, { onlyLocal: false })) {
    const isLong = entry.isLocal || entry.version.blobs !== undefined;
    if (isLong && !isPollRecent(engine)) unpolled += 1;
    else if (!entry.isLocal && !mayRelyOn(engine, entry.version)) {
      const error = await renewEntry(engine, collection, open, entry);
      if (error !== undefined) waiting.push({ path: kind.titleOf(entry.version.fields), error });
    } else if (!entry.isLocal) carryLostSource(engine, collection, entry);
  }
  return unpolled === 0 ? waiting : [...waiting, { path: '', error: unpolledWords(unpolled) }];
}

function unpolledWords(count: number): string {
  const what = count === 1 ? 'one long file waits' : `${count} long files wait`;
  return (
    `${what} to be sent until the heads of all devices can be read again: one of them may be about ` +
    'to delete what they rely on. "satchel verify" tells which head is damaged.'
  );
}

/** Uploads an entry's content again. Returns why it has to wait, or undefined. */
async function renewEntry(
  engine: Engine,
  collection: string,
  open: OpenCollection | undefined,
  entry: OutboxEntry,
): Promise<string | undefined> {
  const blobs = await uploadAgain(engine, collection, open, entry.version);
  if (blobs === undefined) {
    if (carryReplacement(engine, collection, entry)) return undefined;
    return 'its content is neither on this device nor in the bucket any more';
  }
  engine.db.transaction(() => {
    const now = outboxEntry(engine.db, collection, entry.record);
    if (now?.version.id !== entry.version.id) return;
    putOutbox(engine.db, collection, { ...now, version: { ...now.version, blobs } });
  });
  return undefined;
}

/**
 * A rename only carries its file's content on. Where that was replaced elsewhere meanwhile, and
 * history let go of it, the entry carries what came in its place, as the file on this device does.
 * @returns false where nothing came in its place, or the entry is more than that.
 */
function carryReplacement(engine: Engine, collection: string, entry: OutboxEntry): boolean {
  const { db } = engine;
  const { record } = entry;
  return db.transaction(() => {
    const now = outboxEntry(db, collection, record);
    // What was saved meanwhile is the next round's.
    if (now?.version.id !== entry.version.id) return true;
    const { version } = now;
    const { committed, ends } = stateOf(engine, collection, record);
    const [side] = sidesOf(committed, ends);
    const held = side?.versions.find((known) => mayRelyOn(engine, known.version))?.version;
    const set = side && lastSet(side.versions, (id) => versionsById(db, collection, id));
    if (version.of === undefined || held === undefined || set === undefined) return false;
    const { device, n, version: source } = set;
    const { contentFields } = kindOrThrow(engine, collection);
    const { blobs: _blobs, ...rest } = version;
    const carried: Version = {
      ...rest,
      fields: withContentFields(version.fields, source, contentFields),
      stamps: { ...version.stamps, ...contentStampsOf(source, contentFields) },
      ...(held.hash === undefined ? {} : { hash: held.hash }),
      ...(held.size === undefined ? {} : { size: held.size }),
      ...(held.blobs === undefined ? {} : { blobs: held.blobs }),
      of: source.of ?? [device, n, source.id],
    };
    putOutbox(db, collection, { ...now, version: carried, isLocal: false });
    refreshRecord(engine, collection, record, nextSequence(db));
    return true;
  });
}

function contentStampsOf(version: Version, names: readonly string[]): Record<string, Stamp> {
  return Object.fromEntries(
    Object.entries(stampsOf(version)).filter(([name]) => names.includes(name)),
  );
}

/**
 * A version that takes its content from one that history lets go has to bring it along: this
 * device may have been away for longer than history is kept. Let go here as well, the source
 * counts as lost when the version is written.
 */
function carryLostSource(engine: Engine, collection: string, { version }: OutboxEntry): void {
  const { of, blobs } = version;
  if (of === undefined || blobs !== undefined) return;
  const [source] = versionsById(engine.db, collection, of[2]);
  if (source === undefined || source.isCurrent) return;
  const { id, record } = source.version;
  if (!planRecord(engine, collection, record).has(id)) return;
  letGo(engine.db, collection, [id], selfId(engine));
}

/**
 * Writes again, as a new version, what this device published and what somebody condemned: its
 * commit may have come too late for the one who pruned. Only after a poll that brought such news.
 */
export async function republishCondemned(
  engine: Engine,
  collection: string,
  open: OpenCollection | undefined,
): Promise<void> {
  const { db } = engine;
  if (getNote(db, collection, CONDEMNED_NEWS) === undefined || !isPollRecent(engine)) return;
  let isDone = true;
  for (const known of condemnedCurrent(db, collection, selfId(engine))) {
    const isPending = outboxEntry(db, collection, known.version.record) !== undefined;
    if (isPending) isDone = false;
    else await saveAgain(engine, collection, open, known);
  }
  if (isDone) deleteNote(db, collection, CONDEMNED_NEWS);
}

/**
 * Saves a current version once more, with its content in blobs of its own.
 * @returns false where the content is not to be had.
 */
export async function saveAgain(
  engine: Engine,
  collection: string,
  open: OpenCollection | undefined,
  known: Known,
): Promise<boolean> {
  const { db } = engine;
  const { version } = known;
  const { record } = version;
  const blobs = await uploadAgain(engine, collection, open, version);
  if (blobs === undefined) {
    const title = kindOrThrow(engine, collection).titleOf(version.fields);
    const message = `The content of "${title}" is neither here nor in the bucket any more.`;
    addEvent(db, { time: engine.clock.now(), kind: 'warning', collection, message });
    return false;
  }
  db.transaction(() => {
    // What took its place during the upload needs none of it.
    if (!isCurrentVersion(db, collection, record, known.device, known.n)) return;
    if (outboxEntry(db, collection, record) !== undefined) return;
    const seq = nextSequence(db);
    const state = stateOf(engine, collection, record);
    const { id: _id, beside: _beside, unseen: _unseen, ...rest } = version;
    const again: Version = {
      ...rest,
      id: newInnerId(engine.random),
      stamp: newStamp(engine, collection, state),
      stamps: stampsOf(version),
      blobs,
      of: version.of ?? [known.device, known.n, version.id],
      parents: [version.id],
      again: true,
    };
    putOutbox(db, collection, { record, seq, version: again, saw: [version.id], isLocal: false });
    // Whoever has the one before their eyes sees this one, too, and deletes or replaces both.
    const shown = shownOf(db, collection, record);
    if (shown?.versions.includes(version.id) === true) {
      putShown(db, collection, { ...shown, versions: [...shown.versions, again.id] });
    }
    refreshRecord(engine, collection, record, seq);
  });
  return true;
}

/** What set each field: saving again sets none. */
function stampsOf(version: Version): Record<string, Stamp> {
  const stamps = { ...version.stamps };
  for (const name of Object.keys(version.fields)) {
    stamps[name] = fieldStamp(version, name) ?? version.stamp;
  }
  return stamps;
}

/**
 * Uploads a version's content from where it still is: the replica, a file of this device, or the
 * bucket itself, where what is condemned stays for a while.
 * @returns undefined where it is nowhere.
 */
export async function uploadAgain(
  engine: Engine,
  collection: string,
  open: OpenCollection | undefined,
  version: Version,
  former?: Blobs,
): Promise<Blobs | undefined> {
  const { hash, size } = version;
  if (hash === undefined || size === undefined) return undefined;
  const expected = { hash, sizeBytes: size, ...(former === undefined ? {} : { blobs: former }) };
  for await (const pieces of sourcesOf(engine, collection, open, version, hash)) {
    try {
      const blobs = await uploadContent(engine, pieces, expected, () => undefined);
      if (blobs !== undefined) return blobs;
    } catch (error) {
      // A file that cannot be read, or a blob that is gone: perhaps the next source has it.
      if (error instanceof SatchelError && !isBucketDamaged(error)) throw error;
    }
  }
  return undefined;
}

async function* sourcesOf(
  engine: Engine,
  collection: string,
  open: OpenCollection | undefined,
  version: Version,
  hash: string,
): AsyncGenerator<AsyncIterable<Uint8Array>, void, undefined> {
  const kept = getContent(engine.db, hash);
  if (kept !== undefined) yield onePiece(kept);
  if (open !== undefined) {
    const own = shownOf(engine.db, collection, version.record);
    const records = own?.hash === hash ? [own.record] : shownWith(engine.db, collection, hash);
    for (const record of records) yield localPieces(open, record);
  }
  if (version.blobs !== undefined) yield readContent(engine, collection, version);
}

/** A file that is gone has no pieces; one that cannot be asked for fails as it is read. */
async function* localPieces(
  open: OpenCollection,
  record: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* (await open.readLocal(record)) ?? [];
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
