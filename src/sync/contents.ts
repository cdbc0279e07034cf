/** Content on its way: into blobs when it is published, out of them when it is shown (rule F4). */
import { toHex, uninitialized } from '../base/bytes.ts';
import { forEachConcurrently } from '../base/concurrency.ts';
import { isErrorKind, SatchelError } from '../base/errors.ts';
import { ContentHasher, sha256 } from '../base/hash.ts';
import { BLOB_MAX_BYTES, chunksOf } from '../format/chunker.ts';
import type { Version } from '../format/commit.ts';
import { blobKey } from '../format/object-keys.ts';
import { BLOB_GENERATIONS, type BlobName, blobIdOf, blobNameOf } from '../format/repository-key.ts';
import { openObject, SEAL_OVERHEAD_BYTES, sealBlob } from '../format/seal.ts';
import { isCondemned } from '../replica/condemned.ts';
import { getContent } from '../replica/contents.ts';
import { isBlobKnown, noteBlob, noteUnsureBlob } from '../replica/own.ts';
import { blobsWithContent } from '../replica/thinning.ts';
import { isPollRecent } from './condemned.ts';
import type { Engine } from './engine.ts';
import { readArchives } from './history.ts';
import { readSource } from './source.ts';

/** Blobs on their way at the same time: bounds memory to about 100 MiB. */
const TRANSFERS = 4;

export type Blobs = NonNullable<Version['blobs']>;

interface Expected {
  readonly hash: string;
  readonly sizeBytes: number;
  /** The blobs that a version names for this content: what is put back gets their names. */
  readonly blobs?: Blobs;
}

/**
 * Uploads content as blobs, leaving out those that are in the bucket already: an upload that was
 * cut off goes on at the chunk where it stopped.
 * @returns the blobs, or undefined where the bytes are not the ones the hash names: the content
 *   changed since it was saved, and the change will be saved as well.
 */
export async function uploadContent(
  engine: Engine,
  pieces: AsyncIterable<Uint8Array>,
  expected: Expected,
  onBytes: (count: number) => void,
): Promise<Blobs | undefined> {
  if (expected.sizeBytes <= BLOB_MAX_BYTES) {
    return await uploadShort(engine, pieces, expected, onBytes);
  }
  const hasher = new ContentHasher();
  const blobs: Blobs = [];
  const counted = (async function* () {
    for await (const piece of pieces) {
      hasher.update(piece);
      yield piece;
    }
  })();
  let index = 0;
  const numbered = (async function* () {
    for await (const chunk of chunksOf(engine.key, counted)) {
      yield { chunk, index };
      index += 1;
    }
  })();
  await forEachConcurrently(numbered, TRANSFERS, async ({ chunk, index: place }) => {
    const former = expected.blobs?.[place]?.[0];
    blobs[place] = [await uploadBlob(engine, chunk, sha256(chunk), former), chunk.length];
    onBytes(chunk.length);
  });
  const size = blobs.reduce((sum, [, length]) => sum + length, 0);
  return size === expected.sizeBytes && hasher.digest() === expected.hash ? blobs : undefined;
}

/** One blob, whose hash is that of the content: it is taken once, and before anything is sent. */
async function uploadShort(
  engine: Engine,
  pieces: AsyncIterable<Uint8Array>,
  expected: Expected,
  onBytes: (count: number) => void,
): Promise<Blobs | undefined> {
  const chunk = await readShort(pieces, expected.sizeBytes);
  if (chunk === undefined) return undefined;
  const hash = sha256(chunk);
  if (toHex(hash) !== expected.hash) return undefined;
  if (chunk.length === 0) return [];
  const id = await uploadBlob(engine, chunk, hash, expected.blobs?.[0]?.[0]);
  onBytes(chunk.length);
  return [[id, chunk.length]];
}

/** Undefined where there is less, or more: reading stops early where it has grown since. */
async function readShort(
  pieces: AsyncIterable<Uint8Array>,
  sizeBytes: number,
): Promise<Uint8Array | undefined> {
  let whole: Uint8Array | undefined;
  let filled = 0;
  for await (const piece of pieces) {
    if (filled + piece.length > sizeBytes) return undefined;
    // Most often it comes in one piece, which need not be copied.
    if (filled === 0 && piece.length === sizeBytes) whole = piece;
    else {
      whole ??= uninitialized(sizeBytes);
      whole.set(piece, filled);
    }
    filled += piece.length;
  }
  return filled === sizeBytes ? (whole ?? new Uint8Array(0)) : undefined;
}

/** @param former what a version names this chunk by already; that name is kept if it is its own. */
async function uploadBlob(
  engine: Engine,
  chunk: Uint8Array,
  hash: Uint8Array,
  former: string | undefined,
): Promise<string> {
  const isKept = former !== undefined && !isCondemned(engine.db, former);
  const name = isKept ? blobNameOf(engine.key, former, hash) : undefined;
  const { by, generation } = name ?? freeName(engine, hash);
  const id = blobIdOf(engine.key, hash, generation, by);
  if (isPollRecent(engine) && isBlobKnown(engine.db, id)) return id;
  const key = blobKey(id);
  try {
    await engine.store.put(key, sealBlob(engine.key, key, chunk, by));
  } catch (error) {
    noteUnsureBlob(engine.db, id);
    throw error;
  }
  noteBlob(engine.db, id, engine.clock.now());
  return id;
}

