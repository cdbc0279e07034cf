/**
 * S12: letting history go. Versions beyond the window leave the archives of this device and its
 * replica; the blobs that only they named are condemned apart from that (prune.ts).
 */

import type { SegmentEntry } from '../format/head.ts';
import { REGISTRY_ID } from '../format/ids.ts';
import { archiveKey, archivesPrefix, segmentKey, segmentsPrefix } from '../format/object-keys.ts';
import { adoptedOf } from '../replica/adopted.ts';
import { endsOf } from '../replica/clocks.ts';
import { collectionIds, getMeta, isReady, markHeadChanged } from '../replica/meta.ts';
import {
  addOwnSegment,
  dateReplaced,
  noteReplaced,
  ownSegments,
  removeOwnSegment,
} from '../replica/own.ts';
import { waitingUnits } from '../replica/peers.ts';
import {
  dropUnusedContents,
  forgetVersions,
  letGo,
  letGoBefore,
  outboxVersions,
  pastVersionsOf,
  protectedIn,
  recordsWithHistory,
  sourcesIn,
} from '../replica/thinning.ts';
import { putSegment } from './compact.ts';
import { deletionTime, type Engine, selfId, workedOn } from './engine.ts';
import { readSegment } from './fetch.ts';
import { isHeadChanged } from './head.ts';
import {
  datedVersions,
  HISTORY_WINDOW,
  type HistoryWindow,
  historyWindow,
  planThinning,
} from './prune-plan.ts';
import { registryFieldsOf } from './registry.ts';

/**
 * Collections of which this device can tell what is history: worked on here, read completely, and
 * nothing of them waits.
 */
export function thinnable(engine: Engine): string[] {
  return workedOn(engine).filter(
    (id) => isReady(engine.db, id) && waitingUnits(engine.db, id).length === 0,
  );
}

/** How long the history of a collection is kept: a setting that all devices share. */
function windowOf(engine: Engine, collection: string): HistoryWindow {
  if (collection === REGISTRY_ID) return HISTORY_WINDOW;
  const fields = registryFieldsOf(engine, collection);
  return historyWindow(fields?.historyAllDays, fields?.historyDailyDays);
}

/** The versions of one record that are beyond the window, whatever else may need them. */
export function planRecord(
  engine: Engine,
  collection: string,
  record: string,
  window = windowOf(engine, collection),
): ReadonlySet<string> {
  const known = pastVersionsOf(engine.db, collection, record);
  const dated = datedVersions(known, endsOf(engine.db, collection));
  return planThinning(dated, window, deletionTime(engine));
}

/**
 * Every version of a collection that history lets go, those of earlier times included. One that
 * another version takes its content from stays, and so does what the folder shows, what waits to
 * be published, and records whose deletion waits for a person.
 */
export function planHistory(engine: Engine, collection: string): ReadonlySet<string> {
  const { db } = engine;
  const window = windowOf(engine, collection);
  const kept = protectedIn(db, collection);
  const planned = new Set<string>();
  for (const record of recordsWithHistory(db, collection)) {
    if (kept.records.has(record)) continue;
    for (const id of planRecord(engine, collection, record, window)) planned.add(id);
  }
  for (const id of kept.versions) planned.delete(id);
  for (const { version, saw } of outboxVersions(db)) {
    for (const id of [...saw, ...(version.of === undefined ? [] : [version.of[2]])]) {
      planned.delete(id);
    }
  }
  keepSources(planned, [...sourcesIn(db, collection)]);
  for (const id of letGoBefore(db, collection)) planned.add(id);
  return planned;
}

/** Takes out the versions from which one that stays has its content, and so on. */
export function keepSources(
  planned: Set<string>,
  sources: readonly (readonly [id: string, source: string])[],
): string[] {
  const kept: string[] = [];
  for (let isNews = true; isNews; ) {
    isNews = false;
    for (const [id, source] of sources) {
      if (planned.has(id) || !planned.delete(source)) continue;
      kept.push(source);
      isNews = true;
    }
  }
  return kept;
}

export interface ThinnedHistory {
  /** Versions that the history no longer lists. */
  readonly versions: number;
  /** Archives that were written again without them. */
  readonly archives: number;
  /** Content freed in the replica of this device. */
  readonly bytes: number;
}

