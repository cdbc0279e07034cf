/**
 * S6: the first look at a folder that comes to a collection. What is in it may be what the
 * collection once was: an old copy, or a folder that outlived its replica.
 */
import { isErrorKind, messageOf } from '../base/errors.ts';
import type { Database } from '../replica/database.ts';
import { addEvent } from '../replica/events.ts';
import { deleteNote, getNote, isReady, setNote } from '../replica/meta.ts';
import type { Engine } from './engine.ts';
import { readArchives } from './history.ts';
import type { OpenCollection } from './kind.ts';

/** Set until the folder was looked at: empty, or since when archives could not be reached. */
const NOTE = 'first-look';

/** What stays out of reach for so long may be gone for good. */
const GIVEN_UP_MS = 60 * 60 * 1000;

export function awaitFirstLook(db: Database, collection: string): void {
  setNote(db, collection, NOTE, '');
}

/** True where a look at the folder needs nothing of the bucket: it is no first one. */
export function mayLook(db: Database, collection: string): boolean {
  return isReady(db, collection) && !isFirstLook(db, collection);
}

export function noteLooked(db: Database, collection: string): void {
  if (isFirstLook(db, collection)) deleteNote(db, collection, NOTE);
}

function isFirstLook(db: Database, collection: string): boolean {
  return getNote(db, collection, NOTE) !== undefined;
}

/**
 * Before the first look: reads the archives, unless the folder is empty. Without them nothing tells
 * an old content of a record from an edit that nobody knows of, which is a conflict. Archives that
 * cannot be read are told of, and no reason to leave the folder alone for ever.
 * @throws SatchelError `unreachable`, within an hour of the first time.
 */
export async function learnOldContents(
  engine: Engine,
  collection: string,
  open: OpenCollection,
): Promise<void> {
  if (!isFirstLook(engine.db, collection) || (await open.isEmpty?.()) !== false) return;
  try {
    const [failed] = await readArchives(engine, collection);
    if (failed !== undefined) tell(engine, collection, `${failed.path}: ${failed.error}`);
  } catch (error) {
    const isAway = isErrorKind(error, 'unreachable');
    if (!isAway && !isErrorKind(error, 'refused')) throw error;
    if (isAway && !isGivenUp(engine, collection)) throw error;
    tell(engine, collection, messageOf(error));
  }
}

function isGivenUp({ db, clock }: Engine, collection: string): boolean {
  const now = clock.now();
  const since = Number(getNote(db, collection, NOTE) || now);
  setNote(db, collection, NOTE, String(since));
  return Math.abs(now - since) > GIVEN_UP_MS;
}

function tell(engine: Engine, collection: string, why: string): void {
  addEvent(engine.db, {
    time: engine.clock.now(),
    kind: 'warning',
    collection,
    message:
      'Not all older versions could be read, so files that were old in the folder when it was ' +
      `attached may be shown as conflicts. ${why}`,
  });
}