/** S12: content that was condemned comes back under the next generation. */
function freeName(engine: Engine, chunkHash: Uint8Array): BlobName {
  const by = engine.key.newest;
  for (let generation = 0; generation < BLOB_GENERATIONS; generation += 1) {
    if (isCondemned(engine.db, blobIdOf(engine.key, chunkHash, generation, by))) continue;
    return { by, generation };
  }
  throw new SatchelError(
    'internal',
    `A content was condemned under all ${BLOB_GENERATIONS} names that it may have.`,
    { hint: 'It waits until a device that pruned takes one off its list: two weeks at most.' },
  );
}

/**
 * The content of a version, in pieces of at most 8 MiB.
 * @throws SatchelError `damaged` where it is missing or not what its hash says.
 */
export async function* readContent(
  engine: Engine,
  collection: string,
  version: Version,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { hash, blobs } = version;
  if (hash === undefined) return;
  const inline =
    getContent(engine.db, hash) ??
    (blobs === undefined ? await fromElsewhere(engine, collection, version, hash) : undefined);
  if (inline !== undefined) {
    yield inline;
    return;
  }
  if (blobs === undefined) throw missingContent(version, 'no segment or archive has it');
  const places = [...blobs.keys()];
  const load = (place: number) => downloadChunk(engine, hash, blobs, place);
  // The hash of an only chunk is that of the content; it was taken already to check the name.
  let onlyHash: Uint8Array | undefined;
  const hasher = new ContentHasher();
  for await (const chunk of prefetch(places, TRANSFERS, load)) {
    if (blobs.length === 1) onlyHash = chunk.hash;
    else hasher.update(chunk.bytes);
    yield chunk.bytes;
  }
  const found = onlyHash === undefined ? hasher.digest() : toHex(onlyHash);
  if (found !== hash) throw missingContent(version, 'its blobs hold something else');
}

/**
 * Content that a version took from another one whose author, not knowing of it, had moved that one
 * to an archive meanwhile; or that this device let go, not knowing of it (rule S12).
 */
async function fromElsewhere(
  engine: Engine,
  collection: string,
  { of }: Version,
  hash: string,
): Promise<Uint8Array | undefined> {
  await readArchives(engine, collection);
  const archived = getContent(engine.db, hash);
  if (archived !== undefined || of === undefined) return archived;
  await readSource(engine, collection, of);
  return getContent(engine.db, hash);
}

/**
 * One chunk, by the name that the version gives it. Where that one is gone, the same content may
 * have been uploaded again under another name since (rule S12).
 */
async function downloadChunk(
  engine: Engine,
  hash: string,
  blobs: Blobs,
  place: number,
): Promise<Chunk> {
  const named = blobs[place];
  if (named === undefined) throw new RangeError(`there is no blob ${place}`);
  try {
    return await downloadBlob(engine, named);
  } catch (error) {
    if (!isErrorKind(error, 'damaged')) throw error;
    for (const others of blobsWithContent(engine.db, hash)) {
      const other = others[place];
      if (other === undefined || other[0] === named[0] || other[1] !== named[1]) continue;
      const chunk = await downloadBlob(engine, other).catch(unlessDamaged);
      if (chunk !== undefined) return chunk;
    }
    throw error;
  }
}

function unlessDamaged(error: unknown): undefined {
  if (!isErrorKind(error, 'damaged')) throw error;
}

/** A chunk and its SHA-256. */
interface Chunk {
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
}

async function downloadBlob(engine: Engine, [id, sizeBytes]: Blobs[number]): Promise<Chunk> {
  const key = blobKey(id);
  const maxBytes = Math.min(sizeBytes, BLOB_MAX_BYTES);
  const result = await engine.store.get(key, { maxBytes: maxBytes + SEAL_OVERHEAD_BYTES });
  if (result.kind !== 'found') {
    throw new SatchelError('damaged', `The object ${key} is missing from the bucket.`, {
      hint: 'It may still be on its way. A device that has the file can put it back.',
    });
  }
  const bytes = openObject(engine.key, key, result.body, maxBytes);
  const hash = sha256(bytes);
  if (bytes.length !== sizeBytes || blobNameOf(engine.key, id, hash) === undefined) {
    throw new SatchelError('damaged', `The object ${key} holds other content than its name says.`, {
      hint: 'Run "satchel verify": a device that has the file can put it back.',
    });
  }
  noteBlob(engine.db, id, 0);
  return { bytes, hash };
}

/** Yields results in order while the next few are under way. */
async function* prefetch<T, R>(
  items: readonly T[],
  ahead: number,
  load: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const pending: Promise<R>[] = [];
  let next = 0;
  const fill = (): void => {
    while (pending.length < ahead && next < items.length) {
      const item = items[next];
      next += 1;
      if (item === undefined) continue;
      const promise = load(item);
      // A failure is thrown when its turn comes; until then it must not count as unhandled.
      promise.catch(() => undefined);
      pending.push(promise);
    }
  };
  fill();
  for (let promise = pending.shift(); promise !== undefined; promise = pending.shift()) {
    const result = await promise;
    fill();
    yield result;
  }
}

function missingContent(version: Version, reason: string): SatchelError {
  return new SatchelError(
    'damaged',
    `The content of version ${version.id} is not to be had: ${reason}.`,
    { hint: '"satchel verify" lists what is damaged; a device that has the file can put it back.' },
  );
}