/** What a look at the whole bucket tells about versions that were let go. */
export interface HeldHistory {
  /** For each collection, the versions let go. */
  readonly letGo: ReadonlyMap<string, ReadonlySet<string>>;
  /** Those of them that some object still holds. */
  readonly held: ReadonlyMap<string, ReadonlySet<string>>;
  /** Archives of this device that hold such versions. */
  readonly ownArchives: readonly OwnArchive[];
}

export interface OwnArchive {
  readonly collection: string;
  readonly entry: SegmentEntry;
}

/** Writes archives of this device again without what is let go, and forgets it in the replica. */
export async function thinHistory(engine: Engine, history: HeldHistory): Promise<ThinnedHistory> {
  const { db } = engine;
  for (const { collection, entry } of history.ownArchives) {
    await rewriteArchive(engine, collection, entry, history.letGo.get(collection) ?? new Set());
  }
  let versions = 0;
  for (const [collection, ids] of history.letGo) {
    const gone = letGoBefore(db, collection).filter(
      (id) => history.held.get(collection)?.has(id) !== true,
    );
    versions += letGo(db, collection, ids, selfId(engine));
    forgetVersions(db, collection, gone);
  }
  return { versions, archives: history.ownArchives.length, bytes: dropUnusedContents(db) };
}

async function rewriteArchive(
  engine: Engine,
  collection: string,
  entry: SegmentEntry,
  gone: ReadonlySet<string>,
): Promise<void> {
  const { db } = engine;
  const [id, from, to, , tag] = entry;
  const key = archiveKey(selfId(engine), id);
  const { author, commits } = await readSegment(engine, key);
  const kept = commits
    .map((commit) => ({
      ...commit,
      versions: commit.versions.filter((version) => !gone.has(version.id)),
    }))
    .filter((commit) => commit.versions.length > 0);
  const range = { author, collection, from, to, tag };
  const written =
    kept.length === 0
      ? undefined
      : await putSegment(engine, { ...range, commits: kept, isCompacted: true, isArchive: true });
  db.transaction(() => {
    removeOwnSegment(db, collection, id);
    noteReplaced(db, key);
    if (written !== undefined) addOwnSegment(db, collection, written, true);
    markHeadChanged(db);
  });
}

/**
 * Notes objects of this device that none of its lists name: a crash left them between the upload
 * and the note of it. They go a day later, like what was replaced (rule F3). Only to be called
 * while this device's head in the bucket, freshly read, is the one it wrote last.
 * @returns how many there are.
 */
export async function noteOrphans(engine: Engine): Promise<number> {
  const { db, store } = engine;
  const self = selfId(engine);
  const listed = [
    ...(await store.list(segmentsPrefix(self))).objects,
    ...(await store.list(archivesPrefix(self))).objects,
  ];
  return db.transaction(() => {
    const named = ownObjects(engine, self);
    const orphans = listed.filter(({ key }) => !named.has(key));
    let count = 0;
    for (const { key } of orphans) if (noteReplaced(db, key)) count += 1;
    // The head as it is names none of them already; else the next one dates them.
    if (!isHeadChanged(engine)) dateReplaced(db, engine.clock.now());
    return count;
  });
}

function ownObjects(engine: Engine, self: string): ReadonlySet<string> {
  const { db } = engine;
  const named = new Set<string>();
  const name = (entries: readonly SegmentEntry[], isArchive: boolean): void => {
    for (const [id] of entries) named.add(isArchive ? archiveKey(self, id) : segmentKey(self, id));
  };
  for (const collection of collectionIds(db)) {
    for (const isArchive of [false, true]) {
      name(ownSegments(db, collection, isArchive), isArchive);
    }
  }
  for (const kept of Object.values(adoptedOf(db)).flatMap(Object.values)) {
    name(kept.segments, false);
    name(kept.archives, true);
  }
  const index = getMeta(db, 'index');
  if (index !== undefined) named.add(segmentKey(self, JSON.parse(index).id));
  const condemned = getMeta(db, 'condemned');
  if (condemned !== undefined) named.add(segmentKey(self, condemned));
  return named;
}
