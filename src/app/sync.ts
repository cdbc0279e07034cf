/** One round of sync, and what is told about it. */
import type { CollectionResult, SyncResult } from '../api/status.ts';
import { isErrorKind, SatchelError } from '../base/errors.ts';
import { addEvent } from '../replica/events.ts';
import { countHeld } from '../replica/held.ts';
import { getNote, setNote } from '../replica/meta.ts';
import { countRecords } from '../replica/records.ts';
import type { OpenCollection, Trouble } from '../sync/kind.ts';
import { isKeyMissing } from '../sync/missing-key.ts';
import { movedTo } from '../sync/moved.ts';
import { type RoundOptions, type RoundReport, syncRound } from '../sync/round.ts';
import { findCollection, nameOf, rememberNames } from './collection-list.ts';
import { finishArrival, followMove } from './follow.ts';
import { sweepOwnLinks } from './link.ts';
import type { Session } from './session.ts';
import { errorWords, troubleLine } from './trouble.ts';
import { noteSent, unsentAmount, withEarlier } from './unsent.ts';

/** What is noted of the last rounds of a collection, for `status`. */
export interface SyncNote {
  /** Milliseconds since the Unix epoch. */
  readonly lastPullAt: number | undefined;
  readonly lastPublishAt: number | undefined;
  readonly lastError: string | undefined;
  readonly state: 'connected' | 'offline' | 'attention';
  /** Objects of the bucket that could not be read when it was last asked. */
  readonly unreadable?: readonly Trouble[];
}

const NOTE = 'sync';

export function readSyncNote(session: Session, collection: string): SyncNote | undefined {
  const text = getNote(session.engine.db, collection, NOTE);
  return text === undefined ? undefined : JSON.parse(text);
}

/**
 * Runs one round for the named collections (all by default).
 * @throws SatchelError as `syncRound`; what it was is noted for `status` first.
 */
export async function runSync(
  session: Session,
  names: readonly string[] | undefined,
  options: RoundOptions = { list: true, publishOnly: false, everyHead: true },
): Promise<SyncResult> {
  const { engine, meter, context } = session;
  const chosen = chooseCollections(session, names);
  const startMs = context.clock.monotonicMs();
  const before = meter.snapshot();
  const unsent = new Map([...chosen.keys()].map((id) => [id, unsentAmount(engine, id)]));
  let report: RoundReport;
  try {
    // "satchel keys unlock" may have been run meanwhile.
    if (isKeyMissing(engine)) await session.key.reload();
    await finishArrival(session);
    report = await roundOrFollow(session, chosen, options);
    await sweepOwnLinks(session);
  } catch (error) {
    logRefusal(session, chosen.keys(), error);
    for (const collection of chosen.keys()) noteFailure(session, collection, error);
    throw error;
  } finally {
    noteSent(session);
    session.noteUsage();
  }
  rememberNames(session);
  const parts = report.collections.map((part) =>
    withEarlier(engine, part, unsent.get(part.collection)),
  );
  for (const part of parts) noteRound(session, part, report, options.publishOnly === true);
  const { unreadable } = report;
  for (const trouble of unreadable) context.notice(troubleLine(trouble));
  const collections = parts.map((part): CollectionResult => {
    const errors = part.error === undefined ? [] : [{ path: '', error: errorWords(part.error) }];
    return {
      name: nameOf(session, part.collection),
      published: part.published,
      applied: part.applied,
      conflicts: countRecords(engine.db, part.collection).conflicts,
      held: countHeld(engine.db, part.collection),
      failed: [...part.failed, ...errors],
      leftOut: part.leftOut,
    };
  });
  const durationMs = Math.round(context.clock.monotonicMs() - startMs);
  const moved = report.moved === undefined ? {} : { moved: true };
  return { collections, unreadable, requests: meter.since(before), durationMs, ...moved };
}

/**
 * A whole round before something is changed in the bucket. Where the repository turns out to have
 * gone to another one, the session still works on the former.
 * @throws SatchelError `attention` where this device has followed it just now; as `runSync`.
 */
