/**
 * S14: keeping what a retired device saved in collections that are not on this device, and its
 * history: objects are copied as they are, from its own or from another device that keeps them.
 */
import { SatchelError } from '../base/errors.ts';
import { decodeCommits } from '../format/commit.ts';
import {
  HEAD_MAX_BYTES,
  type Head,
  type HeadCollection,
  type SegmentEntry,
} from '../format/head.ts';
import { newObjectId, REGISTRY_ID, tagOf } from '../format/ids.ts';
import { archiveKey, headKey, segmentKey } from '../format/object-keys.ts';
import { SEAL_OVERHEAD_BYTES, sealObject } from '../format/seal.ts';
import { decodeSegment, encodeSegment } from '../format/segment.ts';
import { addAdopted, adoptedUpTo, isAdopted } from '../replica/adopted.ts';
import { endsOf } from '../replica/clocks.ts';
import { isBucketDamaged } from '../replica/database.ts';
import { addEvent } from '../replica/events.ts';
import { getNote, markHeadChanged, setNote } from '../replica/meta.ts';
import { allPeers, peerOf } from '../replica/peers.ts';
import { type Adopter, adoptersIn } from './adopters.ts';
import type { NamedUnit } from './bucket-heads.ts';
import { type Engine, selfId, workedOn } from './engine.ts';
import { readSegmentBody } from './fetch.ts';
import { openHead } from './head.ts';
import { retiredDevices } from './retired.ts';

/** Where commits of a device stand, in one collection. */
interface Source {
  /** Whose objects they are: the device's own, or another one's that keeps them. */
  readonly holder: string;
  readonly device: string;
  readonly collection: string;
}

/**
 * Collections that are not on this device, of which the other's head, or somebody's copy, tells
 * more than is kept here.
 */
export function missingElsewhere(engine: Engine, device: string): string[] {
  const { numbers = {} } = peerOf(engine.db, device) ?? {};
  const copied = allPeers(engine.db).flatMap(({ head }) =>
    Object.keys(head?.adopted?.[device] ?? {}),
  );
  const here = new Set(workedOn(engine));
  return [...new Set([...Object.keys(numbers), ...copied])]
    .filter((collection) => !here.has(collection))
    .filter((collection) => {
      const copies = copiesIn(engine, device, collection).map(({ n }) => n);
      const n = Math.max(numbers[collection] ?? 0, ...copies);
      const end = endsOf(engine.db, collection).get(device) ?? n;
      return adoptedUpTo(engine.db, device, collection) < Math.min(n, end);
    });
}

/** Copies that other devices keep. */
function copiesIn(engine: Engine, device: string, collection: string): Adopter[] {
  return adoptersIn(engine, collection).filter(
    (adopter) => adopter.device === device && adopter.holder !== selfId(engine),
  );
}

/** Copies segments and tails of collections that are not on this device, without applying them. */
export async function adoptElsewhere(engine: Engine, device: string): Promise<void> {
  for (const collection of missingElsewhere(engine, device)) {
    for (const { holder, segments } of copiesIn(engine, device, collection)) {
      // What cannot be read there may be read from the device's own objects.
      await ifWhole(() => copySegments(engine, { holder, device, collection }, segments));
    }
  }
  const collections = missingElsewhere(engine, device);
  if (collections.length === 0) return;
  await unlessDamaged(engine, device, async () => {
    const head = await readHead(engine, device);
    for (const collection of collections) {
      const found = head.collections[collection];
      if (found === undefined) continue;
      await unlessDamaged(engine, device, () => copyCommits(engine, device, collection, found));
    }
  });
}

/** In the order of the numbers: what is kept never has a gap. */
async function copySegments(
  engine: Engine,
  source: Source,
  segments: readonly SegmentEntry[],
): Promise<void> {
  const { device, collection } = source;
  for (const entry of segments) {
    if (entry[2] <= adoptedUpTo(engine.db, device, collection)) continue;
    await keepCopy(engine, source, entry, false);
  }
}

async function copyCommits(
  engine: Engine,
  device: string,
  collection: string,
  found: HeadCollection,
): Promise<void> {
  const source = { holder: device, device, collection };
  await copySegments(engine, source, found.segments);
  const after = adoptedUpTo(engine.db, device, collection);
  const commits = decodeCommits(found.tail).filter((commit) => commit.n > after);
  const last = commits.at(-1);
  if (last === undefined) return;
  const range = { from: after + 1, to: last.n };
  const body = encodeSegment({ author: device, collection, ...range, clock: undefined, commits });
  const id = newObjectId(engine.random);
  const entry: SegmentEntry = [id, range.from, range.to, body.length, tagOf(last.id)];
  await putCopy(engine, source, entry, false, body);
}

/** Archives of all collections: history, and only as far as they can be read. */
export async function adoptArchives(engine: Engine, device: string): Promise<void> {
  for (const { collection, entry, sources } of archivesOf(engine, device)) {
    if (isAdopted(engine.db, device, collection, entry[0])) continue;
    await unlessDamaged(engine, device, () => copyFromAny(engine, sources, entry, true));
  }
}

interface NamedArchive {
  readonly collection: string;
  readonly entry: SegmentEntry;
  readonly sources: readonly Source[];
}

