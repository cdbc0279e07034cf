/** Content on its way: into blobs when it is published, out of them when it is shown (rule F4). */
import { forEachConcurrently } from '../base/concurrency.ts';
import { SatchelError } from '../base/errors.ts';
import { ContentHasher, sha256 } from '../base/hash.ts';
import { BLOB_MAX_BYTES, chunksOf } from '../format/chunker.ts';
import type { Version } from '../format/commit.ts';
import { blobKey } from '../format/object-keys.ts';
import { blobIdOf } from '../format/repository-key.ts';
import { openObject, SEAL_OVERHEAD_BYTES, sealBlob } from '../format/seal.ts';
import { getContent } from '../replica/contents.ts';
import { isBlobKnown, noteBlob } from '../replica/own.ts';
import type { Engine } from './engine.ts';
import { readArchives } from './history.ts';

/** Blobs on their way at the same time: bounds memory to about 100 MiB. */
const TRANSFERS = 4;

/** The generation of content never condemned (rule S12). */
const FIRST_GENERATION = 0;

export type Blobs = NonNullable<Version['blobs']>;

/**
 * Uploads content as blobs, leaving out those that are in the bucket already: an upload that was
 * cut off goes on at the chunk where it stopped.
 * @returns the blobs, or undefined where the bytes are not the ones the hash names: the content
 *   changed since it was saved, and the change will be saved as well.
 */
export async function uploadContent(
  engine: Engine,
  pieces: AsyncIterable<Uint8Array>,
  expected: { readonly hash: string; readonly sizeBytes: number },
  onBytes: (count: number) => void,
): Promise<Blobs | undefined> {
  const hasher = new ContentHasher();
  const blobs: Blobs = [];
  const counted = (async function* () {
    for await (const piece of pieces) {
      hasher.update(piece);
      yield piece;
    }
  })();
  const chunks =
    expected.sizeBytes <= BLOB_MAX_BYTES
      ? oneChunk(counted, expected.sizeBytes)
      : chunksOf(engine.key, counted);
  let index = 0;
  const numbered = (async function* () {
    for await (const chunk of chunks) {
      yield { chunk, index };
      index += 1;
    }
  })();
  await forEachConcurrently(numbered, TRANSFERS, async ({ chunk, index: place }) => {
    const id = await uploadBlob(engine, chunk);
    blobs[place] = [id, chunk.length];
    onBytes(chunk.length);
  });
  const size = blobs.reduce((sum, [, length]) => sum + length, 0);
  return size === expected.sizeBytes && hasher.digest() === expected.hash ? blobs : undefined;
}

/** Reads short content whole; stops early where it has grown since. */
async function* oneChunk(
  pieces: AsyncIterable<Uint8Array>,
  sizeBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const whole = new Uint8Array(sizeBytes);
  let filled = 0;
  for await (const piece of pieces) {
    if (filled + piece.length > sizeBytes) return;
    whole.set(piece, filled);
    filled += piece.length;
  }
  if (filled === sizeBytes && filled > 0) yield whole;
}

async function uploadBlob(engine: Engine, chunk: Uint8Array): Promise<string> {
  const id = blobIdOf(engine.key, sha256(chunk), FIRST_GENERATION);
  if (isBlobKnown(engine.db, id)) return id;
  const key = blobKey(id);
  await engine.store.put(key, sealBlob(engine.key, key, chunk));
  noteBlob(engine.db, id, engine.clock.now());
  return id;
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
    (blobs === undefined ? await fromArchives(engine, collection, hash) : undefined);
  if (inline !== undefined) {
    yield inline;
    return;
  }
  if (blobs === undefined) throw missingContent(version, 'no segment or archive has it');
  const hasher = new ContentHasher();
  for await (const chunk of prefetch(blobs, TRANSFERS, (entry) => downloadBlob(engine, entry))) {
    hasher.update(chunk);
    yield chunk;
  }
  if (hasher.digest() !== hash) throw missingContent(version, 'its blobs hold something else');
}

/**
 * Content that a version took from another one whose author, not knowing of it, had moved that
 * one to an archive meanwhile.
 */
async function fromArchives(
  engine: Engine,
  collection: string,
  hash: string,
): Promise<Uint8Array | undefined> {
  await readArchives(engine, collection);
  return getContent(engine.db, hash);
}

async function downloadBlob(engine: Engine, [id, sizeBytes]: Blobs[number]): Promise<Uint8Array> {
  const key = blobKey(id);
  const maxBytes = Math.min(sizeBytes, BLOB_MAX_BYTES);
  const result = await engine.store.get(key, { maxBytes: maxBytes + SEAL_OVERHEAD_BYTES });
  if (result.kind !== 'found') {
    throw new SatchelError('damaged', `The object ${key} is missing from the bucket.`, {
      hint: 'It may still be on its way. A device that has the file can put it back.',
    });
  }
  const chunk = openObject(engine.key, key, result.body, maxBytes);
  if (chunk.length !== sizeBytes || blobIdOf(engine.key, sha256(chunk), FIRST_GENERATION) !== id) {
    throw new SatchelError('damaged', `The object ${key} holds other content than its name says.`);
  }
  return chunk;
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
