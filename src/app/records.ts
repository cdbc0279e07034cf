/** Finding the record a person names by its path, and telling its versions. */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { VersionInfo } from '../api/time.ts';
import { isErrorKind, SatchelError } from '../base/errors.ts';
import type { Version } from '../format/commit.ts';
import { isHeld } from '../replica/held.ts';
import { isReady } from '../replica/meta.ts';
import { outboxEntries, outboxEntry } from '../replica/outbox.ts';
import { allRecords, claimantsOf, recordOf } from '../replica/records.ts';
import { shownAt } from '../replica/shown.ts';
import { recordsOnceCalled, versionsById } from '../replica/versions.ts';
import { historyOf, readArchives } from '../sync/history.ts';
import type { Kind, Trouble } from '../sync/kind.ts';
import { conflictSides } from '../sync/records.ts';
import { findCollection, type ListedCollection, nameOf } from './collection-list.ts';
import { deviceNames } from './devices.ts';
import type { Session } from './session.ts';
import { troubleLine } from './trouble.ts';
import { unsentVersions } from './unsent.ts';

export interface FoundRecord {
  readonly collection: ListedCollection;
  readonly kind: Kind;
  readonly record: string;
  /** The path as people know it. */
  readonly path: string;
  /** The collection's folder on this device. */
  readonly folder: string;
}

/**
 * The record at a path: as it stands in the folder, as the collection calls it, as it was called
 * before it was deleted, or as it was once called; then a notice says where it is now.
 * @throws SatchelError `usage` where there is none.
 */
export function findRecord(session: Session, name: string, typedPath: string): FoundRecord {
  const collection = findCollection(session, name);
  const kind = session.engine.kindOf(collection.id);
  const { folder } = collection;
  if (kind === undefined || folder === undefined) {
    throw new SatchelError('usage', `"${collection.name}" is not on this device.`, {
      hint: 'Bring it here with "satchel attach".',
    });
  }
  const path = relativePath(folder, typedPath);
  const record = recordAt(session, collection.id, kind, path);
  if (record !== undefined) return { collection, kind, record, path, folder };
  const moved = recordOnceAt(session, collection.id, kind, path);
  if (moved !== undefined) return { collection, kind, folder, ...moved };
  throw new SatchelError('usage', `"${collection.name}" has no file "${path}", now or before.`, {
    hint: isReady(session.engine.db, collection.id)
      ? 'Give the path of a file, relative to the folder of the collection; "satchel restore --folder" is for folders.'
      : 'This device has not read the collection yet: run "satchel sync" first.',
  });
}

/** The record that had the path most recently, and its path of today. */
function recordOnceAt(
  session: Session,
  collection: string,
  kind: Kind,
  path: string,
): Pick<FoundRecord, 'record' | 'path'> | undefined {
  const { db } = session.engine;
  const [record] = recordsOnceCalled(db, collection, kind.nameField, path);
  const row = record === undefined ? undefined : recordOf(db, collection, record);
  if (record === undefined || row === undefined) return undefined;
  const now = kind.titleOf(row.fields);
  session.context.notice(
    row.isLive
      ? `"${path}" is called "${now}" now.`
      : `"${path}" was called "${now}" when it was deleted.`,
  );
  return { record, path: now };
}

/** Paths inside the folder may be typed whole; others are taken as relative to it. */
export function relativePath(folder: string, typed: string): string {
  const inFolder = isAbsolute(typed) ? relative(folder, resolve(typed)) : typed;
  return inFolder.split(sep).join('/').replace(/^\.\//, '');
}

/** The record that is, or last was, at a path. */
export function recordAt(
  session: Session,
  collection: string,
  kind: Kind,
  path: string,
): string | undefined {
  const { db } = session.engine;
  const placed = shownAt(db, collection, path);
  if (placed !== undefined) return placed.record;
  const claim = kind.claimOf({ path });
  const claimants = claim === undefined ? [] : claimantsOf(db, collection, claim);
  const exact = claimants.find((row) => kind.titleOf(row.fields) === path) ?? claimants[0];
  if (exact !== undefined) return exact.record;
  for (const row of allRecords(db, collection)) {
    if (!row.isLive && kind.titleOf(row.fields) === path) return row.record;
  }
  return undefined;
}

/** The version of a record with this id, the one in the outbox included. */
export function versionOf(
  { engine }: Session,
  { collection, record }: FoundRecord,
  id: string,
): Version | undefined {
  const pending = outboxEntry(engine.db, collection.id, record)?.version;
  if (pending?.id === id) return pending;
  return versionsById(engine.db, collection.id, id)
    .map((known) => known.version)
    .find((version) => version.record === record);
}

/** Every version of a record, newest first. Reads archives where the bucket can be reached. */
export async function listVersions(session: Session, found: FoundRecord): Promise<VersionInfo[]> {
  const { engine } = session;
  await readArchivesIfReachable(session, found.collection.id);
  const nameOf = deviceNames(session);
  const { state, sides } = conflictSides(engine, found.collection.id, found.record);
  const current = new Set(state.current.map((known) => known.version.id));
  const pending = state.pending === undefined ? [] : [state.pending.version];
  const known = historyOf(engine, found.collection.id, found.record).map((k) => k.version);
  return [...pending, ...known].map((version) => ({
    id: version.id,
    time: new Date(version.stamp[0]).toISOString(),
    device: nameOf(version.stamp[1]),
    path: found.kind.titleOf(version.fields),
    size: version.gone === true || version.hash === undefined ? null : (version.size ?? 0),
    state: pending.includes(version)
      ? 'pending'
      : version.gone === true
        ? 'deleted'
        : !current.has(version.id)
          ? 'superseded'
          : sides.length > 1
            ? 'conflict'
            : 'current',
  }));
}

/** @returns why something of the history may be missing, in words; a notice says the same. */
export async function readArchivesIfReachable(
  session: Session,
  collection: string,
): Promise<string | undefined> {
  let failed: readonly Trouble[];
  try {
    failed = await readArchives(session.engine, collection);
  } catch (error) {
    if (!isErrorKind(error, 'unreachable')) throw error;
    const words = 'The bucket cannot be reached; older versions may be missing here.';
    session.context.notice(words);
    return words;
  }
  for (const trouble of failed) session.context.notice(troubleLine(trouble));
  const [first] = failed;
  return first && `Older versions may be missing here. ${troubleLine(first)}`;
}

export interface PendingInfo {
  readonly collection: string;
  readonly path: string;
  readonly change: 'write' | 'delete';
  readonly size: number | null;
  /** True for a deletion that waits for a person (rule S8). */
  readonly held: boolean;
  /** ISO 8601. */
  readonly savedAt: string;
}

/** Everything saved on this device and not yet sent. */
export function* listPending(session: Session): IterableIterator<PendingInfo> {
  const { engine } = session;
  for (const id of Object.keys(session.settings.collections)) {
    const kind = engine.kindOf(id);
    const name = nameOf(session, id);
    if (kind === undefined) continue;
    const describe = (version: Version, held: boolean): PendingInfo => ({
      collection: name,
      path: kind.titleOf(version.fields),
      change: version.gone === true ? 'delete' : 'write',
      size: version.size ?? null,
      held,
      savedAt: new Date(version.stamp[0]).toISOString(),
    });
    for (const version of unsentVersions(engine, id)) yield describe(version, false);
    for (const { record, version } of outboxEntries(engine.db, id, { onlyLocal: false })) {
      yield describe(version, isHeld(engine.db, id, 'out', record));
    }
  }
}
