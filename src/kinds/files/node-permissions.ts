/** Who may read and write a file, on the real disk. Windows has no such permissions. */
import { chmodSync, lstatSync } from 'node:fs';
import { systemCode } from '../../base/errors.ts';

const IS_WINDOWS = process.platform === 'win32';

/** What systems answer where permissions are not kept, or not ours to change. */
const UNSUPPORTED = new Set(['EPERM', 'EROFS', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** See `Disk.makePrivate`. */
export async function makePrivate(folder: string): Promise<void> {
  if (!IS_WINDOWS && (lstatSync(folder).mode & 0o077) !== 0) changeMode(folder, 0o700);
}

/**
 * Lets those read and write a file who can do so with the one that it is to replace. Its executable
 * bit is its own: that comes with the content.
 */
export function keepPermissions(from: string, to: string): void {
  if (IS_WINDOWS) return;
  const [ours, former] = [from, to].map((path) => lstatSync(path, { throwIfNoEntry: false }));
  if (ours?.isFile() !== true || former?.isFile() !== true) return;
  const mode = withExecutable(former.mode & 0o666, (ours.mode & 0o100) !== 0);
  if (mode !== (ours.mode & 0o777)) changeMode(from, mode);
}

/** A mode that lets whoever may read execute, or nobody. Pure. */
export function withExecutable(mode: number, isExecutable: boolean): number {
  return isExecutable ? mode | 0o100 | ((mode & 0o444) >> 2) : mode & ~0o111;
}

/** A disk without permissions, or a file of somebody else's, stays as it is. */
function changeMode(path: string, mode: number): void {
  try {
    chmodSync(path, mode);
  } catch (error) {
    if (!UNSUPPORTED.has(systemCode(error) ?? '')) throw error;
  }
}
