/**
 * The real disk. With `node-permissions.ts`, all of the kinds that touches `node:fs`.
 *
 * What asks for the state of a file, changes names, or reads or writes a short file is synchronous
 * on purpose: it seldom waits for the disk, and for many small files it is several times as fast.
 * What waits for the disk by its nature, a flush, is not.
 */
import {
  type BigIntStats,
  closeSync,
  close as closeWithCallback,
  constants,
  type Dirent,
  fstatSync,
  fsync,
  linkSync,
  lstatSync,
  lutimesSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  watch,
  writeSync,
  write as writeWithCallback,
} from 'node:fs';
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readlink,
  rmdir,
  symlink,
  unlink,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { promisify } from 'node:util';
import { uninitialized } from '../../base/bytes.ts';
import { systemCode } from '../../base/errors.ts';
import type { Disk, DiskEntry, DiskStat, Flush } from './disk.ts';
import { keepPermissions, makePrivate, withExecutable } from './node-permissions.ts';

const close = promisify(closeWithCallback);
const flushFile = promisify(fsync);
const write = promisify(writeWithCallback);

const PIECE_BYTES = 1024 * 1024;
/** How many entries of one folder are looked at before others get their turn. */
const ENTRIES_PER_TURN = 2_000;
/** Up to this size a file is read and written at once. */
const SHORT_BYTES = 64 * 1024;
/** After so many reads of short files others get their turn; a write is followed by a flush. */
const SHORT_READS_PER_TURN = 64;
const IS_WINDOWS = process.platform === 'win32';
/** POSIX leaves it open what a second name for a symlink is; Linux alone gives it to the link. */
const LINKS_THROUGH_SYMLINKS = process.platform !== 'linux';

/**
 * `O_NOFOLLOW` refuses a symlink that took a file's place since it was listed, `O_NONBLOCK` keeps
 * a named pipe that did so from blocking for ever. Windows knows neither.
 */
const READ_FLAGS =
  constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (IS_WINDOWS ? 0 : constants.O_NONBLOCK);

/** What systems answer that cannot flush a folder; names there are as durable as they get. */
const FLUSH_UNSUPPORTED = new Set(['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EBADF', 'EACCES']);

/** What systems answer where nothing has the name. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR']);

export function nodeDisk(): Disk {
  return {
    list,
    stat,
    readFile: createReader(),
    readPieces,
    writeNew,
    makeFolder,
    makePrivate,
    rename: renameTo,
    replace,
    link: linkTo,
    readLink,
    makeLink,
    flushFolder,
    remove,
    removeFolder: rmdir,
    setMtime,
    setExecutable,
    watchFolder,
    hasWindowsNames: IS_WINDOWS,
    watchesRecursively: process.platform === 'darwin' || IS_WINDOWS,
  };
}

async function list(folder: string): Promise<readonly DiskEntry[]> {
  const dirents = await readdir(folder, { withFileTypes: true });
  const entries: DiskEntry[] = [];
  for (const [index, dirent] of dirents.entries()) {
    if (index % ENTRIES_PER_TURN === ENTRIES_PER_TURN - 1) await yieldToOthers();
    const stats = lstatSync(join(folder, dirent.name), { bigint: true, throwIfNoEntry: false });
    if (stats !== undefined) entries.push({ name: dirent.name, ...statOf(stats) });
    else if (dirent.name.includes('\uFFFD')) entries.push(unspeakable(dirent));
  }
  return entries;
}

/**
 * An entry whose name is not valid UTF-8: decoding replaced what is wrong, so the name we have is
 * not the name on the disk. It is told rather than left out, as nothing may be skipped in silence.
 */
function unspeakable(dirent: Dirent): DiskEntry {
  const { name } = dirent;
  return { name, kind: 'other', sizeBytes: 0, mtimeNs: 0n, inode: 0n, isExecutable: false };
}

async function stat(path: string): Promise<DiskStat | undefined> {
  return statNow(path);
}

