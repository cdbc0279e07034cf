/** The engine's side of the port between engine and kinds (see kind.ts). */
import { newInnerId, recordIdOf } from '../format/ids.ts';
import { lastChangeOf } from '../replica/changes.ts';
import { isHeld } from '../replica/held.ts';
import { getNote, nextSequence, setNote } from '../replica/meta.ts';
import { outboxEntry } from '../replica/outbox.ts';
import {
  allRecords,
  claimantsBelow,
  claimantsOf,
  isClaimedBelow,
  recordOf,
} from '../replica/records.ts';
import {
  isStale,
  markStale,
  putShown,
  removeShown,
  shownAll,
  shownAt,
  shownOf,
  staleRecords,
} from '../replica/shown.ts';
import { versionsById, versionsOf } from '../replica/versions.ts';
import { readContent } from './contents.ts';
import { deletionTime, type Engine, selfId } from './engine.ts';
import { keepUnsent } from './guard.ts';
import {
  type CollectionPort,
  type Fields,
  type Kind,
  OutdatedViewError,
  type RecordView,
} from './kind.ts';
import { kindOrThrow, staleRank, stateOf, viewRecord } from './records.ts';
import { saveEdits } from './save.ts';
import { stalenessIn } from './staleness.ts';

export function openPort(engine: Engine, collection: string): CollectionPort {
  const { db } = engine;
  const staleness = stalenessIn(engine, collection);
  return {
    collection,
    deviceName: engine.deviceName,
    transaction: (work) => db.transaction(work),
    durableTransaction: (work) => db.durableTransaction(work),
    shownAll: () => shownAll(db, collection),
    shown: (record) => shownOf(db, collection, record),
    shownAt: (place) => shownAt(db, collection, place),
    view: (record) => viewRecord(engine, collection, record),
    claimants: (claim) => claimantsOf(db, collection, claim),
    isClaimedBelow: (claim) => isClaimedBelow(db, collection, claim),
    claimantsBelow: (claim) => claimantsBelow(db, collection, claim),
    recordFor: (fields) => recordFor(engine, collection, fields),
    save: (edits, options) =>
      db.transaction(() => {
        keepUnsent(engine, collection, edits);
        return saveEdits(engine, collection, edits, options);
      }),
    rev: (record) => shownOf(db, collection, record)?.rev ?? lastChangeOf(db, collection, record),
    stale: () => staleRecords(db, collection),
    startOn: staleness.startOn,
    isStale: (record) => isStale(db, collection, record),
    isHeld: (record) => isHeld(db, collection, 'in', record),
    markStale: staleness.markStale,
    markAllStale: () => markAllStale(engine, collection),
    placed: (shown) =>
      db.transaction(() => {
        putShown(db, collection, shown);
        staleness.finish(shown.record);
      }),
    removed: (record) =>
      db.transaction(() => {
        removeShown(db, collection, record);
        staleness.finish(record);
      }),
    settled: staleness.finish,
    content: (view) => contentOfView(engine, collection, view),
    knowsContent: (record, hash) => knownWith(engine, collection, record, hash).length > 0,
    oldCopiesOf: (record, hash) => oldCopiesOf(engine, collection, record, hash),
    note: (name) => getNote(db, collection, `kind:${name}`),
    setNote: (name, value) => setNote(db, collection, `kind:${name}`, value),
    setDurableNote: (name, value) =>
      db.durableTransaction(() => setNote(db, collection, `kind:${name}`, value)),
    progress: engine.progress,
    random: (count) => engine.random.bytes(count),
    now: () => engine.machineClock.now(),
    deletionTime: () => deletionTime(engine),
    sleep: (delayMs, signal) => engine.clock.sleep(delayMs, signal),
  };
}

/** Known versions of a record with this content, current or not. */
function knownWith(engine: Engine, collection: string, record: string, hash: string): string[] {
  return versionsOf(engine.db, collection, record)
    .filter(({ version }) => version.hash === hash && version.gone !== true)
    .map(({ version }) => version.id);
}

/** None where it was deleted on this device: somebody has put it there again. */
function oldCopiesOf(engine: Engine, collection: string, record: string, hash: string): string[] {
  const known = knownWith(engine, collection, record, hash);
  if (known.length === 0) return [];
  const self = selfId(engine);
  const { current } = stateOf(engine, collection, record);
  const isDeletedHere = current.some(
    ({ device, version }) => device === self && version.gone === true,
  );
  return isDeletedHere ? [] : known;
}

/** S5: the record that claims the name, else the id made from it, else a random one. */
function recordFor(engine: Engine, collection: string, fields: Fields): string {
  const { db } = engine;
  const kind = kindOrThrow(engine, collection);
  const title = kind.titleOf(fields);
  const claim = kind.claimOf(fields);
  const isFree = (record: string): boolean => shownOf(db, collection, record) === undefined;
  const claimants = claim === undefined ? [] : claimantsOf(db, collection, claim);
  const claimant = claimants.find(
    (row) => kind.titleOf(row.fields) === title && isFree(row.record),
  );
  if (claimant !== undefined) return claimant.record;
  const named = recordIdOf(title);
  const known = recordOf(db, collection, named);
  return known === undefined || (!known.isLive && isFree(named))
    ? named
    : newInnerId(engine.random);
}

function markAllStale(engine: Engine, collection: string): void {
  const { db } = engine;
  const kind: Kind = kindOrThrow(engine, collection);
  db.transaction(() => {
    const seq = nextSequence(db);
    for (const row of allRecords(db, collection)) {
      const rank = staleRank(kind, { live: row.isLive, fields: row.fields });
      markStale(db, collection, row.record, seq, rank);
    }
  });
}

async function* contentOfView(
  engine: Engine,
  collection: string,
  view: RecordView,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (view.content === undefined) return;
  const pending = outboxEntry(engine.db, collection, view.record)?.version;
  const version =
    pending?.id === view.version
      ? pending
      : versionsById(engine.db, collection, view.version)[0]?.version;
  if (version === undefined) throw new OutdatedViewError(`${view.version} is not here any more`);
  yield* readContent(engine, collection, version);
}
