/** One round of sync, and what is told about it. */
import { isErrorKind, SatchelError } from '../base/errors.ts';
import { getNote, setNote } from '../replica/meta.ts';
import { countRecords } from '../replica/records.ts';
import type { RequestCounts } from '../store/meter.ts';
import type { OpenCollection, Trouble } from '../sync/kind.ts';
import { type RoundReport, syncRound } from '../sync/round.ts';
import { findCollection, nameOf, rememberNames } from './collection-list.ts';
import type { Session } from './session.ts';
import { errorWords, troubleLine } from './trouble.ts';

/** What `sync --json` prints. */
export interface SyncResult {
  readonly collections: readonly CollectionResult[];
  /** Objects of other devices that could not be read; what they bring is not here yet. */
  readonly unreadable: readonly Trouble[];
  readonly requests: RequestCounts;
  readonly durationMs: number;
}

export interface CollectionResult {
  readonly name: string;
  readonly published: { readonly versions: number; readonly bytes: number };
  readonly applied: { readonly versions: number; readonly bytes: number };
  readonly conflicts: number;
  readonly held: number;
  readonly failed: readonly Trouble[];
  /** Entries of the folder that are left out by their nature, such as symbolic links. */
  readonly leftOut: readonly Trouble[];
}

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
  options = { list: true, publishOnly: false },
): Promise<SyncResult> {
  const { engine, meter, context } = session;
  const chosen = chooseCollections(session, names);
  const startMs = context.clock.monotonicMs();
  const before = meter.snapshot();
  let report: RoundReport;
  try {
    report = await syncRound(engine, chosen, options);
  } catch (error) {
    for (const collection of chosen.keys()) noteFailure(session, collection, error);
    throw error;
  }
  rememberNames(session);
  for (const part of report.collections) noteRound(session, part, report, options.publishOnly);
  const { unreadable } = report;
  for (const trouble of unreadable) context.notice(troubleLine(trouble));
  const collections = report.collections.map((part): CollectionResult => {
    const errors = part.error === undefined ? [] : [{ path: '', error: errorWords(part.error) }];
    return {
      name: nameOf(session, part.collection),
      published: part.published,
      applied: part.applied,
      conflicts: countRecords(engine.db, part.collection).conflicts,
      held: 0,
      failed: [...part.failed, ...errors],
      leftOut: part.leftOut,
    };
  });
  const durationMs = Math.round(context.clock.monotonicMs() - startMs);
  return { collections, unreadable, requests: meter.since(before), durationMs };
}

/** Reads what the other devices published, for the list of collections: the folders wait. */
export async function pullRegistry(session: Session): Promise<void> {
  await runSync({ ...session, open: new Map() }, undefined);
}

/** True where a person has to look: open conflicts, or things that could not be carried. */
export function needsPerson(result: SyncResult): boolean {
  return result.collections.some((part) => part.conflicts > 0 || part.failed.length > 0);
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
