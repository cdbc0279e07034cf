/**
 * Files that were moved, told by their marks: a mark holds the inode, so equal marks at two places
 * are one file. Disks without inodes give 0, which proves nothing. Pure.
 */
import type { Shown } from '../../sync/kind.ts';
import { isRacyMark, type WalkedFile } from './walk.ts';

export interface FoundAt {
  readonly file: WalkedFile;
  readonly shown: Shown;
}

/** Pairs what is absent with new files of the same mark. */
export function matchMoves(
  absent: readonly Shown[],
  created: readonly WalkedFile[],
): {
  readonly moved: readonly FoundAt[];
  readonly missing: readonly Shown[];
  readonly rest: readonly WalkedFile[];
} {
  const rowsByMark = Map.groupBy(absent.filter(isTelling), ({ mark }) => mark);
  const moved: FoundAt[] = [];
  const rest: WalkedFile[] = [];
  const missing = new Set(absent);
  for (const file of created) {
    const shown = file.inode === 0n ? undefined : rowsByMark.get(file.mark)?.shift();
    if (shown === undefined) {
      rest.push(file);
    } else {
      moved.push({ file, shown });
      missing.delete(shown);
    }
  }
  return { moved, missing: [...missing], rest };
}

/**
 * Finds swaps, circles and chains among files whose places others have taken: `b` became `c` and
 * `a` became `b`. A move counts only where its old place was taken by a move and the file that was
 * at its new place was moved on: an editor that saves by renaming takes a name over, and moves
 * nobody.
 * @param touched files whose marks differ from what is noted at their places.
 * @param absent and `created`: what `matchMoves` left over.
 */
export function matchShifts(
  touched: readonly FoundAt[],
  absent: readonly Shown[],
  created: readonly WalkedFile[],
): readonly FoundAt[] {
  const files = [...created, ...touched.map(({ file }) => file)].filter(
    ({ inode }) => inode !== 0n,
  );
  const filesByMark = Map.groupBy(files, ({ mark }) => mark);
  const rows = [...touched.map(({ shown }) => shown), ...absent].filter(isTelling);
  const shifts = new Map<string, FoundAt>();
  for (const shown of rows) {
    const file = filesByMark.get(shown.mark)?.shift();
    if (file !== undefined) shifts.set(shown.place, { file, shown });
  }
  const taken = new Set(touched.map(({ shown }) => shown.place));
  for (;;) {
    const arrivals = new Set([...shifts.values()].map(({ file }) => file.path));
    const wrong = [...shifts].filter(
      ([place, { file }]) =>
        (taken.has(place) && !arrivals.has(place)) ||
        (taken.has(file.path) && !shifts.has(file.path)),
    );
    if (wrong.length === 0) return [...shifts.values()];
    for (const [place] of wrong) shifts.delete(place);
  }
}

/** Folders have no mark of their own, and a racy one proves nothing. */
function isTelling({ mark }: Shown): boolean {
  return mark.includes('-') && !isRacyMark(mark);
}
