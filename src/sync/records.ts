/** From versions to what a record shows, and the note of it in the replica. */
import { LATEST_TIME_MS, type Stamp } from '../format/commit.ts';
import { clockOfOthers, endsOf } from '../replica/clocks.ts';
import { isHeld, releaseRecord } from '../replica/held.ts';
import { getMeta } from '../replica/meta.ts';
import { type OutboxEntry, outboxEntry, removeOutbox } from '../replica/outbox.ts';
import {
  claimantsOf,
  putRecord,
  type RecordRow,
  recordOf,
  removeRecord,
} from '../replica/records.ts';
import { markStale, type ShownRow, STALE_RANK, shownOf } from '../replica/shown.ts';
import {
  currentVersionsOf,
  hasVersion,
  type Known,
  newestTimeOf,
  setCurrent,
  versionsById,
  versionsOf,
} from '../replica/versions.ts';
import { namesOf, withNames } from './beside.ts';
import { type Engine, selfId } from './engine.ts';
import type { Kind, RecordView } from './kind.ts';
import {
  currentAmong,
  type Ends,
  type Held,
  highestStampMs,
  mergeFields,
  type Placed,
  sidesOf,
  viewOf,
} from './merge.ts';

/** Everything that decides what a record shows on this device. */
export interface RecordState {
  readonly record: string;
  /** The committed versions that none supersedes. */
  readonly committed: readonly Known[];
  readonly pending: OutboxEntry | undefined;
  /** Current versions with the pending write in the place it will have once committed. */
  readonly current: readonly Placed[];
  readonly held: Held;
  readonly ends: Ends;
  /** What is on the device. */
  readonly shown: ShownRow | undefined;
}

export function stateOf(engine: Engine, collection: string, record: string): RecordState {
  const { db } = engine;
  const committed = currentVersionsOf(db, collection, record);
  const pending = outboxEntry(db, collection, record);
  const ends = endsHere(engine, collection);
  const current =
    pending === undefined
      ? committed
      : currentAmong([...committed, placePending(engine, collection, pending, committed)], ends);
  const shown = shownOf(db, collection, record);
  const placesOf = (id: string): readonly Placed[] =>
    id === pending?.version.id
      ? current.filter(({ version }) => version.id === id)
      : versionsById(db, collection, id);
  const held: Held = {
    pending: pending?.version.id,
    shown: (shown?.versions ?? []).flatMap(placesOf),
    hash: shown?.hash,
  };
  return { record, committed, pending, current, held, ends, shown };
}

/**
 * Where identities ended. If this device's own did, what it wrote, or is about to write, counts here
 * until it takes the new identity under which all of that is published again (rule S9a). What others
 * had applied beyond that end may be another life's.
 */
export function endsHere(engine: Engine, collection: string): Ends {
  const ends = endsOf(engine.db, collection);
  const self = selfId(engine);
  return ends.has(self) ? { get: (device) => ends.get(device), living: self } : ends;
}

/**
 * The pending write as it would stand in a commit made now; but beyond all numbers, since nobody can
 * have seen it: the next one may be another life's already (rule S9).
 */
export function placePending(
  engine: Engine,
  collection: string,
  pending: OutboxEntry,
  committed: readonly Known[],
): Placed {
  const self = selfId(engine);
  const copiesOf = (id: string): Known[] => versionsById(engine.db, collection, id);
  const shown = { saw: pending.saw, parents: pending.version.parents ?? [] };
  const names = namesOf(committed, shown, copiesOf, endsHere(engine, collection));
  return {
    version: withNames(pending.version, names),
    device: self,
    n: Number.MAX_SAFE_INTEGER,
    clock: clockOfOthers(engine.db, collection, self),
    own: undefined,
  };
}

export function viewRecord(
  engine: Engine,
  collection: string,
  record: string,
): RecordView | undefined {
  return viewOfState(kindOrThrow(engine, collection), stateOf(engine, collection, record));
}

export function viewOfState(kind: Kind, state: RecordState): RecordView | undefined {
  return viewOf(state.record, state.current, state.held, kind.contentFields, state.ends);
}

export function kindOrThrow(engine: Engine, collection: string): Kind {
  const kind = engine.kindOf(collection);
  if (kind === undefined) throw new Error(`collection ${collection} is not open`);
  return kind;
}

/** Marks which committed versions of a record are current, after some arrived or went. */
export function recomputeCurrent(
  engine: Engine,
  collection: string,
  record: string,
  candidates: readonly Known[] = versionsOf(engine.db, collection, record),
): void {
  const current = new Set(currentAmong(candidates, endsHere(engine, collection)));
  for (const known of candidates) {
    if (known.isCurrent !== current.has(known)) {
      setCurrent(engine.db, collection, known, current.has(known));
    }
  }
}

/**
 * Writes down what a record shows now, and marks it stale where the device may show something
 * else. Names that several records claim make all their claimants stale, and so does a claim that
 * comes or goes below a name (rule S5).
 */
export function refreshRecord(
  engine: Engine,
  collection: string,
  record: string,
  seq: number,
): RecordView | undefined {
  const { db } = engine;
  const kind = kindOrThrow(engine, collection);
  const state = withoutSettled(engine, collection, stateOf(engine, collection, record));
  const view = viewOfState(kind, state);
  if (view?.live === true) releaseRecord(db, collection, record);
  const before = recordOf(db, collection, record);
  if (view === undefined) removeRecord(db, collection, record);
  else putRecord(db, collection, toRow(kind, state, view));
  const claim = view?.live === true ? kind.claimOf(view.fields) : undefined;
  const isMoved = before?.claim !== claim;
  for (const name of new Set([before?.claim, claim])) {
    if (name === undefined) continue;
    // What is placed below a name makes a folder of it, and nothing else may have it then.
    for (const one of isMoved ? [name, ...namesAbove(name)] : [name]) {
      markRivals(engine, collection, one, record, seq);
    }
  }
  if (isStale(view, state.shown) || isRenamedInConflict(before, view)) {
    markStale(db, collection, record, seq, staleRank(kind, view));
  }
  return view;
}

