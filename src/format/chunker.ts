/**
 * Content-defined chunking (rule F4): a gear hash with normalised chunk sizes, after Xia et al.,
 * "FastCDC" (USENIX ATC 2016). An edit in a long file changes the chunks it touches and leaves
 * the others, so they are neither sent nor stored again. The gear table comes from the
 * repository's key: chunk sizes alone do not tell which known file someone keeps.
 */
import { hmac } from '../base/hash.ts';
import type { RepositoryKey } from './repository-key.ts';

/** Longer content is cut into chunks; no blob is longer than this. */
export const BLOB_MAX_BYTES = 8 * 1024 * 1024;

export interface ChunkSizes {
  readonly minBytes: number;
  readonly meanBytes: number;
  readonly maxBytes: number;
}

export const CHUNK_SIZES: ChunkSizes = {
  minBytes: 1024 * 1024,
  meanBytes: 4 * 1024 * 1024,
  maxBytes: BLOB_MAX_BYTES,
};

/**
 * Cuts a stream into chunks. The pieces may have any size; at most one chunk and one piece are
 * held in memory. The last chunk may be shorter than the minimum; empty content has no chunk.
 */
export async function* chunksOf(
  key: RepositoryKey,
  pieces: AsyncIterable<Uint8Array>,
  sizes: ChunkSizes = CHUNK_SIZES,
): AsyncGenerator<Uint8Array, void, undefined> {
  const gear = gearTable(key.chunking);
  const buffer = new Uint8Array(sizes.maxBytes);
  let filled = 0;
  let hash = 0;
  for await (const piece of pieces) {
    let offset = 0;
    while (offset < piece.length) {
      const taken = Math.min(piece.length - offset, sizes.maxBytes - filled);
      buffer.set(piece.subarray(offset, offset + taken), filled);
      const found = findCut(gear, buffer, filled, filled + taken, hash, sizes);
      hash = found.hash;
      offset += found.cut === undefined ? taken : found.cut - filled;
      filled = found.cut ?? filled + taken;
      if (found.cut !== undefined) {
        yield buffer.slice(0, filled);
        filled = 0;
        hash = 0;
      }
    }
  }
  if (filled > 0) yield buffer.slice(0, filled);
}

interface Found {
  readonly cut: number | undefined;
  readonly hash: number;
}

/** Each byte shifts the hash by one bit of its 32, so that no byte before the last 32 is left in it. */
const HASHED_BYTES = 32;

/** Looks for the end of the chunk in `buffer[from..to)`; the chunk begins at 0. */
function findCut(
  gear: Uint32Array,
  buffer: Uint8Array,
  from: number,
  to: number,
  startHash: number,
  sizes: ChunkSizes,
): Found {
  const meanBits = Math.round(Math.log2(sizes.meanBytes));
  const strictMask = topBits(meanBits + 1);
  const easyMask = topBits(meanBits - 1);
  let hash = startHash;
  // Before the minimum nothing is cut: only what is left in the hash by then has to be read.
  for (let index = Math.max(from, sizes.minBytes - HASHED_BYTES); index < to; index += 1) {
    hash = ((hash << 1) + (gear[buffer[index] ?? 0] ?? 0)) | 0;
    const size = index + 1;
    if (size < sizes.minBytes) continue;
    const mask = size < sizes.meanBytes ? strictMask : easyMask;
    if ((hash & mask) === 0 || size >= sizes.maxBytes) return { cut: size, hash: 0 };
  }
  return { cut: undefined, hash };
}

/** A mask of the `count` highest bits of 32: those that the most bytes have stirred. */
function topBits(count: number): number {
  return (0xffffffff << (32 - count)) | 0;
}

function gearTable(chunkingKey: Uint8Array): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    const mac = hmac(chunkingKey, Uint8Array.of(byte));
    return new DataView(mac.buffer, mac.byteOffset).getUint32(0);
  });
}
