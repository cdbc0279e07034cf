/** What a system error means to a person whose file it was. */
import { messageOf, systemCode } from '../../base/errors.ts';

const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; make room, then sync again',
  EDQUOT: 'the disk quota is used up; make room, then sync again',
  EROFS: 'the disk is read-only',
  EACCES: 'permission denied; check who may read and write here',
  EPERM: 'the system does not permit this; check who may read and write here',
  ENAMETOOLONG: 'the name is too long for this disk; a shorter one will arrive here',
  EINVAL: 'this disk does not take the name; a simpler one will arrive here',
  EILSEQ: 'this disk does not take the name; a simpler one will arrive here',
  EBUSY: 'another program holds the file; close it, then sync again',
  ETXTBSY: 'the program in this file is running; it is replaced after it ends',
  EMFILE: 'too many files are open; close some programs, then sync again',
  EIO: 'the disk reports an error; check the disk',
};

/** In words where we have them, else what the system says. Fits behind "path: ". */
export function diskErrorWords(error: unknown): string {
  const words = WORDS[systemCode(error) ?? ''];
  return words ?? messageOf(error);
}

const STOPPERS: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO']);

/** True where the next file would fail for the same reason: better to stop and say so once. */
export function stopsAllWrites(error: unknown): boolean {
  return STOPPERS.has(systemCode(error) ?? '');
}

/** True where there is no room left for what was to be written. */
export function isFullDisk(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOSPC' || code === 'EDQUOT';
}

const NO_LINKS: ReadonlySet<string> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
  'EXDEV',
]);

/** True where the file system knows no second names for a file (exFAT, some network disks). */
export function meansNoLinks(error: unknown): boolean {
  return NO_LINKS.has(systemCode(error) ?? '');
}
