/**
 * S12: what is needed, by fresh reads of all that the bucket holds. Where anything cannot be read
 * there is no answer: nothing is condemned or deleted on partial knowledge.
 */
import { forEachConcurrently } from '../base/concurrency.ts';
import { SatchelError } from '../base/errors.ts';
import type { Commit, Version } from '../format/commit.ts';
import { endsOf } from '../replica/clocks.ts';
import { isBucketDamaged } from '../replica/database.ts';
import { getMeta } from '../replica/meta.ts';
import { peerOf } from '../replica/peers.ts';
import { outboxVersions, versionsWithBlobs } from '../replica/thinning.ts';
import {
  type BucketHeads,
  isKeptByAnother,
  keptNumber,
  type NamedUnit,
  readHeads,
  tailsOf,
  unitsOf,
} from './bucket-heads.ts';
import { type Engine, selfId } from './engine.ts';
import { readSegment } from './fetch.ts';
import { readArchivesOf } from './history.ts';
import {
  type HeldHistory,
  keepSources,
  type OwnArchive,
  planHistory,
  thinnable,
} from './prune-history.ts';
import { retiredDevices } from './retired.ts';

export interface Mark extends HeldHistory {
  /** Blobs that something needs. */
  readonly live: ReadonlySet<string>;
  /** Collections of which nothing is let go, for this device cannot tell what is history there. */
  readonly keptWhole: readonly string[];
}

const UNITS_AT_ONCE = 4;

/**
 * Reads every head, segment and archive, and finds the blobs that are named by a version which
 * history keeps; by anything in this device's replica and outbox as well.
 * @throws SatchelError `damaged` where something cannot be read, or is older than it was.
 */
export async function markNeeded(engine: Engine): Promise<Mark> {
  const bucket = await readHeads(engine);
  requireAllHeads(engine, bucket);
  const collections = thinnable(engine);
  const units = [...bucket.heads].flatMap(([device, head]) => unitsOf(device, head));
  await readUnreadArchives(engine, bucket, units, collections);
  const marking = new Marking(
    new Map(collections.map((id) => [id, new Set(planHistory(engine, id))])),
  );
  for (const head of bucket.heads.values()) {
    for (const [collection, commits] of tailsOf(head)) marking.see(collection, commits);
  }
  const problems: string[] = [];
  const ownArchives: OwnArchive[] = [];
  let done = 0;
  await forEachConcurrently(units, UNITS_AT_ONCE, async (unit) => {
    const held = await readUnit(engine, bucket, unit, marking, problems);
    const { holder, author, collection, entry, isArchive } = unit;
    const isOwn = isArchive && holder === selfId(engine) && author === holder;
    if (isOwn && held > 0) ownArchives.push({ collection, entry });
    done += 1;
    engine.progress('Looking through the bucket', done, units.length, 'files');
  });
  if (problems.length > 0) throw pruneStopped(problems);
  for (const { collection, version } of versionsWithBlobs(engine.db)) {
    marking.seeVersion(collection, version);
  }
  for (const { version } of outboxVersions(engine.db)) marking.need(version);
  const known = [...bucket.heads.values()].flatMap((head) => Object.keys(head.collections));
  const keptWhole = [...new Set(known)].filter((id) => !collections.includes(id)).sort();
  return { ...marking.result(), ownArchives, keptWhole };
}

/** What was seen so far: blobs that are needed, and versions let go with what they name. */
class Marking {
  readonly #letGo: ReadonlyMap<string, Set<string>>;
  readonly #live = new Set<string>();
  /** For each collection, the versions let go that were seen, with their blobs. */
  readonly #held = new Map<string, Map<string, readonly string[]>>();
  /** Versions that are kept and take their content from one that is let go. */
  readonly #sources = new Map<string, (readonly [string, string])[]>();

  constructor(letGo: ReadonlyMap<string, Set<string>>) {
    this.#letGo = letGo;
  }

  /** Returns how many of the versions are let go. */
  see(collection: string, commits: readonly Commit[]): number {
    const versions = commits.flatMap((commit) => commit.versions);
    return versions.filter((version) => !this.seeVersion(collection, version)).length;
  }

