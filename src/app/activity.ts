/** What the devices did, for the page's timeline. */
import type { activityRoute } from '../api/performance.ts';
import type { AnswerOf } from '../api/route.ts';
import { commitsBefore, type DatedCommit, recordsOfCommit } from '../replica/activity.ts';
import { recordOf } from '../replica/records.ts';
import { listCollections } from './collection-list.ts';
import { deviceNames } from './devices.ts';
import type { Session } from './session.ts';

export type Activity = AnswerOf<typeof activityRoute>;

/** Saves of one device in one collection, none longer before the next, came together. */
const TOGETHER_MS = 10 * 60_000;
/** As many as fit into one line. */
const TOLD_PATHS = 3;

/** Commits of one device in one collection that came together, the newest first. */
export interface Burst {
  readonly device: string;
  readonly collection: string;
  readonly timeMs: number;
  readonly commits: readonly DatedCommit[];
}

export interface ActivityQuery {
  /** The id of a collection; undefined for all on this device. */
  readonly collection: string | undefined;
  /** Undefined for the newest. */
  readonly beforeMs: number | undefined;
  /** Commits that are looked at: the entries are as many at most, but for those of one moment. */
  readonly limit: number;
}

/** What the devices did in the collections on this device, newest first. */
export function listActivity(session: Session, query: ActivityQuery): Activity {
  const { db } = session.engine;
  const collections = listCollections(session).filter(
    ({ id, folder }) =>
      folder !== undefined && (query.collection === undefined || id === query.collection),
  );
  const names = new Map(collections.map(({ id, name }) => [id, name]));
  const beforeMs = query.beforeMs ?? Number.MAX_SAFE_INTEGER;
  const commits = commitsBefore(db, [...names.keys()], beforeMs, query.limit);
  const nameOfDevice = deviceNames(session);
  const entries = burstsOf(commits).map((burst) => ({
    time: new Date(burst.timeMs).toISOString(),
    device: nameOfDevice(burst.device),
    collection: names.get(burst.collection) ?? burst.collection,
    ...contentsOf(session, burst),
  }));
  const last = commits.at(-1);
  const isAll = last === undefined || commits.length < query.limit;
  return { entries, next: isAll ? null : new Date(last.timeMs).toISOString() };
}

/** Puts commits that came together into one, given and answered newest first. Pure. */
export function burstsOf(commits: readonly DatedCommit[]): readonly Burst[] {
  const bursts: (Burst & { commits: DatedCommit[] })[] = [];
  const open = new Map<string, Burst & { commits: DatedCommit[] }>();
  for (const commit of commits) {
    const { device, collection, timeMs } = commit;
    const key = JSON.stringify([device, collection]);
    const burst = open.get(key);
    const earliestMs = burst?.commits.at(-1)?.timeMs ?? Number.POSITIVE_INFINITY;
    if (burst !== undefined && earliestMs - timeMs <= TOGETHER_MS) {
      burst.commits.push(commit);
      continue;
    }
    const begun = { device, collection, timeMs, commits: [commit] };
    open.set(key, begun);
    bursts.push(begun);
  }
  return bursts;
}

/** A record that was written several times counts once, as it was in the end. */
function contentsOf(
  { engine }: Session,
  { collection, commits }: Burst,
): Pick<Activity['entries'][number], 'written' | 'deleted' | 'paths'> {
  const isGoneBy = new Map<string, boolean>();
  for (const commit of commits) {
    for (const { record, isGone } of recordsOfCommit(engine.db, commit)) {
      if (!isGoneBy.has(record)) isGoneBy.set(record, isGone);
    }
  }
  const deleted = [...isGoneBy.values()].filter(Boolean).length;
  const kind = engine.kindOf(collection);
  const paths = [...isGoneBy.keys()].slice(0, TOLD_PATHS).flatMap((record) => {
    const row = recordOf(engine.db, collection, record);
    return row === undefined || kind === undefined ? [] : [kind.titleOf(row.fields)];
  });
  return { written: isGoneBy.size - deleted, deleted, paths };
}
