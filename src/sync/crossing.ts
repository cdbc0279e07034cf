/**
 * S9a: segments that reach beyond the end of their author's identity. A merge leaves out what its
 * author replaced later, and what replaced it may count for nobody now. So up to the end such a
 * segment does not say all: the archives that were written with it do.
 */
import type { Commit } from '../format/commit.ts';
import { tagOf } from '../format/ids.ts';
import { archiveKey } from '../format/object-keys.ts';
import { decodeSegment } from '../format/segment.ts';
import { appliedUpTo, endsOf } from '../replica/clocks.ts';
import { isBucketDamaged } from '../replica/database.ts';
import {
  addWaiting,
  removeWaiting,
  type WaitingUnit,
  waitingBody,
  waitingUnits,
} from '../replica/peers.ts';
import { archivesOf, readFromAny } from './adopt-copies.ts';
import { keepUnit } from './apply.ts';
import { type Engine, workedOn } from './engine.ts';
import { reachOf } from './fetch.ts';
import type { Trouble } from './kind.ts';
import { crossesEnd } from './units.ts';

/** An archive may be gone for good: after so long a segment counts for what it says. */
const GIVEN_UP_MS = 60 * 60 * 1000;

/**
 * Puts in the place of each fetched segment that crosses an end the commits up to that end, whole.
 * @returns archives that could not be read.
 * @throws SatchelError `unreachable` or `refused`.
 */
export async function completeCrossing(engine: Engine): Promise<Trouble[]> {
  const { db } = engine;
  const failed: Trouble[] = [];
  for (const collection of workedOn(engine)) {
    const ends = endsOf(db, collection);
    for (const unit of waitingUnits(db, collection)) {
      const end = ends.get(unit.device);
      if (end === undefined || !crossesEnd(unit, ends)) continue;
      // An adopter keeps all up to the end.
      if (reachOf(engine, collection, unit.device) >= end) removeWaiting(db, unit);
      else failed.push(...(await complete(engine, unit, end)));
    }
  }
  return failed;
}

async function complete(
  engine: Engine,
  unit: WaitingUnit,
  end: number,
): Promise<readonly Trouble[]> {
  const { db } = engine;
  const { device, from, to } = unit;
  const body = waitingBody(db, unit);
  const segment = decodeSegment(`${device} ${from}-${to}`, body);
  const { archived, failed } = await readUpTo(engine, unit, end);
  const now = engine.clock.now();
  // A clock that was ahead when the wait began must not make it last until then.
  const since = Math.min(unit.since, now);
  if (failed.length > 0 && now - since < GIVEN_UP_MS) {
    if (since < unit.since) {
      removeWaiting(db, unit);
      addWaiting(db, { ...unit, since }, body);
    }
    return failed;
  }
  const parts = [...segment.commits, ...archived];
  const commits = joined(parts.filter(({ n }) => n >= from && n <= end));
  const last = commits.at(-1);
  db.transaction(() => {
    removeWaiting(db, unit);
    keepUnit(engine, { ...segment, to: end, commits }, last?.n === end ? tagOf(last.id) : '');
  });
  return [];
}

/** What archives hold of the numbers that are not applied here, up to the end. */
async function readUpTo(
  engine: Engine,
  { collection, device, from }: WaitingUnit,
  end: number,
): Promise<{ readonly archived: readonly Commit[]; readonly failed: readonly Trouble[] }> {
  const wanted = Math.max(from, appliedUpTo(engine.db, collection, device) + 1);
  const archived: Commit[] = [];
  const failed: Trouble[] = [];
  for (const { collection: of, entry, sources } of archivesOf(engine, device)) {
    const [id, first, last] = entry;
    if (of !== collection || first > end || last < wanted) continue;
    const key = archiveKey(device, id);
    try {
      const body = await readFromAny(engine, sources, entry, true);
      archived.push(...decodeSegment(key, body).commits);
    } catch (error) {
      if (!isBucketDamaged(error)) throw error;
      failed.push({ path: key, error: error.message });
    }
  }
  return { archived, failed };
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