  /** Returns whether the version is kept. */
  seeVersion(collection: string, version: Version): boolean {
    const letGo = this.#letGo.get(collection);
    if (letGo?.has(version.id) !== true) {
      this.need(version);
      const source = version.of?.[2];
      if (source !== undefined && letGo?.has(source) === true) {
        const sources = this.#sources.get(collection) ?? [];
        this.#sources.set(collection, [...sources, [version.id, source]]);
      }
      return true;
    }
    const held = this.#held.get(collection) ?? new Map<string, readonly string[]>();
    this.#held.set(
      collection,
      held.set(
        version.id,
        (version.blobs ?? []).map(([id]) => id),
      ),
    );
    return false;
  }

  need({ blobs = [] }: Version): void {
    for (const [id] of blobs) this.#live.add(id);
  }

  /** What other devices published meanwhile may still take its content from a version let go. */
  result(): Pick<Mark, 'live' | 'letGo' | 'held'> {
    for (const [collection, sources] of this.#sources) {
      const held = this.#held.get(collection);
      for (const id of keepSources(this.#letGo.get(collection) ?? new Set(), sources)) {
        for (const blob of held?.get(id) ?? []) this.#live.add(blob);
      }
    }
    const held = [...this.#held].map(([id, versions]) => [id, new Set(versions.keys())] as const);
    return { live: this.#live, letGo: this.#letGo, held: new Map(held) };
  }
}

/** Returns how many versions let go the unit holds; what cannot be read is a problem. */
async function readUnit(
  engine: Engine,
  bucket: BucketHeads,
  unit: NamedUnit,
  marking: Marking,
  problems: string[],
): Promise<number> {
  try {
    const { commits } = await readSegment(engine, unit.key);
    return marking.see(unit.collection, commits);
  } catch (error) {
    if (!isBucketDamaged(error)) throw error;
    const isOwn = unit.holder === unit.author;
    if (!isOwn || !isKeptByAnother(bucket, unit.author, unit.collection)) {
      problems.push(error.message);
    }
    return 0;
  }
}

/**
 * A retired device may be gone with its head: what another device keeps of it is enough. Any other
 * head has to be there, as new as it was seen before.
 */
function requireAllHeads(engine: Engine, bucket: BucketHeads): void {
  const retired = retiredDevices(engine);
  const wasPublished = getMeta(engine.db, 'head-acknowledged') !== undefined;
  const problems = [...bucket.unread]
    .filter(([device]) => !retired.has(device) || !isKeptByAnother(bucket, device))
    .filter(([device]) => device !== selfId(engine) || wasPublished)
    .map(([, { error }]) => error);
  for (const [device, head] of bucket.heads) {
    if (!isOlderThanKnown(engine, bucket, device)) continue;
    problems.push(`The bucket shows an older state of device "${head.device.name}" than before.`);
  }
  if (problems.length > 0) throw pruneStopped(problems);
}

/** Nobody writes the head of a retired device or of an ended identity again: copies do for it. */
function isOlderThanKnown(engine: Engine, bucket: BucketHeads, device: string): boolean {
  const known = peerOf(engine.db, device)?.head;
  const isRetired = retiredDevices(engine).has(device);
  return Object.entries(known?.collections ?? {}).some(([collection, { n }]) => {
    const shown = bucket.heads.get(device)?.collections[collection]?.n ?? 0;
    const kept = isRetired ? keptNumber(bucket, device, collection) : 0;
    const end = endsOf(engine.db, collection).get(device) ?? n;
    return Math.max(shown, kept) < Math.min(n, end);
  });
}

/** History in archives that this device never read has to be known before any of it is let go. */
async function readUnreadArchives(
  engine: Engine,
  bucket: BucketHeads,
  units: readonly NamedUnit[],
  collections: readonly string[],
): Promise<void> {
  for (const { holder, author, collection, entry, isArchive } of units) {
    if (!isArchive || author === selfId(engine) || !collections.includes(collection)) continue;
    const [failed] = await readArchivesOf(engine, holder, collection, [entry], author);
    if (failed === undefined) continue;
    if (holder === author && isKeptByAnother(bucket, author, collection)) continue;
    throw pruneStopped([`The object ${failed.path} cannot be read: ${failed.error}.`]);
  }
}

/** Nothing is deleted on partial knowledge: what stands in the way, and what to do about it. */
export function pruneStopped(problems: readonly string[]): SatchelError {
  const [first = '', ...others] = problems;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return new SatchelError('damaged', `Nothing was pruned. ${first}${more}`, {
    hint:
      'Pruning goes on once everything in the bucket can be read. "satchel verify" tells what is ' +
      'damaged, mends what it can, and names the device that can mend the rest.',
  });
}