/** The archives of a device, with everybody who has them: a copy has the id of its original. */
export function archivesOf(engine: Engine, device: string): Iterable<NamedArchive> {
  const found = new Map<string, NamedArchive>();
  const add = (source: Source, archives: readonly SegmentEntry[]): void => {
    for (const entry of archives) {
      const { sources } = found.get(entry[0]) ?? { sources: [] };
      const { collection } = source;
      found.set(entry[0], { collection, entry, sources: [...sources, source] });
    }
  };
  const own = Object.entries(peerOf(engine.db, device)?.head?.collections ?? {});
  for (const [collection, { archives }] of own) {
    add({ holder: device, device, collection }, archives);
  }
  for (const { device: holder, head } of allPeers(engine.db)) {
    for (const [collection, { archives }] of Object.entries(head?.adopted?.[device] ?? {})) {
      add({ holder, device, collection }, archives);
    }
  }
  return found.values();
}

/**
 * Writes an object that this device keeps of another one again, under its key, from wherever else
 * it stands.
 * @throws SatchelError `damaged` where it stands nowhere else.
 */
export async function copyAgain(engine: Engine, unit: NamedUnit): Promise<void> {
  const { author: device, collection, entry, isArchive } = unit;
  const holders = [device, ...copiesIn(engine, device, collection).map(({ holder }) => holder)];
  const sources = holders.map((holder) => ({ holder, device, collection }));
  await copyFromAny(engine, sources, entry, isArchive);
}

async function copyFromAny(
  engine: Engine,
  sources: readonly Source[],
  entry: SegmentEntry,
  isArchive: boolean,
): Promise<void> {
  const [source] = sources;
  if (source === undefined) return;
  const body = await readFromAny(engine, sources, entry, isArchive);
  await putCopy(engine, source, entry, isArchive, body);
}

/**
 * What is sealed in an object, from the first of its places where it is whole.
 * @param sources one at least.
 * @throws SatchelError `damaged` where it is whole nowhere, of the first place.
 */
export async function readFromAny(
  engine: Engine,
  sources: readonly Source[],
  entry: SegmentEntry,
  isArchive: boolean,
): Promise<Uint8Array> {
  let failure: SatchelError | undefined;
  for (const source of sources) {
    try {
      return await readChecked(engine, source, entry, isArchive);
    } catch (error) {
      if (!isBucketDamaged(error)) throw error;
      failure ??= error;
    }
  }
  throw failure ?? new Error(`nobody has the object ${entry[0]}`);
}

/** A copy keeps its id: readers that know the original know the copy, and it is made only once. */
async function keepCopy(
  engine: Engine,
  source: Source,
  entry: SegmentEntry,
  isArchive: boolean,
): Promise<void> {
  await putCopy(
    engine,
    source,
    entry,
    isArchive,
    await readChecked(engine, source, entry, isArchive),
  );
}

/** As its writer encoded it: what a newer program put there stays in the copy (rule F1). */
async function readChecked(
  engine: Engine,
  { holder, device, collection }: Source,
  [id]: SegmentEntry,
  isArchive: boolean,
): Promise<Uint8Array> {
  const key = isArchive ? archiveKey(holder, id) : segmentKey(holder, id);
  const body = await readSegmentBody(engine, key);
  const segment = decodeSegment(key, body);
  if (segment.author === device && segment.collection === collection) return body;
  throw new SatchelError('damaged', `The object ${key} is not what its head names.`);
}

async function putCopy(
  engine: Engine,
  { device, collection }: Source,
  entry: SegmentEntry,
  isArchive: boolean,
  body: Uint8Array,
): Promise<void> {
  const { db, store, random } = engine;
  const self = selfId(engine);
  const key = isArchive ? archiveKey(self, entry[0]) : segmentKey(self, entry[0]);
  await store.put(key, sealObject(engine.key, key, body, random));
  db.transaction(() => {
    addAdopted(db, device, collection, entry, isArchive);
    markHeadChanged(db);
  });
}

async function readHead(engine: Engine, device: string): Promise<Head> {
  const maxBytes = HEAD_MAX_BYTES + SEAL_OVERHEAD_BYTES;
  const result = await engine.store.get(headKey(device), { maxBytes });
  if (result.kind === 'found') return await openHead(engine, device, result.body);
  throw new SatchelError('damaged', `The head of device ${device} is missing from the bucket.`);
}

/** Returns what is damaged, if that kept the work from being done. */
async function ifWhole(work: () => Promise<void>): Promise<SatchelError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!isBucketDamaged(error)) throw error;
    return error;
  }
}

/** What cannot be read is told once, and does not hold back the rest: it is tried again. */
async function unlessDamaged(
  engine: Engine,
  device: string,
  work: () => Promise<void>,
): Promise<void> {
  const error = await ifWhole(work);
  if (error === undefined) return;
  const name = retiredDevices(engine).get(device)?.name ?? device;
  const message = `Not all that "${name}" had saved could be kept: ${error.message}`;
  if (getNote(engine.db, REGISTRY_ID, 'adopting-told') === message) return;
  setNote(engine.db, REGISTRY_ID, 'adopting-told', message);
  addEvent(engine.db, { time: engine.clock.now(), kind: 'warning', message });
}
