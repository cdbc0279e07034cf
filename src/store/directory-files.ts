/** The file system steps of a directory store that have to be done just so. */
import { constants } from 'node:fs';
import { lstat, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../base/errors.ts';
import { notAFolder } from './directory-errors.ts';

/** What systems answer that cannot flush a folder; renames there are as durable as they get. */
const FOLDER_FLUSH_UNSUPPORTED = new Set(['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EBADF']);

/** The folders above a key, the topmost first: `a/b/c` gives `a`, `a/b`. */
export function parentsOf(key: string): string[] {
  const parents: string[] = [];
  for (let folder = dirname(key); folder !== '.'; folder = dirname(folder)) parents.unshift(folder);
  return parents;
}

/**
 * Makes one folder level where it is missing; the level above must be there. Throws `usage`
 * where something else, a link included, has the name.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    if (!(await lstat(path)).isDirectory()) throw notAFolder(path);
  }
}

/** Writes a new file and flushes it to the disk. */
export async function writeFlushed(path: string, body: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(body);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the names in a folder durable: POSIX promises that only after an fsync of the folder. */
export async function flushFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, constants.O_RDONLY);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!FOLDER_FLUSH_UNSUPPORTED.has(systemCode(error) ?? '')) throw error;
  }
}
