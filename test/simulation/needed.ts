/** I7: what is still needed, with what no single device can know: everything that is published. */
import { allEnds } from '../../src/replica/clocks.ts';
import { type Database, text } from '../../src/replica/database.ts';
import { allRecords } from '../../src/replica/records.ts';
import { type PastVersion, pastVersionsOf } from '../../src/replica/thinning.ts';
import type { Known } from '../../src/replica/versions.ts';
import { selfId } from '../../src/sync/engine.ts';
import { currentAmong } from '../../src/sync/merge.ts';
import { datedVersions } from '../../src/sync/prune-plan.ts';
import type { Machine } from './machine.ts';
import { COLLECTION } from './program.ts';
import { DAY_MS } from './times.ts';
import { living, type World } from './world.ts';

/**
 * Versions that still need a blob: those that are current, and those that history keeps, seen from
 * all devices together. What only its author has is not among them: it is published with content
 * that can be relied on, or not at all (rule S12).
 * @param by who deletes it.
 */
export function neededVersions(world: World, by: Machine, blob: string): readonly string[] {
  const published: Published = { records: new Map(), ends: new Map() };
  // Who forgot the version that names it may still know alone what took its place.
  const naming = living(world).flatMap((m) => m.askReplica((db) => recordsNaming(db, blob)) ?? []);
  for (const machine of living(world)) {
    const self = machine.askReplica((db) => selfId({ db }));
    const isPublished = ({ device }: PastVersion): boolean => machine === by || device !== self;
    machine.askReplica((db) => gather(db, new Set(naming), isPublished, published));
  }
  return [...published.records.values()].flatMap((known) => {
    const isNaming = ({ version }: Known): boolean =>
      version.blobs?.some(([id]) => id === blob) === true;
    return stillNeeded(world, [...known.values()], published.ends, isNaming);
  });
}

/** All versions that are still needed, once everything is published. */
export function allNeededVersions(world: World): ReadonlySet<string> {
  const published: Published = { records: new Map(), ends: new Map() };
  for (const machine of living(world)) {
    machine.askReplica((db) => {
      const records = [...allRecords(db, COLLECTION)].map(({ record }) => record);
      gather(db, new Set(records), () => true, published);
    });
  }
  const needed = [...published.records.values()].flatMap((known) =>
    stillNeeded(world, [...known.values()], published.ends, () => true),
  );
  return new Set(needed);
}

interface Published {
  /** By record, and by device and number. */
  readonly records: Map<string, Map<string, PastVersion>>;
  readonly ends: Map<string, number>;
}

function recordsNaming(db: Database, blob: string): string[] {
  return db
    .all(
      'SELECT DISTINCT record FROM versions WHERE collection = ? AND instr(body, ?) > 0',
      COLLECTION,
      blob,
    )
    .map((row) => text(row, 'record'));
}

/** Adds what one replica knows of these records. */
function gather(
  db: Database,
  naming: ReadonlySet<string>,
  isPublished: (version: PastVersion) => boolean,
  { records, ends }: Published,
): void {
  for (const [device, byCollection] of Object.entries(allEnds(db))) {
    const end = byCollection[COLLECTION] ?? 0;
    ends.set(device, Math.min(end, ends.get(device) ?? end));
  }
  for (const record of naming) {
    const known = records.get(record) ?? new Map<string, PastVersion>();
    records.set(record, known);
    for (const version of pastVersionsOf(db, COLLECTION, record).filter(isPublished)) {
      known.set(`${version.device}:${version.n}`, version);
    }
  }
}

function stillNeeded(
  world: World,
  known: readonly PastVersion[],
  ends: ReadonlyMap<string, number>,
  isAskedFor: (known: Known) => boolean,
): string[] {
  const current = new Set(currentAmong(known, ends));
  const asked = known.filter(isAskedFor);
  const needed = asked.filter((version) => current.has(version)).map(({ version }) => version.id);
  // A clock that was wrong when something was replaced, or is now, moves the window.
  if (world.happens('clock-jump')) return needed;
  const dated = datedVersions(
    known.map((version) => ({ ...version, isCurrent: current.has(version) })),
    ends,
  );
  const fromMs = world.scheduler.now() - world.plan.historyDays * DAY_MS;
  const kept = new Set(
    dated.flatMap(({ id, replacedMs }) =>
      replacedMs !== undefined && replacedMs > fromMs ? [id] : [],
    ),
  );
  return [...needed, ...asked.map(({ version }) => version.id).filter((id) => kept.has(id))];
}
