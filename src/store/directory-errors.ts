/** What the errors of a file system mean to a person. Pure. */
import { messageOf, systemCode } from '../base/errors.ts';
import { EndlessListing } from './listing.ts';
import { StoreError } from './store.ts';

export type DirectoryOperation = 'read' | 'write' | 'list' | 'delete';

const REFUSED = new Set(['EACCES', 'EPERM']);
const FULL = new Set(['ENOSPC', 'EDQUOT']);
/** Passing trouble of this machine: too many open files, a file held by a virus scanner. */
const PASSING = new Set(['EMFILE', 'ENFILE', 'EBUSY', 'EAGAIN', 'EINTR']);
/** A disk, share or mount in trouble; ENOENT is a folder that was removed under a write. */
const TROUBLED = new Set([
  'EIO',
  'ENOENT',
  'ESTALE',
  'ENODEV',
  'ENXIO',
  'ETIMEDOUT',
  'ENOTCONN',
  'ECONNABORTED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'EREMOTEIO',
]);

/** True where an error says that nothing lies at a path. */
export function isAbsent(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** The error for a bucket folder that is not there: unplugged, not mounted, moved. */
export function rootMissing(root: string, cause?: unknown): StoreError {
  return new StoreError('unreachable', `the bucket folder ${root} is not there`, 'never', {
    hint: 'Plug in or mount the drive that holds it, or correct the path of the bucket.',
    cause,
  });
}

/** The error for a path on which something other than a plain folder lies. */
export function notAFolder(path: string): StoreError {
  return new StoreError('usage', `${path} is not a plain folder`, 'never', {
    hint: 'Move away what lies there, or choose another folder for the bucket.',
  });
}

/** Turns whatever the file system threw into the store's one error class. */
export function directoryError(
  error: unknown,
  operation: DirectoryOperation,
  path: string,
  platform: NodeJS.Platform = process.platform,
): StoreError {
  if (error instanceof StoreError) return error;
  if (error instanceof EndlessListing) {
    return new StoreError(
      'unreachable',
      `${path} holds more names than any repository has: ${error.message}`,
      'never',
      { hint: 'Another program may fill the folder. Take away what Satchel did not write.' },
    );
  }
  const code = systemCode(error) ?? '';
  const what = `cannot ${operation} ${path}`;
  if (code === 'EROFS') {
    return new StoreError('refused', `${what}: the file system is read-only`, 'never', {
      hint: 'Mount it for writing, or choose another folder for the bucket.',
      cause: error,
    });
  }
  if (REFUSED.has(code)) {
    const mayPass = platform === 'win32' && isRename(error);
    return new StoreError('refused', `${what}: permission denied`, mayPass ? 'soon' : 'never', {
      hint: mayPass
        ? 'Close another program that holds the file, or give your user the right to write this folder.'
        : 'Give your user the right to read and write this folder.',
      cause: error,
    });
  }
  if (FULL.has(code)) {
    const quota = code === 'EDQUOT';
    return new StoreError(
      'internal',
      `${what}: ${quota ? 'your disk quota is used up' : 'the disk is full'}`,
      'never',
      { hint: 'Make space there; what is not yet published stays on this device.', cause: error },
    );
  }
  if (TROUBLED.has(code)) {
    return new StoreError('unreachable', `${what}: ${messageOf(error)}`, 'soon', {
      hint: 'Check the drive or network share that holds the bucket folder.',
      cause: error,
    });
  }
  const retry = PASSING.has(code) ? 'soon' : 'never';
  return new StoreError('internal', `${what}: ${messageOf(error)}`, retry, { cause: error });
}

/**
 * Windows does not replace a file that another program has open, as a virus scanner does for an
 * instant, and answers as if a right were missing. One that is missing mostly stops the temporary
 * file already.
 */
function isRename(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'rename';
}
