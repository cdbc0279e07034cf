/** Reading a file that a person may be writing to at the same time. */
import { ContentHasher, contentHash } from '../../base/hash.ts';
import { INLINE_MAX_BYTES } from '../../sync/kind.ts';
import type { Disk, DiskStat } from './disk.ts';
import { diskErrorWords } from './disk-errors.ts';
import { markOf, type WalkedFile, walkedFile } from './walk.ts';

/** Pauses before each further attempt: longer each time, as a save takes as long as it takes. */
const RETRY_DELAYS_MS: readonly number[] = [100, 300, 900];
/** Up to this size a file is read in one go; beyond it in pieces, so that memory stays flat. */
const WHOLE_MAX_BYTES = 1024 * 1024;
const PIECE_BYTES = 256 * 1024;

/** What is only hashed passes through one buffer, which is short enough to stay in the cache. */
export function hashingBuffer(): Uint8Array {
  return new Uint8Array(PIECE_BYTES);
}

/** `CollectionPort` fits. */
export interface ReadOptions {
  /** Wall-clock time, milliseconds since the Unix epoch. */
  now(): number;
  sleep(delayMs: number): Promise<void>;
  /** Told the count of the bytes read since the last call, those of a repeated reading too. */
  onBytes?(count: number): void;
}

export type ReadOutcome =
  | {
      /** The content hash of the file as a whole, as it was at one moment. */
      readonly hash: string;
      /** The content itself, where it is at most INLINE_MAX_BYTES. */
      readonly bytes?: Uint8Array;
      /** The state that goes with the content, which may be newer than the one passed in. */
      readonly file: WalkedFile;
    }
  /** It changed during every attempt: a later scan will find it at rest. */
  | { readonly changing: true }
  /** No file is there any more. */
  | { readonly gone: true }
  /** It is there and cannot be read; why, in words. */
  | { readonly unreadable: string };

/**
 * Reads the file at `path`, absolute, whose state was found to be `file`. The state is taken
 * before and after; only where both are equal do hash and state belong together.
 */
export async function readStable(
  disk: Disk,
  path: string,
  file: WalkedFile,
  options: ReadOptions,
): Promise<ReadOutcome> {
  for (const pauseMs of [0, ...RETRY_DELAYS_MS]) {
    if (pauseMs > 0) await options.sleep(pauseMs);
    const outcome = await readOnce(disk, path, file.path, options);
    if (!('changing' in outcome)) return outcome;
  }
  return { changing: true };
}

async function readOnce(
  disk: Disk,
  path: string,
  relativePath: string,
  options: ReadOptions,
): Promise<ReadOutcome> {
  try {
    const startMs = options.now();
    const before = await disk.stat(path);
    if (before?.kind !== 'file') return { gone: true };
    const content = await readContent(disk, path, before, options);
    const after = content === undefined ? undefined : await disk.stat(path);
    if (content === undefined || after === undefined || markOf(after) !== markOf(before)) {
      return { changing: true };
    }
    return { ...content, file: walkedFile(relativePath, before, startMs) };
  } catch (error) {
    return (await isFile(disk, path)) ? { unreadable: diskErrorWords(error) } : { gone: true };
  }
}

/** Undefined where there is more or less than the state says. */
async function readContent(
  disk: Disk,
  path: string,
  { sizeBytes }: DiskStat,
  options: ReadOptions,
): Promise<{ readonly hash: string; readonly bytes?: Uint8Array } | undefined> {
  if (sizeBytes <= WHOLE_MAX_BYTES) {
    const bytes = await disk.readFile(path);
    options.onBytes?.(bytes.length);
    if (bytes.length !== sizeBytes) return undefined;
    const hash = contentHash(bytes);
    return sizeBytes <= INLINE_MAX_BYTES ? { hash, bytes } : { hash };
  }
  const hasher = new ContentHasher();
  let readBytes = 0;
  for await (const piece of disk.readPieces(path, hashingBuffer())) {
    hasher.update(piece);
    readBytes += piece.length;
    options.onBytes?.(piece.length);
    // A file that someone keeps appending to might have no end.
    if (readBytes > sizeBytes) return undefined;
  }
  return readBytes === sizeBytes ? { hash: hasher.digest() } : undefined;
}

/** False only where it is certain that no file is there. */
async function isFile(disk: Disk, path: string): Promise<boolean> {
  try {
    return (await disk.stat(path))?.kind === 'file';
  } catch {
    return true;
  }
}
