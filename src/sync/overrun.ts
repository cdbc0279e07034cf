/** S9a: completing what authors merged after they had gone on beyond the end of their identity. */
import { type Commit, highestClock } from '../format/commit.ts';
import type { SegmentEntry } from '../format/head.ts';
import { tagOf } from '../format/ids.ts';
import { archiveKey, segmentKey } from '../format/object-keys.ts';
import { decodeSegment, encodeSegment } from '../format/segment.ts';
import { appliedUpTo, endsOf } from '../replica/clocks.ts';
import { checkContent } from '../replica/contents.ts';
import { isBucketDamaged } from '../replica/database.ts';
import { addWaiting, peerOf, removeWaiting, type WaitingUnit } from '../replica/peers.ts';
import { archivesOf, readFromAny, type Source } from './adopt-copies.ts';
import { adoptersIn } from './adopters.ts';
import { type Engine, workedOn } from './engine.ts';
import { reachAmong } from './fetch.ts';
import type { Trouble } from './kind.ts';
import { partedWaiting, type Waiting, waitingSegment } from './unsure.ts';

/** An archive may be gone for good: after so long the segments count for what they say. */
const GIVEN_UP_MS = 60 * 60 * 1000;

/** An identity that ended, in one collection. */
interface Ended {
  readonly collection: string;
  readonly device: string;
  readonly end: number;
  /** Numbers above this one are wanted. */
  readonly after: number;
  /** The highest of them, at most the end. */
  readonly upTo: number;
}

/**
 * Puts one unit that is whole in the place of those that something may be missing from, as far as their
 * numbers have no gap.
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
      const waiting = { sure, unsure: unsure.filter(({ from }) => from <= upTo) };
      failed.push(...(await complete(engine, { collection, device, end, after, upTo }, waiting)));
    }
  }
  return failed;
}

async function complete(
  engine: Engine,
  ended: Ended,
  { sure, unsure }: Waiting,
): Promise<readonly Trouble[]> {
  const { db } = engine;
  const { collection, device, after, upTo } = ended;
  const { archived, failed, isWhole } = await readArchived(engine, ended);
  const copied = isWhole ? [] : await readCopy(engine, ended);
  const now = engine.clock.now();
  // A clock that was ahead when the wait began must not make it last until then.
  const since = Math.min(now, ...unsure.map((unit) => unit.since));
  if (copied === undefined && now - since < GIVEN_UP_MS) {
    for (const unit of unsure) if (unit.since > now) waitSinceNow(engine, unit);
    return failed;
  }
  const units = [...sure.filter(({ from }) => from <= upTo), ...unsure];
  const held = units.flatMap((unit) => waitingSegment(db, unit).commits);
  const parts = [...held, ...archived, ...(copied ?? [])];
  const commits = joined(parts.filter(({ n }) => n > after && n <= upTo));
  const last = commits.at(-1);
  const tag = last?.n === upTo ? tagOf(last.id) : units.find(({ to }) => to === upTo)?.tag;
  const range = { from: after + 1, to: upTo };
  const needs = highestClock([...units.map((u) => u.needs), ...commits.map((c) => c.clock)]);
  // Without a clock, for nothing is left out.
  const body = encodeSegment({ author: device, collection, ...range, clock: undefined, commits });
  db.transaction(() => {
    for (const unit of unsure) removeWaiting(db, unit);
    addWaiting(db, { collection, device, ...range, tag: tag ?? '', needs, since }, body);
  });
  return [];
}

function waitSinceNow(engine: Engine, unit: WaitingUnit): void {
  const { db, clock } = engine;
  const body = encodeSegment(waitingSegment(db, unit));
  db.transaction(() => {
    removeWaiting(db, unit);
    addWaiting(db, { ...unit, since: clock.now() }, body);
  });
}

interface Archived {
  readonly archived: readonly Commit[];
  readonly failed: readonly Trouble[];
  /** True where all archives there are were read. */
  readonly isWhole: boolean;
}

/** What the archives of the author, and of those that keep copies, hold of these numbers. */
async function readArchived(
  engine: Engine,
  { collection, device, after, upTo }: Ended,
): Promise<Archived> {
  const archived: Commit[] = [];
  const failed: Trouble[] = [];
  for (const { collection: of, entry, sources } of archivesOf(engine, device)) {
    const [id, from, to] = entry;
    if (of !== collection || from > upTo || to <= after) continue;
    try {
      archived.push(...(await readCommits(engine, sources, entry, true)));
    } catch (error) {
      if (!isBucketDamaged(error)) throw error;
      failed.push({ path: archiveKey(device, id), error: error.message });
    }
  }
  const { head, error } = peerOf(engine.db, device) ?? {};
  // A head that was not read soundly may name more.
  const isListed = head === undefined || head.collections[collection] !== undefined;
  return { archived, failed, isWhole: failed.length === 0 && isListed && error === undefined };
}

/** What one adopter keeps that never went beyond the end itself; undefined where none can be read. */
async function readCopy(
  engine: Engine,
  { collection, device, end, after, upTo }: Ended,
): Promise<readonly Commit[] | undefined> {
  const adopters = adoptersIn(engine, collection).filter(
    (adopter) => adopter.device === device && adopter.n >= upTo && adopter.n <= end,
  );
  for (const { holder, segments } of adopters) {
    const wanted = segments.filter(([, from, to]) => from <= upTo && to > after);
    const source = { holder, device, collection };
    try {
      const read = wanted.map((entry) => readCommits(engine, [source], entry, false));
      return (await Promise.all(read)).flat();
    } catch (error) {
      if (!isBucketDamaged(error)) throw error;
    }
  }
  return undefined;
}

async function readCommits(
  engine: Engine,
  sources: readonly Source[],
  entry: SegmentEntry,
  isArchive: boolean,
): Promise<readonly Commit[]> {
  const [{ holder } = { holder: '' }] = sources;
  const key = isArchive ? archiveKey(holder, entry[0]) : segmentKey(holder, entry[0]);
  const { commits } = decodeSegment(key, await readFromAny(engine, sources, entry, isArchive));
  for (const { versions } of commits) versions.forEach(checkContent);
  return commits;
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
