/** Taking in what a person changed on this device (rules S4, S5, S6). */
import type { Version } from '../format/commit.ts';
import { newInnerId } from '../format/ids.ts';
import { getContent, putContent } from '../replica/contents.ts';
import { isHeld, noteDeletion, releaseRecord } from '../replica/held.ts';
import { nextSequence } from '../replica/meta.ts';
import { outboxEntry, putOutbox, removeOutbox } from '../replica/outbox.ts';
import { claimantsOf } from '../replica/records.ts';
import { markStale, putShown, removeShown, shownOf, unmarkStale } from '../replica/shown.ts';
import { versionsById } from '../replica/versions.ts';
import { commitEntries } from './commit.ts';
import { type Engine, selfId } from './engine.ts';
import {
  type Edit,
  type EditContent,
  type Fields,
  INLINE_MAX_BYTES,
  type SaveOptions,
} from './kind.ts';
import {
  type FieldsBefore,
  fieldsAfter,
  lastSet,
  type MergedFields,
  mergeFields,
  type Placed,
  sidesOf,
  stampFields,
} from './merge.ts';
import {
  kindOrThrow,
  newStamp,
  type RecordState,
  refreshRecord,
  staleRank,
  stateOf,
} from './records.ts';

/** Saves edits in one transaction. Returns how many were edits and not only news of the device. */
export function saveEdits(
  engine: Engine,
  collection: string,
  edits: readonly Edit[],
  { together = false }: SaveOptions = {},
): number {
  const { db } = engine;
  return db.transaction(() => {
    const seq = nextSequence(db);
    const saved = edits.filter((edit) => saveEdit(engine, collection, edit, seq));
    for (const { record } of together ? saved : []) {
      const entry = outboxEntry(db, collection, record);
      if (entry !== undefined) putOutbox(db, collection, { ...entry, together: seq });
    }
    return saved.length;
  });
}

function saveEdit(engine: Engine, collection: string, made: Edit, seq: number): boolean {
  const edit = withEqualsSeen(engine, collection, withoutHeldDeletion(engine, collection, made));
  const state = withSeenPending(engine, collection, edit);
  return edit.change.kind === 'delete'
    ? saveDeletion(engine, collection, edit, state, seq)
    : saveWrite(engine, collection, edit, edit.change, state, seq);
}

/**
 * S8: what is there again ends its held deletion. To the person it is the thing that was deleted,
 * so the edit is measured against that.
 */
function withoutHeldDeletion(engine: Engine, collection: string, edit: Edit): Edit {
  const { record } = edit;
  if (edit.change.kind === 'delete' || !isHeld(engine.db, collection, 'out', record)) return edit;
  const saw = outboxEntry(engine.db, collection, record)?.saw ?? [];
  removeOutbox(engine.db, collection, record);
  releaseRecord(engine.db, collection, record);
  return { ...edit, sawVersions: [...new Set([...edit.sawVersions, ...saw])] };
}

/**
 * S3, S6: equal contents count once. A person who settles a conflict for what is on the device, and
 * types on before the next round, was shown that choice: it is what the edit was made from. But
 * nobody deletes by that what another device has renamed or brought back.
 */
function withEqualsSeen(engine: Engine, collection: string, edit: Edit): Edit {
  const shown = shownOf(engine.db, collection, edit.record);
  if (shown === undefined || shown.versions.some((id) => !edit.sawVersions.includes(id)))
    return edit;
  const self = selfId(engine);
  const equal = stateOf(engine, collection, edit.record).current.filter(
    ({ device, version }) =>
      version.gone !== true &&
      (version.hash ?? '') === shown.hash &&
      (edit.change.kind !== 'delete' || device === self),
  );
  const saw = new Set([...edit.sawVersions, ...equal.map(({ version }) => version.id)]);
  return { ...edit, sawVersions: [...saw] };
}

/**
 * The record's state before the edit. A pending write that the person was not shown (a choice
 * made elsewhere and not yet on the device) becomes a commit first, so that it is not lost.
 */
function withSeenPending(engine: Engine, collection: string, edit: Edit): RecordState {
  const state = stateOf(engine, collection, edit.record);
  const { pending } = state;
  if (pending === undefined || edit.sawVersions.includes(pending.version.id)) return state;
  // What is only on the device is what the edit replaced there: it goes with it.
  if (pending.isLocal && getContent(engine.db, pending.version.hash ?? '') === undefined)
    return state;
  commitEntries(engine, collection, [pending]);
  return stateOf(engine, collection, edit.record);
}

type Write = Extract<Edit['change'], { readonly kind: 'write' }>;

