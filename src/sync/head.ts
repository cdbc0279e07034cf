/** Writing and reading heads: lists that grow long go to an index object (rule F2). */
import { SatchelError } from '../base/errors.ts';
import { applyDifference, type Commit, clockDifference, encodeCommits } from '../format/commit.ts';
import {
  type Adopted,
  type CollectionIndex,
  decodeHead,
  decodeIndex,
  encodeHead,
  encodeIndex,
  HEAD_MAX_BYTES,
  type Head,
  type HeadCollection,
  INDEX_MAX_BYTES,
  type SegmentEntry,
} from '../format/head.ts';
import { newInnerId, newObjectId } from '../format/ids.ts';
import { headKey, segmentKey } from '../format/object-keys.ts';
import { openObject, SEAL_OVERHEAD_BYTES, sealObject } from '../format/seal.ts';
import { adoptedOf } from '../replica/adopted.ts';
import { allEnds, appliedUpTo, clockOfOthers } from '../replica/clocks.ts';
import type { Database } from '../replica/database.ts';
import { collectionIds, getMeta, setMeta } from '../replica/meta.ts';
import {
  addNonce,
  dateReplaced,
  lastInSegments,
  noteReplaced,
  ownSegments,
} from '../replica/own.ts';
import { allPeers } from '../replica/peers.ts';
import { commitsOf } from '../replica/versions.ts';
import { vouchedFor } from './discover.ts';
import { type Engine, selfId } from './engine.ts';
import { noteTried } from './landed.ts';

/** The lists that stand in the index object last written. */
interface WrittenIndex {
  readonly id: string;
  readonly collections: CollectionIndex['collections'];
  readonly adopted?: Adopted;
}

/** Commits of this device that are in no segment yet. */
export function tailOf(engine: Engine, collection: string): Commit[] {
  const { db } = engine;
  const from = lastInSegments(db, collection) + 1;
  return [...commitsOf(db, collection, selfId(engine), from, Number.MAX_SAFE_INTEGER)];
}

/** True if the bucket does not yet have this device's head as it is. */
export function isHeadChanged(engine: Engine): boolean {
  return getMeta(engine.db, 'head-change') !== getMeta(engine.db, 'head-acknowledged');
}

/**
 * Publishes everything that is in commits and segments by writing the head: one PUT, and one more
 * where lists have grown long and `mayWriteIndex` allows it now.
 */
export async function putHead(
  engine: Engine,
  options: { readonly mayWriteIndex: boolean },
): Promise<void> {
  const { db } = engine;
  const key = headKey(selfId(engine));
  const isLong = listBytes(engine) > engine.limits.listsBytes;
  if (isLong && options.mayWriteIndex) await writeIndex(engine);
  const { body, change, nonce } = prepareHead(engine);
  if (body.length > HEAD_MAX_BYTES) throw headTooLong(body.length);
  const { tag } = await engine.store.put(key, sealObject(engine.key, key, body, engine.random));
  db.transaction(() => {
    setMeta(db, 'head-acknowledged', change);
    setMeta(db, 'head-nonce', nonce);
    setMeta(db, 'head-tag', tag ?? '');
    dateReplaced(db, engine.clock.now());
  });
}

interface PreparedHead {
  readonly body: Uint8Array;
  /** The number of the change that it shows. */
  readonly change: string;
  readonly nonce: string;
}

/**
 * The head as it is now and the number of the change it shows, read together: another process may
 * add a commit at any time. Before others can see a commit, this device must not be able to forget
 * it, so the note of what is tried is durable (rule S9).
 */
function prepareHead(engine: Engine): PreparedHead {
  const { db } = engine;
  return db.durableTransaction(() => {
    const self = selfId(engine);
    const change = getMeta(db, 'head-change') ?? '0';
    const nonce = newInnerId(engine.random);
    const index = readWrittenIndex(engine);
    const ended = allEnds(db);
    const condemned = getMeta(db, 'condemned');
    const moved = getMeta(db, 'moved');
    const adopted = describeAdopted(engine, index);
    addNonce(db, nonce);
    noteTried(engine, { nonce, change });
    const body = encodeHead({
      repository: engine.repository,
      device: { id: self, name: engine.deviceName, platform: engine.platform, app: engine.app },
      nonce,
      time: engine.clock.now(),
      collections: describeCollections(engine),
      known: knownDevices(engine),
      ...(Object.keys(ended).length > 0 ? { ended } : {}),
      ...(adopted === undefined ? {} : { adopted }),
      ...(index === undefined ? {} : { index: index.id }),
      ...(condemned === undefined ? {} : { condemned }),
      ...(moved === undefined ? {} : { moved: JSON.parse(moved) }),
    });
    return { body, change, nonce };
  });
}

/** Never what only a list has named: whoever can write to the bucket could fill the head with it. */
function knownDevices(engine: Engine): string[] {
  const vouched = vouchedFor(engine);
  return allPeers(engine.db)
    .map(({ device }) => device)
    .filter((device) => device !== selfId(engine) && vouched.has(device));
}

/** Each collection, without what stands in the index. */
function describeCollections(engine: Engine): Record<string, HeadCollection> {
  const index = readWrittenIndex(engine);
  return Object.fromEntries(
    collectionIds(engine.db).map((id) => [id, describeCollection(engine, id, index)]),
  );
}

