/**
 * The disk as the file kinds use it. `node-disk.ts` is the real one; a simulation brings its own.
 * Paths are absolute, with the platform's separators. Errors are Node's system errors.
 */

export type EntryKind = 'file' | 'folder' | 'symlink' | 'other';

export interface DiskStat {
  readonly kind: EntryKind;
  readonly sizeBytes: number;
  /** Nanoseconds since the Unix epoch. */
  readonly mtimeNs: bigint;
  readonly inode: bigint;
  /** The owner may execute it. Always false for links, and on Windows. */
  readonly isExecutable: boolean;
}

export interface DiskEntry extends DiskStat {
  readonly name: string;
}

/**
 * When a new name becomes durable: before the call resolves, or when the caller flushes its folder
 * with `flushFolder`, which has to be before anything relies on the name.
 */
export type Flush = 'now' | 'later';

export interface Disk {
  /** Every entry of a folder with its own state; symlinks are not followed. */
  list(folder: string): Promise<readonly DiskEntry[]>;
  /** The state of a path, symlinks not followed; undefined where nothing is there. */
  stat(path: string): Promise<DiskStat | undefined>;
  /** A whole file. Never follows a symlink. */
  readFile(path: string): Promise<Uint8Array>;
  /**
   * A file in pieces of at most 1 MiB. Never follows a symlink.
   * @param into where the pieces are to lie, each until the next one is asked for. Without it each
   *   piece has memory of its own.
   */
  readPieces(path: string, into?: Uint8Array): AsyncIterable<Uint8Array>;
  /**
   * Writes a new file, made durable before it resolves. Fails with EEXIST where one is.
   * @returns the bytes written.
   */
  writeNew(path: string, pieces: AsyncIterable<Uint8Array>): Promise<number>;
  /** Creates the folder and those above it. */
  makeFolder(path: string): Promise<void>;
  /** Closes a folder to all but its owner, as far as the disk knows owners and this is theirs. */
  makePrivate(folder: string): Promise<void>;
  /** Moves within one file system, replacing a file at the target. Durable `now` by default. */
  rename(from: string, to: string, flush?: Flush): Promise<void>;
  /**
   * Does so if what is at the target is as expected, with nothing between the look and the move but
   * what the system itself lets in: no file system does both in one. Whoever could read or write the
   * file at the target can do so afterwards, and nobody else.
   * @returns false where it is not, and nothing was done.
   */
  replace(
    from: string,
    to: string,
    isExpected: (there: DiskStat | undefined) => boolean,
    flush?: Flush,
  ): Promise<boolean>;
  /**
   * A second name for a file, durable `now` by default. Fails with EEXIST where something is; may
   * be unsupported (EPERM), for symbolic links at least (ENOTSUP).
   */
  link(from: string, to: string, flush?: Flush): Promise<void>;
  /** What a symbolic link says, with `/`; EINVAL where something else is. */
  readLink(path: string): Promise<string>;
  /**
   * Makes a symbolic link, not durable before its folder is flushed. Fails with EEXIST where
   * something is; may be unsupported or not permitted (EPERM).
   */
  makeLink(target: string, path: string): Promise<void>;
  /** Makes the names in a folder durable. */
  flushFolder(folder: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Removes a folder if it is empty; ENOTEMPTY otherwise. */
  removeFolder(path: string): Promise<void>;
  /** Sets the modification time, milliseconds since the Unix epoch. */
  setMtime(path: string, mtimeMs: number): Promise<void>;
  /** Durable `now` by default, with the content. */
  setExecutable(path: string, isExecutable: boolean, flush?: Flush): Promise<void>;
  /** Calls back on changes in one folder (not below), until the signal aborts. */
  watchFolder(
    folder: string,
    onChange: (name: string | undefined) => void,
    signal: AbortSignal,
  ): void;
  /** True where names follow the rules of Windows (`notOnWindowsReason`). */
  readonly hasWindowsNames: boolean;
  /** True where one watch sees everything below a folder (macOS, Windows). */
  readonly watchesRecursively: boolean;
}
