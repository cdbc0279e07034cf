/**
 * Carrying out a person's choice for one record (`resolve`, `restore`). Where no other Satchel
 * works in the home, the folder is taken in before and shows the choice at once afterwards;
 * otherwise the choice is left in the replica, and the one at work carries it out.
 */
import { isErrorKind, SatchelError } from '../base/errors.ts';
import type { Version } from '../format/commit.ts';
import { addEvent } from '../replica/events.ts';
import { outboxEntry } from '../replica/outbox.ts';
import { type Choice, chooseFor } from '../sync/choose.ts';
import { commitEntries } from '../sync/commit.ts';
import { mayLook } from '../sync/first-look.ts';
import type { Trouble } from '../sync/kind.ts';
import { findCollection } from './collection-list.ts';
import type { AppContext } from './context.ts';
import { deviceNames } from './devices.ts';
import { type FoundRecord, findRecord } from './records.ts';
import { openForReading, openForWork, type Session } from './session.ts';
import { runSync } from './sync.ts';
import { errorWords } from './trouble.ts';

export interface RecordTarget {
  readonly collection: string;
  readonly path: string;
}

export interface Settled<T> {
  readonly result: T;
  readonly path: string;
  /** False where the Satchel that holds the home will do it. */
  readonly isCarriedOut: boolean;
  /** What could not be brought into the folder. */
  readonly failed: readonly Trouble[];
}

/**
 * Finds the record, lets `decide` choose, and brings the choice into the folder.
 * @throws SatchelError as `findRecord`, `decide`, and the kind's `takeIn` and `putOut`.
 */
export async function settleRecord<T>(
  context: AppContext,
  command: string,
  target: RecordTarget,
  decide: (session: Session, found: FoundRecord) => Promise<T>,
): Promise<Settled<T>> {
  const work = await openUnlessBusy(context, command);
  const session = work ?? (await openForReading(context));
  try {
    if (work !== undefined) await takeIn(work, findCollection(work, target.collection).id);
    const found = findRecord(session, target.collection, target.path);
    const result = await decide(session, found);
    const failed = work === undefined ? [] : await putOut(work, found.collection.id);
    return { result, path: found.path, isCarriedOut: work !== undefined, failed };
  } finally {
    await session.close();
  }
}

/**
 * Looks at one record as it is now: an edit that Satchel has not heard of is taken in before. Where
 * that cannot be, a notice says so, and what is known is shown.
 * @throws SatchelError as `findRecord` and `look`.
 */
export async function lookAtRecord<T>(
  context: AppContext,
  command: string,
  target: RecordTarget,
  look: (session: Session, found: FoundRecord) => Promise<T>,
): Promise<T> {
  const work = await openUnlessBusy(context, command);
  const session = work ?? (await openForReading(context));
  try {
    if (work !== undefined) await takeInIfThere(work, findCollection(work, target.collection).id);
    else {
      context.notice(
        'Another Satchel works in this home: an edit of the last seconds may be missing here.',
      );
    }
    return await look(session, findRecord(session, target.collection, target.path));
  } finally {
    await session.close();
  }
}

/** The history can be looked at while the folder is away. */
async function takeInIfThere(session: Session, collection: string): Promise<void> {
  try {
    await takeIn(session, collection);
  } catch (error) {
    if (!isErrorKind(error, 'attention')) throw error;
    session.context.notice(errorWords(error));
  }
}

/** The home opened for work; undefined where another Satchel works in it. */
export async function openUnlessBusy(
  context: AppContext,
  command: string,
): Promise<Session | undefined> {
  try {
    return await openForWork(context, command);
  } catch (error) {
    if (isErrorKind(error, 'busy')) return undefined;
    throw error;
  }
}

/** An edit of which Satchel has not heard yet must not be overlooked. */
export async function takeIn(session: Session, collection: string): Promise<void> {
  if (mayLook(session.engine.db, collection)) await session.open.get(collection)?.takeIn();
}

/** Brings what waits into the folder. Returns what could not be. */
export async function putOut(session: Session, collection: string): Promise<readonly Trouble[]> {
  const open = session.open.get(collection);
  if (open === undefined || !mayLook(session.engine.db, collection)) return [];
  const first = await open.putOut();
  if (first.again !== true) return first.failed;
  await open.takeIn();
  return [...first.failed, ...(await open.putOut()).failed];
}

/**
 * Makes an edit that waits in the outbox a version of the history. The outbox keeps one write per
 * record, and a choice takes its place: without this the edit would be gone.
 * @throws SatchelError where a long edit has to be uploaded before, and cannot be.
 */
export async function keepPendingEdit(session: Session, found: FoundRecord): Promise<void> {
  const { db } = session.engine;
  const collection = found.collection.id;
  if (outboxEntry(db, collection, found.record)?.isLocal === true) {
    await uploadPendingEdit(session, found);
  }
  const pending = outboxEntry(db, collection, found.record);
  if (pending !== undefined) commitEntries(session.engine, collection, [pending]);
}

/** Rule F5: a commit names only content that is in the bucket. */
async function uploadPendingEdit(session: Session, found: FoundRecord): Promise<void> {
  if (!session.open.has(found.collection.id)) {
    throw new SatchelError('busy', `The edit of "${found.path}" here is not sent yet.`, {
      hint: 'The Satchel that works in this home sends it within seconds: try again then.',
    });
  }
  const options = { list: false, publishOnly: true, lookFirst: true };
  await runSync(session, [found.collection.id], options);
  if (outboxEntry(session.engine.db, found.collection.id, found.record)?.isLocal !== true) return;
  throw new SatchelError('attention', `The edit of "${found.path}" here could not be sent.`, {
    hint: 'Run "satchel sync": it tells why. Nothing was changed.',
  });
}

/** Chooses, and notes in the log that a person did. @returns as `chooseFor`. */
export function choose(
  session: Session,
  found: FoundRecord,
  choice: Choice,
  words: string,
): readonly Version[] {
  const { engine } = session;
  const collection = found.collection.id;
  const copies = chooseFor(engine, collection, found.record, choice, deviceNames(session));
  const message = `${found.path}: ${words}`;
  addEvent(engine.db, { time: engine.clock.now(), kind: 'resolved', collection, message });
  return copies;
}