/** Drops a pending write that has nothing to wait for any more. */
function withoutSettled(engine: Engine, collection: string, state: RecordState): RecordState {
  const { db } = engine;
  const { record, pending } = state;
  const isSettled = pending !== undefined && wasPublished(engine, collection, pending);
  if (!isSettled && !isOvertakenDeletion(engine, collection, state)) return state;
  removeOutbox(db, collection, record);
  releaseRecord(db, collection, record);
  return stateOf(engine, collection, record);
}

/**
 * S9: true for a write that came back with a backup, and what became of it since decides. History
 * may have let go of it, or it was replaced before it was sent: whoever wrote what directly followed
 * names it as a parent.
 */
export function wasPublished(
  { db }: Engine,
  collection: string,
  { record, version: { id } }: OutboxEntry,
): boolean {
  if (hasVersion(db, collection, id)) return true;
  if (getMeta(db, 'unread-former') === undefined) return false;
  return versionsOf(db, collection, record).some(
    ({ version }) => version.parents?.includes(id) === true,
  );
}

/**
 * S8: a deletion that is held has nothing to wait for once the record was saved elsewhere, as
 * content beats a tombstone, or deleted there.
 */
function isOvertakenDeletion({ db }: Engine, collection: string, state: RecordState): boolean {
  const { record, pending, committed, current } = state;
  if (pending?.version.gone !== true || !isHeld(db, collection, 'out', record)) return false;
  const isGone = ({ version }: Placed): boolean => version.gone === true;
  return !current.every(isGone) || committed.every(isGone);
}

function toRow(kind: Kind, state: RecordState, view: RecordView): RecordRow {
  const claim = view.live ? kind.claimOf(view.fields) : undefined;
  return {
    record: view.record,
    isLive: view.live,
    isConflict: view.conflict,
    claim,
    claimStamp: claimStamp(kind, state.current),
    fields: view.fields,
  };
}

/** When the present name was claimed: the oldest claim keeps a name (rule S5). */
function claimStamp(kind: Kind, current: readonly Placed[]): Stamp {
  const versions = current.map((known) => known.version);
  return mergeFields(versions).stamps[kind.nameField] ?? [0, ''];
}

function markRivals(
  engine: Engine,
  collection: string,
  claim: string,
  record: string,
  seq: number,
): void {
  for (const rival of claimantsOf(engine.db, collection, claim)) {
    if (rival.record === record) continue;
    markStale(engine.db, collection, rival.record, seq, STALE_RANK.ordinary);
  }
}

/** `a/b` and `a` for `a/b/c`. */
function namesAbove(name: string): readonly string[] {
  const parts = name.split('/');
  return parts.slice(1).map((_part, index) => parts.slice(0, -1 - index).join('/'));
}

function isStale(view: RecordView | undefined, shown: ShownRow | undefined): boolean {
  if (view === undefined || !view.live) return shown !== undefined;
  if (shown === undefined) return true;
  const seen = new Set(shown.versions);
  return (view.content?.hash ?? '') !== shown.hash || view.shows.some((id) => !seen.has(id));
}

/** In a conflict, a name can come with a side that is not shown: no version shown tells of it. */
function isRenamedInConflict(before: RecordRow | undefined, view: RecordView | undefined): boolean {
  if (before === undefined || view?.conflict !== true) return false;
  const names = new Set([...Object.keys(before.fields), ...Object.keys(view.fields)]);
  return [...names].some((name) => before.fields[name] !== view.fields[name]);
}

/** When a stale record has its turn among those of one commit. */
export function staleRank(
  kind: Kind,
  view: Pick<RecordView, 'live' | 'fields'> | undefined,
): number {
  if (view === undefined || !view.live) return STALE_RANK.gone;
  return kind.isAttachment(view.fields) ? STALE_RANK.attachment : STALE_RANK.ordinary;
}

/**
 * A stamp for a new version: it exceeds every stamp seen on the record (rule S3). At the end of what
 * a stamp can tell, where only a wild clock gets, it equals the highest: what is beyond cannot be read.
 */
export function newStamp(engine: Engine, collection: string, state: RecordState): Stamp {
  // A version's own stamp exceeds those of its fields, so the former versions need no second look.
  const before = newestTimeOf(engine.db, collection, state.record);
  const pending = state.pending === undefined ? [] : [state.pending.version];
  const current = state.current.map((known) => known.version);
  const seen = Math.max(before, highestStampMs([...current, ...pending]));
  return [Math.min(Math.max(engine.clock.now(), seen + 1), LATEST_TIME_MS), selfId(engine)];
}

/** The differing sides of a record in conflict, the one held here first. */
export function conflictSides(
  engine: Engine,
  collection: string,
  record: string,
): { readonly state: RecordState; readonly sides: ReturnType<typeof sidesOf> } {
  const state = stateOf(engine, collection, record);
  const view = viewOfState(kindOrThrow(engine, collection), state);
  const sides = sidesOf(state.current, state.ends);
  const mine = sides.findIndex((side) =>
    side.versions.some((known) => known.version.id === view?.version),
  );
  const [held] = mine < 0 ? [] : sides.splice(mine, 1);
  return { state, sides: held === undefined ? sides : [held, ...sides] };
}
