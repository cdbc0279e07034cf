/** Taking a restore back: each file shows again what it showed before, where nothing came after. */
import type { AnswerOf } from '../api/route.ts';
import type { Restored, undoRestoreRoute } from '../api/time.ts';
import { SatchelError } from '../base/errors.ts';
import { addEvent } from '../replica/events.ts';
import { outboxEntry } from '../replica/outbox.ts';
import { versionsById } from '../replica/versions.ts';
import { commitEntries } from '../sync/commit.ts';
import type { Trouble } from '../sync/kind.ts';
import { reopenConflict, requireShown } from '../sync/reopen.ts';
import type { ListedCollection } from './collection-list.ts';
import type { FoundRecord } from './records.ts';
import { restoreAbsence } from './restore.ts';
import type { Session } from './session.ts';
import { putOut, takeIn } from './settle.ts';
import { treeSource } from './tree-at.ts';
import { errorWords } from './trouble.ts';

export type RestoreUndone = AnswerOf<typeof undoRestoreRoute>;

/** One that was made here, with the record that it is of. */
interface Made {
  readonly found: FoundRecord;
  readonly was: readonly string[];
  readonly made: string;
  /** What it was called, where restoring gave it another name. */
  readonly name: string | undefined;
}

/**
 * Undoes what a restore did, version by version: no clock decides what there was, and what it did
 * not touch stays. A file that was changed since is left as it is, and told.
 * @param restored as `restoreMoment` or `restoreFile` answered it.
 * @throws SatchelError as the kind's `takeIn` and `putOut`.
 */
export async function undoRestore(
  session: Session,
  collection: ListedCollection,
  restored: readonly Restored[],
): Promise<RestoreUndone> {
  const { engine } = session;
  const { id } = collection;
  await takeIn(session, id);
  const all = restored.flatMap((one) => madeOf(session, collection, one));
  commitMade(session, id, all);
  const failed: Trouble[] = [];
  for (const [index, one] of all.entries()) {
    try {
      await undoOne(session, one);
    } catch (error) {
      if (!(error instanceof SatchelError)) throw error;
      failed.push({ path: one.found.path, error: errorWords(error) });
    }
    engine.progress('Taking back', index + 1, all.length, 'files');
  }
  const undone = all.length - failed.length;
  return { undone, failed: [...failed, ...(await putOut(session, id))] };
}

function madeOf(
  session: Session,
  collection: ListedCollection,
  { path, from, version, was, made }: Restored,
): readonly Made[] {
  const { folder } = collection;
  const known = version ?? was[0];
  if (folder === undefined || made === null || known === undefined) return [];
  const [one] = versionsById(session.engine.db, collection.id, known);
  if (one === undefined) return [];
  const { record } = one.version;
  const { kind } = treeSource(session, collection);
  const found = { collection, kind, record, path, folder };
  return [{ found, was, made, name: from ?? undefined }];
}

/** What waits to be sent becomes a version first, all of it in one commit. */
function commitMade({ engine }: Session, collection: string, all: readonly Made[]): void {
  const entries = all.flatMap(({ found, made }) => {
    const entry = outboxEntry(engine.db, collection, found.record);
    return entry?.version.id === made && !entry.isLocal ? [entry] : [];
  });
  commitEntries(engine, collection, entries);
}

async function undoOne(session: Session, { found, was, made, name }: Made): Promise<void> {
  const { engine } = session;
  const { record, path } = found;
  const collection = found.collection.id;
  if (was.length === 0) {
    requireShown(engine, collection, record, made);
    return await restoreAbsence(session, found);
  }
  reopenConflict(engine, collection, record, made, was, name);
  const message = `${path}: the restore was taken back`;
  addEvent(engine.db, { time: engine.clock.now(), kind: 'resolved', collection, message });
}
