/** Writing and reading heads: lists that grow long go to an index object (rule F2). */
import { SatchelError } from '../base/errors.ts';
import { type Commit, encodeCommits } from '../format/commit.ts';
import {
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
import { openObject, sealObject } from '../format/seal.ts';
import { allEnds, appliedUpTo, clockOf } from '../replica/clocks.ts';
import { collectionIds, getMeta, setMeta } from '../replica/meta.ts';
import { addNonce, lastInSegments, noteReplaced, ownSegments } from '../replica/own.ts';
import { allPeers } from '../replica/peers.ts';
import { commitsOf } from '../replica/versions.ts';
import { type Engine, selfId } from './engine.ts';
import { noteTried } from './identity.ts';

/** The lists that stand in the index object last written. */
interface WrittenIndex {
  readonly id: string;
  readonly collections: CollectionIndex['collections'];
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

/** Publishes everything that is in commits and segments by writing the head: one PUT. */
export async function putHead(engine: Engine): Promise<void> {
  const { db } = engine;
  const self = selfId(engine);
  const collections = await listCollections(engine);
  const index = readWrittenIndex(engine);
  const ended = allEnds(db);
  const nonce = newInnerId(engine.random);
  const change = getMeta(db, 'head-change') ?? '0';
  const body = encodeHead({
    repository: engine.repository,
    device: { id: self, name: engine.deviceName, platform: engine.platform, app: engine.app },
    nonce,
    time: engine.clock.now(),
    collections,
    known: allPeers(db)
      .map((peer) => peer.device)
      .filter((device) => device !== self),
    ...(Object.keys(ended).length > 0 ? { ended } : {}),
    ...(index === undefined ? {} : { index: index.id }),
  });
  if (body.length > HEAD_MAX_BYTES) throw headTooLong(body.length);
  const key = headKey(self);
  // Before others can see a commit, this device must not be able to forget it (rule S9).
  db.durableTransaction(() => {
    addNonce(db, nonce);
    noteTried(engine);
    setMeta(db, 'head-tried', JSON.stringify({ nonce, change }));
  });
  const { tag } = await engine.store.put(key, sealObject(engine.key, key, body, engine.random));
  db.transaction(() => {
    setMeta(db, 'head-acknowledged', change);
    setMeta(db, 'head-tag', tag ?? '');
  });
}

async function listCollections(engine: Engine): Promise<Record<string, HeadCollection>> {
  const lists = (index: WrittenIndex | undefined): Record<string, HeadCollection> =>
    Object.fromEntries(
      collectionIds(engine.db).map((id) => [id, describeCollection(engine, id, index)]),
    );
  const collections = lists(readWrittenIndex(engine));
  if (listBytes(collections) <= engine.limits.listsBytes) return collections;
  return lists(await writeIndex(engine));
}

function describeCollection(
  engine: Engine,
  collection: string,
  index: WrittenIndex | undefined,
): HeadCollection {
  const { db } = engine;
  const self = selfId(engine);
  const { [self]: _own, ...clock } = clockOf(db, collection);
  const indexed = index?.collections[collection];
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
  };
}

function listBytes(collections: Record<string, HeadCollection>): number {
  const lists = Object.values(collections).map(({ tail: _tail, ...rest }) => rest);
  return JSON.stringify(lists).length;
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
        segments: ownSegments(db, collection, false),
        archives: ownSegments(db, collection, true),
      },
    ]),
  );
  const key = segmentKey(self, id);
  await engine.store.put(key, sealObject(engine.key, key, encodeIndex(collections), engine.random));
  const written: WrittenIndex = { id, collections };
  db.transaction(() => {
    setMeta(db, 'index', JSON.stringify(written));
    if (former !== undefined) noteReplaced(db, segmentKey(self, former.id), engine.clock.now());
  });
  return written;
}

function readWrittenIndex(engine: Engine): WrittenIndex | undefined {
  const text = getMeta(engine.db, 'index');
  return text === undefined ? undefined : JSON.parse(text);
}

/**
 * Opens a head and fills in the lists that stand in its index object.
 * @throws SatchelError `damaged`, or what the store throws while reading the index.
 */
export async function openHead(engine: Engine, device: string, sealed: Uint8Array): Promise<Head> {
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
  if (head.index === undefined) return head;
  const indexKey = segmentKey(device, head.index);
  const result = await engine.store.get(indexKey);
  if (result.kind !== 'found') {
    throw new SatchelError('damaged', `The object ${indexKey} is missing from the bucket.`);
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
          segments: [...kept(indexed?.segments), ...collection.segments],
          archives: [...kept(indexed?.archives), ...collection.archives],
        },
      ];
    }),
  );
  return { ...head, collections };
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