function saveWrite(
  engine: Engine,
  collection: string,
  edit: Edit,
  write: Write,
  state: RecordState,
  seq: number,
): boolean {
  const { record } = edit;
  const { contentFields } = kindOrThrow(engine, collection);
  const hash = write.content.kind === 'none' ? '' : write.content.hash;
  const current = fieldsBefore(edit, state);
  const fields = fieldsAfter(write, current, contentFields);
  const same = replacesPending(edit, state, hash)
    ? undefined
    : equalSide(engine, collection, state, hash, fields);
  if (same !== undefined) {
    putShown(engine.db, collection, { record, ...write.shown, hash, versions: same });
    refreshAfterSave(engine, collection, record, seq, write.fields);
    return false;
  }
  const base = baseOf(engine, collection, edit, state);
  if (isOnlyHeld(engine, collection, edit, state)) {
    putShown(engine.db, collection, { record, ...write.shown, hash, versions: edit.sawVersions });
    return false;
  }
  const stamp = newStamp(engine, collection, state);
  const version: Version = {
    id: newInnerId(engine.random),
    record: edit.record,
    stamp,
    ...stampFields(fields, write.changed, { ...base, current }, stamp, contentFields),
    ...contentOf(engine, collection, write.content, base, state),
    ...parentsOf(edit, state),
  };
  const isLocal = write.content.kind === 'local' && !isHere(engine, version);
  putOutbox(engine.db, collection, { record, seq, version, saw: sawOf(edit, state), isLocal });
  putShown(engine.db, collection, { record, ...write.shown, hash, versions: [version.id] });
  refreshAfterSave(engine, collection, record, seq, write.fields);
  return true;
}

function saveDeletion(
  engine: Engine,
  collection: string,
  edit: Edit,
  state: RecordState,
  seq: number,
): boolean {
  const { record } = edit;
  removeShown(engine.db, collection, record);
  const isGone = state.current.every((known) => known.version.gone === true);
  const saw = sawOf(edit, state);
  const wasNeverPublished = state.committed.length === 0;
  if (isGone || wasNeverPublished) {
    if (!isGone) removeOutbox(engine.db, collection, record);
    // Whoever deletes what a hold left here has decided (rule S8).
    releaseRecord(engine.db, collection, record);
    refreshAfterSave(engine, collection, record, seq);
    return !isGone;
  }
  const base = baseOf(engine, collection, edit, state);
  const stamp = newStamp(engine, collection, state);
  const version: Version = {
    id: newInnerId(engine.random),
    record,
    stamp,
    gone: true,
    ...base.seen,
    ...parentsOf(edit, state),
  };
  putOutbox(engine.db, collection, { record, seq, version, saw, isLocal: false });
  if (base.versions.some((known) => known.version.hash !== undefined)) {
    noteDeletion(engine.db, collection, 'out', record, engine.clock.now());
  }
  refreshAfterSave(engine, collection, record, seq);
  return true;
}

/**
 * After a save the device shows the record as it is, unless the view has moved on meanwhile. That
 * can be by its name alone: one that came with the other side of a conflict is still to be given to
 * the file, and one that another record claims too may have to be left to that.
 */
function refreshAfterSave(
  engine: Engine,
  collection: string,
  record: string,
  seq: number,
  written?: Fields,
): void {
  unmarkStale(engine.db, collection, record);
  const view = refreshRecord(engine, collection, record, seq);
  if (written === undefined || view?.live !== true) return;
  const kind = kindOrThrow(engine, collection);
  const isRenamed = !equalFields(view.fields, written, kind.silentFields ?? kind.contentFields);
  const claim = kind.claimOf(view.fields);
  const isContested = claim !== undefined && claimantsOf(engine.db, collection, claim).length > 1;
  if (!isRenamed && !isContested) return;
  markStale(engine.db, collection, record, seq, staleRank(kind, view));
}

/**
 * True where the edit takes the place of another content that was not published yet. What another
 * device saved meanwhile may stand in the place of such a content, or of a file whose deletion is not
 * published: to find that there once more is no edit.
 */
function replacesPending(edit: Edit, { pending, shown }: RecordState, hash: string): boolean {
  if (pending === undefined || !edit.sawVersions.includes(pending.version.id)) return false;
  return (pending.version.hash ?? '') !== hash && shown?.hash !== hash;
}

/** S6: content equal to a current version is no edit. The versions shown thereby, or undefined. */
function equalSide(
  engine: Engine,
  collection: string,
  state: RecordState,
  hash: string,
  fields: Fields,
): readonly string[] | undefined {
  const kind = kindOrThrow(engine, collection);
  if (!state.current.some(isLive)) return undefined;
  const merged = mergeFields(state.current.filter(isLive).map(({ version }) => version)).fields;
  if (!equalFields(fields, merged, kind.silentFields ?? kind.contentFields)) return undefined;
  const sides = sidesOf(state.current, state.ends);
  const side = sides.find((candidate) => candidate.hash === hash);
  if (side === undefined) return undefined;
  const others = new Set(
    sides
      .filter((other) => other !== side)
      .flatMap((other) => other.versions.map((v) => v.version.id)),
  );
  return state.current.map((known) => known.version.id).filter((id) => !others.has(id));
}

/** S8: a file that stays only until a person decides is not saved again by being touched. */
function isOnlyHeld(
  engine: Engine,
  collection: string,
  { record, change }: Edit,
  { shown }: RecordState,
): boolean {
  if (change.kind === 'delete' || !isHeld(engine.db, collection, 'in', record)) return false;
  const hash = change.content.kind === 'none' ? '' : change.content.hash;
  return hash === shown?.hash && change.changed.length === 0;
}

