/**
 * S14: keeping a retired device's commits, with their numbers, in objects of this device. From
 * then on nobody depends on the retired one's own objects.
 */
import type { Commit } from '../format/commit.ts';
import { tagOf } from '../format/ids.ts';
import { addAdopted, adoptedUpTo } from '../replica/adopted.ts';
import { appliedUpTo, clockOf } from '../replica/clocks.ts';
import { getMeta, markHeadChanged, setMeta } from '../replica/meta.ts';
import { noteArchiveRead } from '../replica/own.ts';
import { peerOf } from '../replica/peers.ts';
import { commitsOf } from '../replica/versions.ts';
import { adoptArchives, adoptElsewhere, missingElsewhere } from './adopt-copies.ts';
import { adoptedNumber } from './adopters.ts';
import { commitBytes, partSuperseded, putSegment } from './compact.ts';
import { endIdentity } from './ends.ts';
import { type Engine, selfId, workedOn } from './engine.ts';
import { listRegistry } from './registry.ts';
import { markRetired, type RetiredDevice, retiredDevices } from './retired.ts';
import type { ReadOutcome } from './stalled.ts';

/**
 * Marks a device as retired for all, and takes it upon this one to keep its commits, which the
 * rounds to come do. A lost device also ends, at what is known of it here: what it writes later
 * counts for nobody (rule S9a).
 */
export function retireDevice(engine: Engine, mark: RetiredDevice): void {
  engine.db.transaction(() => {
    markRetired(engine, mark);
    undertakeAdoption(engine, mark.device);
    if (mark.isLost) endEverywhere(engine, mark.device);
  });
}

/** At what is applied here, or what its head was seen to show, if that is more. */
function endEverywhere(engine: Engine, device: string): void {
  const { db } = engine;
  const { numbers = {} } = peerOf(db, device) ?? {};
  const here = workedOn(engine);
  const listed = listRegistry(engine).map(({ id }) => id);
  for (const id of new Set([...here, ...listed, ...Object.keys(numbers)])) {
    const applied = here.includes(id) ? appliedUpTo(db, id, device) : 0;
    endIdentity(engine, device, id, Math.max(applied, numbers[id] ?? 0));
  }
}

function undertakeAdoption(engine: Engine, device: string): void {
  const all = new Set([...undertaken(engine), device]);
  setMeta(engine.db, 'adopting', JSON.stringify([...all]));
}

/**
 * Whoever has more of a retired device than the bucket shows keeps it too: its head may be damaged
 * for good, and the adopter may never have read so far.
 * @param outcomes of reading the heads in this pull.
 */
export function undertakeUnshown(engine: Engine, outcomes: ReadonlyMap<string, ReadOutcome>): void {
  for (const device of retiredDevices(engine).keys()) {
    const outcome = outcomes.get(device);
    // What a later key opens is not lost.
    if (outcome === undefined || (outcome.kind === 'trouble' && outcome.isKeyMissing)) continue;
    const shown = outcome.kind === 'sound' ? peerOf(engine.db, device)?.numbers : undefined;
    const isShown = (id: string): boolean =>
      Math.max(shown?.[id] ?? 0, adoptedNumber(engine, id, device)) >=
      appliedUpTo(engine.db, id, device);
    if (!workedOn(engine).every(isShown)) undertakeAdoption(engine, device);
  }
}

function undertaken(engine: Engine): readonly string[] {
  const text = getMeta(engine.db, 'adopting');
  return text === undefined ? [] : JSON.parse(text);
}

/** Those of the given devices that are retired, and whom they keep in turn. */
function withThoseKept(engine: Engine, devices: readonly string[]): readonly string[] {
  const retired = retiredDevices(engine);
  const isOther = (device: string): boolean => retired.has(device) && device !== selfId(engine);
  const all = new Set(devices.filter(isOther));
  for (const device of all) {
    const kept = Object.keys(peerOf(engine.db, device)?.head?.adopted ?? {});
    for (const other of kept.filter(isOther)) all.add(other);
  }
  return [...all];
}

/**
 * Writes what is not kept yet of the devices undertaken. Each object is noted once it is in the
 * bucket, so whoever is stopped goes on there. A device that came back needs nobody.
 * @throws SatchelError `unreachable` or `refused`.
 */
export async function adoptRetired(engine: Engine): Promise<void> {
  for (const device of withThoseKept(engine, undertaken(engine))) {
    for (const collection of workedOn(engine)) await adoptHere(engine, device, collection);
    await adoptElsewhere(engine, device);
    await adoptArchives(engine, device);
  }
}

/**
 * True once this device keeps all that the retired one's head, as last read, tells of, and all
 * that was applied here; also of those whom the retired one kept.
 */
export function isAdoptionComplete(engine: Engine, device: string): boolean {
  return [device, ...withThoseKept(engine, [device])].every((kept) => {
    const here = workedOn(engine).every(
      (id) => adoptedUpTo(engine.db, kept, id) >= appliedUpTo(engine.db, id, kept),
    );
    return here && missingElsewhere(engine, kept).length === 0;
  });
}

/** A collection of this device: the replica has every commit that still matters. */
async function adoptHere(engine: Engine, device: string, collection: string): Promise<void> {
  const { db } = engine;
  const [last, lastTag] = clockOf(db, collection)[device] ?? [0, ''];
  let from = adoptedUpTo(db, device, collection) + 1;
  let batch: Commit[] = [];
  let sizeBytes = 0;
  const write = async (to: number, tag: string): Promise<void> => {
    await keepRun(engine, { author: device, collection, from, to, tag }, batch);
    from = to + 1;
    batch = [];
    sizeBytes = 0;
  };
  for (const commit of commitsOf(db, collection, device, from, last)) {
    batch.push(commit);
    sizeBytes += commitBytes(commit);
    if (sizeBytes >= engine.limits.segmentBytes) await write(commit.n, tagOf(commit.id));
  }
  // The last numbers may be superseded and gone: they are covered all the same (rule F3).
  if (from <= last) await write(last, lastTag);
}

/**
 * Superseded versions go to an archive. The replica may never have had those that the retired
 * device had archived, so the segment always carries the clock that covers what replaced them.
 */
async function keepRun(
  engine: Engine,
  range: {
    readonly author: string;
    readonly collection: string;
    readonly from: number;
    readonly to: number;
    readonly tag: string;
  },
  commits: readonly Commit[],
): Promise<void> {
  const { author, collection } = range;
  const { kept, dropped } = partSuperseded(engine, collection, author, commits);
  const compacted = { ...range, isCompacted: true };
  const archive =
    dropped.length === 0
      ? undefined
      : await putSegment(engine, { ...compacted, commits: dropped, isArchive: true });
  const segment = await putSegment(engine, { ...compacted, commits: kept });
  engine.db.transaction(() => {
    if (archive !== undefined) {
      addAdopted(engine.db, author, collection, archive, true);
      noteArchiveRead(engine.db, archive[0]);
    }
    addAdopted(engine.db, author, collection, segment, false);
    markHeadChanged(engine.db);
  });
}
