/** Old versions: finding the one a person means, and bringing it back. */
import { rm, writeFile } from 'node:fs/promises';
import type { Restored } from '../api/time.ts';
import { messageOf, SatchelError, systemCode } from '../base/errors.ts';
import { formatTime } from '../base/time.ts';
import type { Version } from '../format/commit.ts';
import { outboxEntry } from '../replica/outbox.ts';
import { historyOf } from '../sync/history.ts';
import { conflictSides } from '../sync/records.ts';
import { contentOf, requireReadable } from './content.ts';
import { type FoundRecord, readArchivesIfReachable } from './records.ts';
import type { Session } from './session.ts';
import { choose, keepPendingEdit } from './settle.ts';

export interface RestoreTarget {
  /** The beginning of a version id. */
  readonly version?: string | undefined;
  /** Milliseconds since the Unix epoch: the version that was newest then. */
  readonly atMs?: number | undefined;
}

/**
 * The version a person means: the one named, the one of a time, or else the last one with other
 * content than now.
 * @throws SatchelError `usage` where there is none.
 */
export async function findVersion(
  session: Session,
  found: FoundRecord,
  target: RestoreTarget,
): Promise<Version> {
  const { engine } = session;
  await readArchivesIfReachable(session, found.collection.id);
  const pending = outboxEntry(engine.db, found.collection.id, found.record)?.version;
  const committed = historyOf(engine, found.collection.id, found.record).map((k) => k.version);
  const history = pending === undefined ? committed : [pending, ...committed];
  const { version: prefix, atMs } = target;
  if (prefix !== undefined) {
    const matches = history.filter((version) => version.id.startsWith(prefix));
    const [match, ...others] = matches;
    if (match !== undefined && others.length === 0) return requireContent(match);
    throw new SatchelError(
      'usage',
      match === undefined
        ? `"${found.path}" has no version "${prefix}".`
        : `Several versions of "${found.path}" begin with "${prefix}".`,
      { hint: 'Run "satchel versions" to see the ids.' },
    );
  }
  const { sides } = conflictSides(engine, found.collection.id, found.record);
  const present = sides[0]?.lead.version.hash;
  const wanted =
    atMs === undefined
      ? history.find((version) => version.gone !== true && version.hash !== present)
      : history.find((version) => version.stamp[0] <= atMs);
  if (wanted !== undefined) return requireContent(wanted);
  const when = atMs === undefined ? 'with other content' : `of before ${formatTime(atMs)}`;
  throw new SatchelError('usage', `"${found.path}" has no version ${when}.`, {
    hint: 'Run "satchel versions" to see what there is.',
  });
}

function requireContent(version: Version): Version {
  if (version.gone !== true) return version;
  throw new SatchelError('usage', 'At that time the file was deleted.', {
    hint: 'Name a version with content: "satchel versions" shows them.',
  });
}

/**
 * Makes an old version what the record shows, as `resolveConflict`.
 * @param path what it is to be called again; undefined to leave it where it is.
 * @returns false where it shows the same already, and nothing was changed.
 */
export async function restoreVersion(
  session: Session,
  found: FoundRecord,
  version: Version,
  path?: string,
): Promise<boolean> {
  const { sides } = conflictSides(session.engine, found.collection.id, found.record);
  const present = sides[0]?.lead.version;
  const isShown = present?.gone !== true && present?.hash === version.hash;
  const isMoved = path !== undefined && path !== found.path;
  if (sides.length === 1 && isShown && !isMoved) return false;
  await requireReadable(session, found.collection.id, version);
  await keepPendingEdit(session, found);
  const choice = { kind: 'version', id: version.id, name: isMoved ? path : undefined } as const;
  choose(session, found, choice, `version ${version.id} restored`);
  return true;
}

/** What it takes to undo a restore of one record. */
export type RestoreDone = Pick<Restored, 'was' | 'made'>;

export const NOTHING_DONE: RestoreDone = { was: [], made: null };

/** Runs what restores one record, and tells what it showed before, and what was made of it. */
export async function notingUndo(
  { engine }: Session,
  { collection, record }: FoundRecord,
  restore: () => Promise<unknown>,
): Promise<RestoreDone> {
  const { sides } = conflictSides(engine, collection.id, record);
  await restore();
  // What the person saved before is in a commit by now: what waits is what was made.
  const made = outboxEntry(engine.db, collection.id, record)?.version.id;
  return { was: sides.map(({ lead }) => lead.version.id), made: made ?? null };
}

/** Deletes what was not there at the moment that is restored. It stays in the history. */
export async function restoreAbsence(session: Session, found: FoundRecord): Promise<void> {
  await keepPendingEdit(session, found);
  choose(session, found, { kind: 'gone' }, 'deleted, as it was not there then');
}

/**
 * Writes a version to a path of its own, outside what Satchel notes. An existing file is never
 * overwritten.
 * @param path absolute.
 * @throws SatchelError `usage` where it cannot be written there; as `readContent`.
 */
export async function exportVersion(
  session: Session,
  found: FoundRecord,
  version: Version,
  path: string,
): Promise<void> {
  if (version.hash === undefined) {
    throw new SatchelError('usage', `"${found.path}" is a folder and has no content.`, {
      hint: 'Leave out --to to bring it back to its place.',
    });
  }
  try {
    await writeFile(path, contentOf(session, found, version), { flag: 'wx', flush: true });
  } catch (error) {
    // A file that was there already is not ours to remove; a half-written one is.
    if (systemCode(error) !== 'EEXIST') await rm(path, { force: true });
    if (error instanceof SatchelError) throw error;
    const isThere = systemCode(error) === 'EEXIST';
    throw new SatchelError(
      'usage',
      isThere ? `${path} is there already.` : `Cannot write ${path}: ${messageOf(error)}.`,
      { hint: 'Choose a path where no file is yet: nothing is overwritten.' },
    );
  }
}