function describeCollection(
  engine: Engine,
  collection: string,
  index: WrittenIndex | undefined,
): HeadCollection {
  const { db } = engine;
  const self = selfId(engine);
  const indexed = index?.collections[collection];
  const clock = clockDifference(indexed?.clock ?? {}, clockOfOthers(db, collection, self));
  const indexedIds = new Set(
    [...(indexed?.segments ?? []), ...(indexed?.archives ?? [])].map(idOf),
  );
  const segments = ownSegments(db, collection, false);
  const archives = ownSegments(db, collection, true);
  const present = new Set([...segments, ...archives].map(idOf));
  const dropped = [...indexedIds].filter((id) => !present.has(id));
  return {
    n: appliedUpTo(db, collection, self),
    clock,
    segments: segments.filter((entry) => !indexedIds.has(entry[0])),
    archives: archives.filter((entry) => !indexedIds.has(entry[0])),
    ...(dropped.length > 0 ? { dropped } : {}),
    tail: encodeCommits(tailOf(engine, collection)),
    ...(engine.kindOf(collection) === undefined ? { left: true } : {}),
  };
}

/** What is kept of retired devices, unless the index says the same. */
function describeAdopted(engine: Engine, index: WrittenIndex | undefined): Adopted | undefined {
  const adopted = adoptedOf(engine.db);
  const isIndexed = JSON.stringify(adopted) === JSON.stringify(index?.adopted ?? {});
  return isIndexed ? undefined : adopted;
}

/** What the head would have, tails left out. */
function listBytes(engine: Engine): number {
  const collections = Object.values(describeCollections(engine));
  const lists = collections.map(({ tail: _tail, ...rest }) => rest);
  const adopted = describeAdopted(engine, readWrittenIndex(engine)) ?? {};
  return JSON.stringify([lists, adopted]).length;
}

async function writeIndex(engine: Engine): Promise<WrittenIndex> {
  const { db } = engine;
  const self = selfId(engine);
  const former = readWrittenIndex(engine);
  const id = newObjectId(engine.random);
  const collections = Object.fromEntries(
    collectionIds(db).map((collection) => [
      collection,
      {
        clock: clockOfOthers(db, collection, self),
        segments: ownSegments(db, collection, false),
        archives: ownSegments(db, collection, true),
      },
    ]),
  );
  const adopted = adoptedOf(db);
  const key = segmentKey(self, id);
  const body = encodeIndex(collections, adopted);
  await engine.store.put(key, sealObject(engine.key, key, body, engine.random));
  const written: WrittenIndex = { id, collections, adopted };
  db.transaction(() => {
    setMeta(db, 'index', JSON.stringify(written));
    if (former !== undefined) noteReplaced(db, segmentKey(self, former.id));
  });
  return written;
}

/** The id of the index object that the head names, or none. */
export function writtenIndexId(db: Database): string | undefined {
  return readWrittenIndex({ db })?.id;
}

function readWrittenIndex(engine: Pick<Engine, 'db'>): WrittenIndex | undefined {
  const text = getMeta(engine.db, 'index');
  return text === undefined ? undefined : JSON.parse(text);
}

/**
 * Opens a head and fills in the lists that stand in its index object.
 * @throws SatchelError `damaged`, or what the store throws while reading the index.
 */
export async function openHead(engine: Engine, device: string, sealed: Uint8Array): Promise<Head> {
  return await readLists(engine, openHeadAlone(engine, device, sealed));
}

/**
 * Opens a head without the lists that stand in its index object.
 * @throws SatchelError `damaged`.
 */
export function openHeadAlone(engine: Engine, device: string, sealed: Uint8Array): Head {
  const key = headKey(device);
  const head = decodeHead(key, openObject(engine.key, key, sealed, HEAD_MAX_BYTES));
  if (head.repository !== engine.repository || head.device.id !== device) {
    throw new SatchelError(
      'damaged',
      `The object ${key} belongs to another repository or device.`,
      {
        hint: 'Objects in the bucket were moved or mixed. Restore them from a copy of the bucket.',
      },
    );
  }
  return head;
}

/**
 * Fills in the lists that stand in a head's index object, if it has one.
 * @throws SatchelError `damaged`, or what the store throws.
 */
export async function readLists(engine: Engine, head: Head): Promise<Head> {
  if (head.index === undefined) return head;
  const indexKey = segmentKey(head.device.id, head.index);
  const maxBytes = INDEX_MAX_BYTES + SEAL_OVERHEAD_BYTES;
  const result = await engine.store.get(indexKey, { maxBytes });
  if (result.kind !== 'found') {
    throw new SatchelError('damaged', `The object ${indexKey} is missing from the bucket.`, {
      hint: 'It may still be on its way. If it stays missing, "satchel verify" tells more.',
    });
  }
  const body = openObject(engine.key, indexKey, result.body, INDEX_MAX_BYTES);
  return withIndex(head, decodeIndex(indexKey, body));
}

function withIndex(head: Head, index: CollectionIndex): Head {
  const collections = Object.fromEntries(
    Object.entries(head.collections).map(([id, collection]) => {
      const dropped = new Set(collection.dropped ?? []);
      const kept = (entries: readonly SegmentEntry[] | undefined): SegmentEntry[] =>
        (entries ?? []).filter((entry) => !dropped.has(entry[0]));
      const indexed = index.collections[id];
      return [
        id,
        {
          ...collection,
          clock: applyDifference(indexed?.clock ?? {}, collection.clock),
          segments: [...kept(indexed?.segments), ...collection.segments],
          archives: [...kept(indexed?.archives), ...collection.archives],
        },
      ];
    }),
  );
  const adopted = head.adopted ?? index.adopted;
  return { ...head, collections, ...(adopted === undefined ? {} : { adopted }) };
}

function idOf(entry: SegmentEntry): string {
  return entry[0];
}

function headTooLong(sizeBytes: number): SatchelError {
  return new SatchelError(
    'internal',
    `This device's head would be ${sizeBytes} bytes long, over the limit of ${HEAD_MAX_BYTES}.`,
    { hint: 'Please report this; nothing is lost, and nothing was written.' },
  );
}