function statNow(path: string): DiskStat | undefined {
  try {
    const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? undefined : statOf(stats);
  } catch (error) {
    if (ABSENT.has(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}

function statOf(stats: BigIntStats): DiskStat {
  return {
    kind: kindOf(stats),
    sizeBytes: Number(stats.size),
    mtimeNs: stats.mtimeNs,
    inode: stats.ino,
    isExecutable: !IS_WINDOWS && !stats.isSymbolicLink() && (stats.mode & 0o100n) !== 0n,
  };
}

function kindOf(stats: BigIntStats): DiskStat['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}

/** Reads whole files, and lets others have their turn between many short ones. */
function createReader(): Disk['readFile'] {
  let readsInTurn = 0;
  return async (path) => {
    readsInTurn = (readsInTurn + 1) % SHORT_READS_PER_TURN;
    if (readsInTurn === 0) await yieldToOthers();
    return readShort(path) ?? (await readLong(path));
  };
}

/** Undefined for a file that is not short: nothing of it was read. */
function readShort(path: string): Uint8Array | undefined {
  refuseSymlinkOnWindows(path);
  const fd = openSync(path, READ_FLAGS);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw notRegular(path);
    if (stats.size > SHORT_BYTES) return undefined;
    const whole = new Uint8Array(stats.size);
    let filled = 0;
    while (filled < whole.length) {
      const bytesRead = readSync(fd, whole, filled, whole.length - filled, null);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return whole.subarray(0, filled);
  } finally {
    closeSync(fd);
  }
}

async function readLong(path: string): Promise<Uint8Array> {
  const file = await openRegular(path);
  try {
    // Not `file.readFile`, which asks for the state and for the end of the file once more.
    const whole = uninitialized(fstatSync(file.fd).size);
    let filled = 0;
    while (filled < whole.length) {
      const { bytesRead } = await file.read(whole, filled, whole.length - filled, null);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return whole.subarray(0, filled);
  } finally {
    await file.close();
  }
}

async function* readPieces(path: string, into?: Uint8Array): AsyncGenerator<Uint8Array> {
  const file = await openRegular(path);
  try {
    for (;;) {
      const buffer = into?.subarray(0, PIECE_BYTES) ?? uninitialized(PIECE_BYTES);
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Opens a file for reading; fails with ELOOP on a symlink and EINVAL on anything else. */
async function openRegular(path: string): Promise<FileHandle> {
  refuseSymlinkOnWindows(path);
  const file = await open(path, READ_FLAGS);
  try {
    if (!fstatSync(file.fd).isFile()) throw notRegular(path);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function refuseSymlinkOnWindows(path: string): void {
  if (IS_WINDOWS && lstatSync(path).isSymbolicLink()) {
    throw systemError('ELOOP', `${path} is a symbolic link`);
  }
}

function notRegular(path: string): Error {
  return systemError('EINVAL', `${path} is not a regular file`);
}

function systemError(code: string, message: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}

async function writeNew(path: string, pieces: AsyncIterable<Uint8Array>): Promise<number> {
  const fd = openSync(path, 'wx');
  let isOpen = true;
  try {
    const sizeBytes = await writeAll(fd, pieces);
    await flushFile(fd);
    isOpen = false;
    closeSync(fd);
    return sizeBytes;
  } catch (error) {
    // The first failure is the one to tell. Each step here may fail for the same reason.
    if (isOpen) await close(fd).catch(() => {});
    await unlink(path).catch(() => {});
    throw error;
  }
}

async function writeAll(fd: number, pieces: AsyncIterable<Uint8Array>): Promise<number> {
  let sizeBytes = 0;
  for await (const piece of pieces) {
    let written = 0;
    while (written < piece.length) {
      const rest = piece.length - written;
      written +=
        rest <= SHORT_BYTES
          ? writeSync(fd, piece, written)
          : (await write(fd, piece, written, rest)).bytesWritten;
    }
    sizeBytes += piece.length;
  }
  return sizeBytes;
}

async function makeFolder(path: string): Promise<void> {
  const topmostMade = await mkdir(path, { recursive: true });
  if (topmostMade === undefined) return;
  for (let made = path; made.length >= topmostMade.length; made = dirname(made)) {
    await flushFolder(dirname(made));
  }
}

/**
 * The folder is flushed because the note of what was placed must never outlive the file: after a
 * power cut, a file that is noted but missing would be taken for one the person deleted.
 */
async function renameTo(from: string, to: string, flush: Flush = 'now'): Promise<void> {
  renameSync(from, to);
  if (flush === 'now') await flushFolder(dirname(to));
}

/** What another program moves there between the two calls is replaced unseen: no more time passes. */
async function replace(
  from: string,
  to: string,
  isExpected: (there: DiskStat | undefined) => boolean,
  flush: Flush = 'now',
): Promise<boolean> {
  if (!isExpected(statNow(to))) return false;
  keepPermissions(from, to);
  renameSync(from, to);
  if (flush === 'now') await flushFolder(dirname(to));
  return true;
}

async function linkTo(from: string, to: string, flush: Flush = 'now'): Promise<void> {
  if (LINKS_THROUGH_SYMLINKS && lstatSync(from).isSymbolicLink()) {
    throw systemError('ENOTSUP', `${from} is a symbolic link`);
  }
  linkSync(from, to);
  if (flush === 'now') await flushFolder(dirname(to));
}

async function readLink(path: string): Promise<string> {
  const target = await readlink(path);
  return IS_WINDOWS ? target.replaceAll('\\', '/') : target;
}

async function makeLink(target: string, path: string): Promise<void> {
  // Windows wants to know whether it leads to a file or a folder, and asks for a privilege.
  if (IS_WINDOWS) throw systemError('EPERM', 'symbolic links are not made on Windows');
  await symlink(target, path);
}

/** Taking away one of several names is quick; giving back what a long file took up is not. */
async function remove(path: string): Promise<void> {
  const { nlink, size } = lstatSync(path);
  if (nlink > 1 || size <= SHORT_BYTES) unlinkSync(path);
  else await unlink(path);
}

/** Makes the names in a folder durable: POSIX promises that only after an fsync of the folder. */
async function flushFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, constants.O_RDONLY);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!FLUSH_UNSUPPORTED.has(systemCode(error) ?? '')) throw error;
  }
}

async function setMtime(path: string, mtimeMs: number): Promise<void> {
  // Seconds travel as a binary fraction, which may come out a hair below the millisecond meant and
  // then read back as the one before. Half a microsecond more keeps it on the right side.
  const seconds = (mtimeMs + 0.0005) / 1000;
  lutimesSync(path, seconds, seconds);
}

/** Gives the right to execute to whoever may read, or takes it from everyone. */
async function setExecutable(
  path: string,
  isExecutable: boolean,
  flush: Flush = 'now',
): Promise<void> {
  if (IS_WINDOWS) return;
  const file = await openRegular(path);
  try {
    const mode = fstatSync(file.fd).mode & 0o7777;
    const wanted = withExecutable(mode, isExecutable);
    if (wanted !== mode) await file.chmod(wanted);
    if (flush === 'now') await file.sync();
  } finally {
    await file.close();
  }
}

function watchFolder(
  folder: string,
  onChange: (name: string | undefined) => void,
  signal: AbortSignal,
): void {
  if (signal.aborted) return;
  const recursive = process.platform === 'darwin' || IS_WINDOWS;
  const watcher = watch(folder, { recursive }, (_event, name) => onChange(name ?? undefined));
  // A watch ends with an error when its folder goes; that too is a change to look at.
  watcher.on('error', () => {
    watcher.close();
    onChange(undefined);
  });
  signal.addEventListener('abort', () => watcher.close(), { once: true });
}
