/** Whether a file is still as it was noted: asked right before, and right after, it is moved. */
import { ContentHasher } from '../../base/hash.ts';
import type { Disk, DiskStat } from './disk.ts';
import { isRacyMark, isRecent, markOf } from './walk.ts';

/** True if the file at this path, wherever it was moved, is the one noted and was not written to. */
export type IsNoted = (path: string) => Promise<boolean>;

/**
 * A racy mark proves nothing (see `markOf`), so the content is then read as well.
 * @param noted the mark and content hash as last noted.
 */
export function notedCheck(
  disk: Disk,
  noted: { readonly mark: string; readonly hash: string },
): IsNoted {
  return async (path) => {
    const stat = await disk.stat(path);
    if (stat?.kind !== 'file') return false;
    if (!isRacyMark(noted.mark)) return markOf(stat) === noted.mark;
    if (markOf(stat, { isRacy: true }) !== noted.mark) return false;
    return (await hashOf(disk, path)) === noted.hash;
  };
}

/** The content hash of a file as it is now, read piece by piece. */
export async function hashOf(disk: Disk, path: string): Promise<string> {
  const hasher = new ContentHasher();
  for await (const piece of disk.readPieces(path)) hasher.update(piece);
  return hasher.digest();
}

/** The mark to note for a file that was just placed. `nowMs` is wall-clock time. */
export function placedMark(stat: DiskStat, nowMs: number): string {
  return markOf(stat, { isRacy: isRecent(stat, nowMs) });
}

/** The executable bit as it was when the mark was made. */
export function wasExecutable(mark: string): boolean {
  return /-x\??$/.test(mark);
}
