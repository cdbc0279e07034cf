/** One file through time: its versions, two of them compared, the bytes of one, one brought back. */
import type { AnswerOf } from '../api/route.ts';
import type { compareRoute, versionsRoute } from '../api/time.ts';
import { SatchelError } from '../base/errors.ts';
import type { Version } from '../format/commit.ts';
import { outboxEntry } from '../replica/outbox.ts';
import { recordOf } from '../replica/records.ts';
import { newestTimeOf, versionsById } from '../replica/versions.ts';
import { conflictSides } from '../sync/records.ts';
import { findCollection, type ListedCollection } from './collection-list.ts';
import { compared } from './compare.ts';
import { contentOf } from './content.ts';
import {
  type FoundRecord,
  findRecord,
  listVersions,
  readArchivesIfReachable,
  versionOf,
} from './records.ts';
import { findVersion, NOTHING_DONE, notingUndo, restoreVersion } from './restore.ts';
import { CLOCK_STEP_MS, type RestoreAnswer } from './restore-folder.ts';
import type { Session } from './session.ts';
import { putOut, takeIn } from './settle.ts';

export interface FileTarget {
  /** Its name, its id, or the beginning of its id. */
  readonly collection: string;
  readonly path: string;
  /** A version of the file: by it the file is found, whatever has the path now. */
  readonly version?: string | undefined;
}

export interface VersionTarget extends FileTarget {
  readonly version: string;
}

/**
 * Reads what is not here yet of the history of a collection.
 * @throws SatchelError `usage` for one that is not on this device.
 */
export async function readHistory(
  session: Session,
  name: string,
): Promise<{ readonly collection: ListedCollection; readonly trouble: string | null }> {
  const collection = findCollection(session, name);
  if (collection.folder === undefined) {
    throw new SatchelError('usage', `"${collection.name}" is not on this device.`, {
      hint: 'Bring it here first.',
    });
  }
  const trouble = await readArchivesIfReachable(session, collection.id);
  return { collection, trouble: trouble ?? null };
}

/** @throws SatchelError as `findRecord`. */
export async function fileVersions(
  session: Session,
  target: FileTarget,
): Promise<AnswerOf<typeof versionsRoute>> {
  const { trouble } = await readHistory(session, target.collection);
  const found = findFile(session, target);
  return {
    path: found.path,
    deleted: !isThere(session, found),
    versions: await listVersions(session, found),
    trouble,
  };
}

/**
 * @param from the version to compare with; undefined for none.
 * @throws SatchelError `usage` for versions that the file does not have; as `compared`.
 */
export async function compareVersions(
  session: Session,
  target: VersionTarget,
  from: string | undefined,
): Promise<AnswerOf<typeof compareRoute>> {
  await readHistory(session, target.collection);
  const found = findFile(session, target);
  const to = requireVersion(session, found, target.version);
  return {
    from:
      from === undefined
        ? null
        : await compared(session, found, requireVersion(session, found, from)),
    to: await compared(session, found, to),
  };
}

export interface FileContent {
  /** The name of the file at that time, without folders. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Throws as `contentOf`. */
  readonly pieces: AsyncGenerator<Uint8Array, void, undefined>;
}

/** @throws SatchelError `usage` where there is no such version, or no content in it. */
export function openContent(session: Session, target: VersionTarget): FileContent {
  const found = findFile(session, target);
  const version = requireVersion(session, found, target.version);
  if (version.hash === undefined) {
    const why = version.gone === true ? 'was deleted with this version' : 'is a folder';
    throw new SatchelError('usage', `"${found.path}" ${why}: it has no content.`, {
      hint: 'Choose a version with content.',
    });
  }
  const path = found.kind.titleOf(version.fields) || found.path;
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    sizeBytes: version.size ?? 0,
    pieces: contentOf(session, found, version),
  };
}

/**
 * Makes one version what the file shows again, in a session that holds the home, as
 * `restoreMoment` does for a moment.
 * @throws SatchelError as `findRecord`, `findVersion` and `restoreVersion`.
 */
export async function restoreFile(
  session: Session,
  target: VersionTarget,
  { dryRun }: { readonly dryRun: boolean },
): Promise<RestoreAnswer> {
  const { engine } = session;
  const { id } = findCollection(session, target.collection);
  await takeIn(session, id);
  const found = findFile(session, target);
  const version = await findVersion(session, found, { version: target.version });
  const change = isThere(session, found) ? 'content' : 'back';
  const before = new Date(Math.max(engine.clock.now(), lastSaveMs(session, found))).toISOString();
  const step = { path: found.path, change, from: null, version: version.id } as const;
  if (dryRun || isSame(session, found, version)) {
    const restored = isSame(session, found, version) ? [] : [{ ...step, ...NOTHING_DONE }];
    return { restored, failed: [], before };
  }
  await engine.clock.sleep(CLOCK_STEP_MS);
  const done = await notingUndo(session, found, () => restoreVersion(session, found, version));
  return { restored: [{ ...step, ...done }], failed: await putOut(session, id), before };
}

/** The file of a version, or at a path. */
function findFile(session: Session, { collection, path, version }: FileTarget): FoundRecord {
  const found = version === undefined ? undefined : fileOf(session, collection, version);
  return found ?? findRecord(session, collection, path);
}

/** Undefined for a version that is not known, or only saved here: then its path tells. */
function fileOf(session: Session, name: string, versionId: string): FoundRecord | undefined {
  const { db } = session.engine;
  const collection = findCollection(session, name);
  const kind = session.engine.kindOf(collection.id);
  const { folder } = collection;
  const version = versionsById(db, collection.id, versionId)[0]?.version;
  if (version === undefined || kind === undefined || folder === undefined) return undefined;
  const { record } = version;
  const path = kind.titleOf(recordOf(db, collection.id, record)?.fields ?? version.fields);
  return { collection, kind, record, path, folder };
}

/** @throws SatchelError `usage` where the file has no version with this id. */
function requireVersion(session: Session, found: FoundRecord, id: string): Version {
  const version = versionOf(session, found, id);
  if (version !== undefined) return version;
  throw new SatchelError('usage', `"${found.path}" has no version ${id}.`, {
    hint: 'History keeps versions for a time only: look at the list once more.',
  });
}

/** The newest time among its versions: a device whose clock is ahead may have saved it. */
function lastSaveMs({ engine }: Session, { collection, record }: FoundRecord): number {
  const pending = outboxEntry(engine.db, collection.id, record)?.version;
  return Math.max(newestTimeOf(engine.db, collection.id, record), pending?.stamp[0] ?? 0);
}

function isThere({ engine }: Session, { collection, record }: FoundRecord): boolean {
  return recordOf(engine.db, collection.id, record)?.isLive === true;
}

/** True where it shows what the version has, and nothing stands beside it. */
function isSame({ engine }: Session, { collection, record }: FoundRecord, { hash }: Version) {
  const { sides } = conflictSides(engine, collection.id, record);
  const [side] = sides;
  return sides.length === 1 && side?.lead.version.hash === hash;
}