export async function syncInPlace(session: Session): Promise<void> {
  const { moved } = await runSync(session, undefined);
  if (moved !== true) return;
  throw new SatchelError(
    'attention',
    'The repository had gone to another bucket; this device has followed it, and did no more.',
    { hint: 'Run the command again.' },
  );
}

/**
 * A round, and then the way to another bucket if the repository went there. The former one may be
 * gone by the time at which this device gets there.
 */
async function roundOrFollow(
  session: Session,
  open: ReadonlyMap<string, OpenCollection>,
  options: RoundOptions,
): Promise<RoundReport> {
  const { engine } = session;
  let report: RoundReport;
  try {
    report = await syncRound(engine, open, options);
  } catch (error) {
    // Asked now: this very round may have found that the move was withdrawn, and then failed.
    const known = movedTo(engine);
    if (known === undefined || !(error instanceof SatchelError)) throw error;
    report = { collections: [], unreadable: [], moved: known };
  }
  if (report.moved !== undefined) await followMove(session, report.moved);
  return report;
}

/** Reads what the other devices published, for the list of collections: the folders wait. */
export async function pullRegistry(session: Session): Promise<void> {
  await runSync({ ...session, open: new Map() }, undefined);
}

/** True where a person has to look: conflicts, deletions held, things that could not be carried. */
export function needsPerson(result: SyncResult): boolean {
  return result.collections.some(
    ({ conflicts, held, failed }) => conflicts > 0 || held > 0 || failed.length > 0,
  );
}

function chooseCollections(
  session: Session,
  names: readonly string[] | undefined,
): ReadonlyMap<string, OpenCollection> {
  if (names === undefined || names.length === 0) return session.open;
  const ids = new Set(names.map((name) => findCollection(session, name).id));
  const missing = [...ids].find((id) => !session.open.has(id));
  if (missing === undefined) return new Map([...session.open].filter(([id]) => ids.has(id)));
  throw new SatchelError('usage', `"${nameOf(session, missing)}" is not on this device.`, {
    hint: `Bring it here with "satchel attach".`,
  });
}

function noteRound(
  session: Session,
  part: RoundReport['collections'][number],
  report: RoundReport,
  publishOnly: boolean,
): void {
  const now = session.context.clock.now();
  const before = readSyncNote(session, part.collection);
  // A round that only sends has not asked for what others sent: what was wrong there still is.
  const unreadable = publishOnly ? (before?.unreadable ?? []) : report.unreadable;
  const troubles = [
    ...(part.error === undefined ? [] : [errorWords(part.error)]),
    ...[...part.failed, ...unreadable].map(troubleLine),
  ];
  const [first, ...others] = troubles;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  writeNote(session, part.collection, {
    lastPullAt: publishOnly ? before?.lastPullAt : now,
    lastPublishAt: part.published.versions > 0 ? now : before?.lastPublishAt,
    lastError: first === undefined ? undefined : `${first}${more}`,
    state: first === undefined ? 'connected' : 'attention',
    unreadable,
  });
}

/** What goes on being refused is logged when it begins. */
function logRefusal(session: Session, collections: Iterable<string>, error: unknown): void {
  if (!isErrorKind(error, 'refused')) return;
  const message = errorWords(error);
  const isTold = [...collections].some(
    (collection) => readSyncNote(session, collection)?.lastError === message,
  );
  if (isTold) return;
  addEvent(session.engine.db, { time: session.engine.clock.now(), kind: 'refused', message });
}

function noteFailure(session: Session, collection: string, error: unknown): void {
  const before = readSyncNote(session, collection);
  writeNote(session, collection, {
    lastPullAt: before?.lastPullAt,
    lastPublishAt: before?.lastPublishAt,
    lastError: errorWords(error),
    state: isErrorKind(error, 'unreachable') ? 'offline' : 'attention',
  });
}

function writeNote(session: Session, collection: string, note: SyncNote): void {
  setNote(session.engine.db, collection, NOTE, JSON.stringify(note));
}
