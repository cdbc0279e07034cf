/** Whether a file is still as it was noted: asked right before, and right after, it is moved. */
import { utf8 } from '../../base/bytes.ts';
import { ContentHasher, contentHash } from '../../base/hash.ts';
import type { Shown } from '../../sync/kind.ts';
import type { Disk, DiskStat } from './disk.ts';
import { hashingBuffer } from './hash-file.ts';
import { readTarget } from './links.ts';
import { isRacyMark, isRecent, markOf } from './walk.ts';

/** True if the file at this path, wherever it was moved, is the one noted and was not written to. */
export type IsNoted = (path: string) => Promise<boolean>;

/**
 * A racy mark proves nothing (see `markOf`), so the content is then read as well.
 * @param noted as last noted.
 */
export function notedCheck(
  disk: Disk,
  root: string,
  noted: Pick<Shown, 'place' | 'mark' | 'hash'>,
): IsNoted {
  return async (path) => {
    const stat = await disk.stat(path);
    if (stat?.kind !== 'file' && stat?.kind !== 'symlink') return false;
    if (!isRacyMark(noted.mark)) return markOf(stat) === noted.mark;
    if (markOf(stat, { isRacy: true }) !== noted.mark) return false;
    return (await hashOf(disk, root, noted.place, path)) === noted.hash;
  };
}

/**
 * The content hash of the file or link at `path`, as it is now, which belongs at `place`; undefined
 * for a link that is not carried, and where neither is there by the time it is read. A file is read
 * piece by piece.
 */
export async function hashOf(
  disk: Disk,
  root: string,
  place: string,
  path: string,
): Promise<string | undefined> {
  const kind = (await disk.stat(path))?.kind;
  try {
    if (kind === 'symlink') {
      const target = await readTarget(disk, root, place, path);
      return target.kind === 'inside' ? hashOfTarget(target.text) : undefined;
    }
    const hasher = new ContentHasher();
    for await (const piece of disk.readPieces(path, hashingBuffer())) hasher.update(piece);
    return hasher.digest();
  } catch (error) {
    // A person may have moved it away, or put something else there.
    const isThere = kind !== undefined && (await disk.stat(path))?.kind === kind;
    if (isThere) throw error;
    return undefined;
  }
}

/** The content hash of a link: that of its target's text. */
export function hashOfTarget(target: string): string {
  return contentHash(utf8(target));
}

/** The mark to note for a file that was just placed. `nowMs` is wall-clock time. */
export function placedMark(stat: DiskStat, nowMs: number): string {
  return markOf(stat, { isRacy: isRecent(stat, nowMs) });
}

/** Whether it was a symbolic link when the mark was made. */
export function wasLink(mark: string): boolean {
  return /-l\??$/.test(mark);
}

/** The executable bit as it was when the mark was made. */
export function wasExecutable(mark: string): boolean {
  return /-x\??$/.test(mark);
}

/** How long the content was when the mark was made: its bytes, in decimal. */
export function sizeInMark(mark: string): string {
  return mark.slice(0, mark.indexOf('-'));
}
