/** S9a: completing what authors merged after they had gone on beyond the end of their identity. */
import { type Commit, highestClock } from '../format/commit.ts';
import { tagOf } from '../format/ids.ts';
import { segmentKey } from '../format/object-keys.ts';
import { decodeSegment, encodeSegment, type Segment } from '../format/segment.ts';
import { appliedUpTo, endsOf } from '../replica/clocks.ts';
import { checkContent } from '../replica/contents.ts';
import { isBucketDamaged } from '../replica/database.ts';
import { deleteNote, getNote, setNote } from '../replica/meta.ts';
import { addWaiting, removeWaiting } from '../replica/peers.ts';
import { commitsOf } from '../replica/versions.ts';
import { archivesOf, readFromAny } from './adopt-copies.ts';
import { adoptersIn } from './adopters.ts';
import { batchesOf } from './compact.ts';
import { type Engine, workedOn } from './engine.ts';
import { reachAmong } from './fetch.ts';
import { readArchivesOf } from './history.ts';
import type { Trouble } from './kind.ts';
import { isHeadKnown, partedWaiting, type Waiting, waitingSegment } from './unsure.ts';

/** An archive may be gone for good: after so long the segments count for what they say. */
const GIVEN_UP_MS = 60 * 60 * 1000;

/** Commits of an identity that ended, as far as they wait without a gap. */
interface Ended {
  readonly collection: string;
  readonly device: string;
  readonly end: number;
  /** What is applied here. */
  readonly after: number;
  /** The highest number, at most the end. */
  readonly upTo: number;
}

/**
 * Puts units that are whole in the place of those that something may be missing from.
 * @returns archives that could not be read.
 * @throws SatchelError `unreachable` or `refused`.
 */
export async function completeOverrun(engine: Engine): Promise<Trouble[]> {
  const { db } = engine;
  const failed: Trouble[] = [];
  for (const collection of workedOn(engine)) {
    for (const [device, end] of endsOf(db, collection)) {
      const { sure, unsure } = partedWaiting(engine, collection, device);
      if (unsure.length === 0) continue;
      const after = appliedUpTo(db, collection, device);
      const upTo = Math.min(end, reachAmong([...sure, ...unsure], after));
      if (upTo <= reachAmong(sure, after)) continue;
      const ended = { collection, device, end, after, upTo };
      const troubles = await readArchived(engine, ended);
      const isWhole = troubles.length === 0 && isHeadKnown(engine, collection, device);
      const copy = isWhole ? [] : await readCopy(engine, ended);
      if (copy === undefined && isAwaited(engine, ended)) failed.push(...troubles);
      else join(engine, ended, { sure, unsure }, copy ?? []);
    }
  }
  return failed;
}

/** Reads the archives of the author, and of those that keep copies, into the replica, each once. */
async function readArchived(
  engine: Engine,
  { collection, device, after, upTo }: Ended,
): Promise<readonly Trouble[]> {
  const failed: Trouble[] = [];
  for (const { collection: of, entry, sources } of archivesOf(engine, device)) {
    const [, from, to] = entry;
    if (of !== collection || from > upTo || to <= after) continue;
    let trouble: Trouble | undefined;
    for (const { holder } of sources) {
      const [unread] = await readArchivesOf(engine, holder, collection, [entry], device);
      if (unread === undefined) {
        trouble = undefined;
        break;
      }
      trouble ??= unread;
    }
    if (trouble !== undefined) failed.push(trouble);
  }
  return failed;
}

/** What one adopter keeps that never went beyond the end itself; undefined where none can be read. */
async function readCopy(
  engine: Engine,
  { collection, device, end, after, upTo }: Ended,
): Promise<readonly Segment[] | undefined> {
  const adopters = adoptersIn(engine, collection).filter(
    (adopter) => adopter.device === device && adopter.n >= upTo && adopter.n <= end,
  );
  for (const { holder, segments } of adopters) {
    const read: Segment[] = [];
    try {
      for (const entry of segments) {
        const [id, from, to] = entry;
        if (from > upTo || to <= after) continue;
        const body = await readFromAny(engine, [{ holder, device, collection }], entry, false);
        const segment = decodeSegment(segmentKey(holder, id), body);
        for (const { versions } of segment.commits) versions.forEach(checkContent);
        read.push(segment);
      }
      return read;
    } catch (error) {
      if (!isBucketDamaged(error)) throw error;
    }
  }
  return undefined;
}

/** True within the hour since something could not be read first. */
function isAwaited({ db, clock }: Engine, ended: Ended): boolean {
  const now = clock.now();
  // A clock that was ahead when the wait began must not make it last until then.
  const since = Math.min(Number(getNote(db, ended.collection, noteOf(ended)) ?? now), now);
  setNote(db, ended.collection, noteOf(ended), String(since));
  return now - since < GIVEN_UP_MS;
}

function noteOf({ device }: Ended): string {
  return `overrun:${device}`;
}

/** Joins all that is known of the numbers, in units of which nothing is left out. */
function join(
  engine: Engine,
  ended: Ended,
  { sure, unsure }: Waiting,
  copy: readonly Segment[],
): void {
  const { db } = engine;
  const { collection, device, after, upTo } = ended;
  const units = [...sure, ...unsure].filter(({ from }) => from <= upTo);
  const segments = [...units.map((unit) => waitingSegment(db, unit)), ...copy];
  const commits = joined([
    ...segments.flatMap((segment) => segment.commits),
    ...commitsOf(db, collection, device, after + 1, upTo, true),
  ]).filter(({ n }) => n > after && n <= upTo);
  const needs = highestClock([
    ...units.map((unit) => unit.needs),
    ...segments.map(({ clock }) => clock ?? {}),
    ...commits.map(({ clock }) => clock),
  ]);
  const tag = units.find(({ to }) => to === upTo)?.tag ?? '';
  const since = engine.clock.now();
  db.transaction(() => {
    for (const unit of unsure) removeWaiting(db, unit);
    for (const run of runsOf(engine, commits, after + 1, upTo)) {
      const { from, to } = run;
      const last = run.commits.at(-1);
      const unit = { collection, device, from, to, tag: last?.n === to ? tagOf(last.id) : tag };
      // Without a clock, for nothing is left out.
      const body = encodeSegment({ author: device, collection, clock: undefined, ...run });
      addWaiting(db, { ...unit, needs, since }, body);
    }
    deleteNote(db, collection, noteOf(ended));
  });
}

/** Each commit with the versions of all its parts, in the order of their numbers. */
function joined(parts: readonly Commit[]): Commit[] {
  const whole = new Map<number, Commit>();
  for (const part of parts) {
    const versions = [...(whole.get(part.n)?.versions ?? []), ...part.versions];
    const byId = new Map(versions.map((version) => [version.id, version]));
    whole.set(part.n, { ...part, versions: [...byId.values()] });
  }
  return [...whole.values()].sort((a, b) => a.n - b.n);
}

/** Runs of commits, no longer than segments are, that have all numbers between them. */
function* runsOf(
  engine: Engine,
  commits: readonly Commit[],
  first: number,
  upTo: number,
): IterableIterator<Pick<Segment, 'from' | 'to' | 'commits'>> {
  let from = first;
  for (const run of batchesOf(commits, engine.limits.segmentBytes)) {
    const to = run.at(-1)?.n ?? from;
    yield { from, to, commits: run };
    from = to + 1;
  }
  if (from <= upTo) yield { from, to: upTo, commits: [] };
}