function equalFields(a: Fields, b: Fields, besides: readonly string[]): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => besides.includes(name) || a[name] === b[name]);
}

interface Base extends Pick<FieldsBefore, 'seen'> {
  /** What the person was looking at, as far as it is known. */
  readonly versions: readonly Placed[];
}

/** True where the content needs no upload of its own any more: in blobs, a version or the replica. */
function isHere(engine: Engine, version: Version): boolean {
  // Whether the blobs can be relied on is seen to before the commit (rule S12).
  if (version.blobs !== undefined) return true;
  if (version.of !== undefined || version.hash === undefined) return true;
  const isShort = (version.size ?? 0) <= INLINE_MAX_BYTES;
  return isShort && getContent(engine.db, version.hash) !== undefined;
}

/** What the edit started from. */
function baseOf(engine: Engine, collection: string, edit: Edit, state: RecordState): Base {
  const saw = new Set(edit.sawVersions);
  const seenNow = state.current.filter((known) => saw.has(known.version.id));
  const seenBefore = edit.sawVersions
    .filter((id) => !seenNow.some((known) => known.version.id === id))
    .flatMap((id) => versionsById(engine.db, collection, id));
  const versions = [...seenNow, ...seenBefore].filter(isLive);
  return { seen: mergeFields(versions.map((known) => known.version)), versions };
}

/**
 * What a record's fields are before an edit. Who edits what is gone elsewhere, and still on the device,
 * sets no more of it than else; a new thing under the name of something gone takes nothing over.
 */
function fieldsBefore({ sawVersions }: Edit, { current }: RecordState): MergedFields {
  const live = current.filter(isLive);
  const placed = live.length === 0 && sawVersions.length > 0 ? current : live;
  return mergeFields(placed.map((known) => known.version));
}

function isLive({ version }: Placed): boolean {
  return version.gone !== true;
}

/**
 * The content part of a new version: as saved, or a reference to the version that holds it. What takes
 * the place of another content is set anew, though something that was seen carries it, as a rename
 * does beside the edit that had replaced it: what is only kept is no side beside whoever replaced it
 * (rule S3).
 */
function contentOf(
  engine: Engine,
  collection: string,
  content: EditContent,
  base: Base,
  { shown, ends }: RecordState,
): Pick<Version, 'hash' | 'size' | 'blobs' | 'of'> {
  if (content.kind === 'none') return {};
  const { hash } = content;
  const size = content.kind === 'bytes' ? content.bytes.length : content.sizeBytes;
  const equal = base.versions.filter(({ version }) => version.hash === hash);
  const source = lastSet(equal, (id) => versionsById(engine.db, collection, id));
  // What a held deletion took away is not noted any more: it is what its versions showed (rule S8).
  const before =
    shown === undefined ? sidesOf(base.versions, ends).map((side) => side.hash) : [shown.hash];
  if (source !== undefined && before.includes(hash))
    return { hash, size, ...referenceTo(engine, collection, source) };
  if (source?.version.blobs !== undefined) return { hash, size, blobs: source.version.blobs };
  if (content.kind === 'bytes') putContent(engine.db, hash, content.bytes);
  return { hash, size };
}

/** Content kept from another version: its blobs, and which version set it (rules F4, S3). */
function referenceTo(
  engine: Engine,
  collection: string,
  source: Placed,
): Pick<Version, 'blobs' | 'of'> {
  const { version } = source;
  const blobs = version.blobs === undefined ? {} : { blobs: version.blobs };
  if (version.of !== undefined) return { ...blobs, of: version.of };
  const isCommitted = versionsById(engine.db, collection, version.id).length > 0;
  return isCommitted ? { ...blobs, of: [source.device, source.n, version.id] } : blobs;
}

function sawOf(edit: Edit, state: RecordState): string[] {
  const { pending } = state;
  // A pending write that the edit did not see settled nothing for it.
  const isSeen = pending !== undefined && edit.sawVersions.includes(pending.version.id);
  const before = isSeen ? pending.saw : [];
  const ids = new Set([...before, ...edit.sawVersions]);
  if (pending !== undefined) ids.delete(pending.version.id);
  // What a person who makes something new under the name of something gone was shown: nothing.
  if (state.committed.length > 0 && state.committed.every((known) => known.version.gone === true)) {
    for (const known of state.committed) ids.add(known.version.id);
  }
  return [...ids];
}

/** A version names at most so many of those that were never sent and whose place it took. */
const UNSENT_NAMED = 32;

/**
 * What the person was shown, and the pending writes whose place this one takes: a device put back to
 * a day on which one of them waited learns by it what became of that (rule S9).
 */
function parentsOf(edit: Edit, state: RecordState): { readonly parents?: string[] } {
  const saw = sawOf(edit, state);
  const { pending } = state;
  const isSeen = pending !== undefined && edit.sawVersions.includes(pending.version.id);
  const replaced = isSeen ? [...(pending.version.parents ?? []), pending.version.id] : [];
  const unsent = replaced.filter((id) => !saw.includes(id)).slice(-UNSENT_NAMED);
  const parents = [...saw, ...unsent];
  return parents.length > 0 ? { parents } : {};
}
