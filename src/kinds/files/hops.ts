/**
 * Moves. A file that moves hops: it is lifted into `.satchel/tmp`, and lowered to its new place by
 * an act that cannot overwrite. So files can swap places and go round in circles, and a file that
 * waits there bears its record's name: whatever stops the move, it is found again.
 */
import { join } from 'node:path';
import { systemCode } from '../../base/errors.ts';
import type { Disk, DiskEntry } from './disk.ts';
import { pathOf, tmpFolder } from './layout.ts';
import type { IsNoted } from './noted.ts';
import { makeFoldersAbove, moveToFree, removeIfThere } from './place.ts';

/** What a file in the temporary folder is there for. */
export type TmpUse =
  /** New content on its way to its place. */
  | 'new'
  /** The former content, until its replacement is certain. */
  | 'aside'
  /** On the hop from one place to another. */
  | 'move';

/** The temporary file of a record. Its name tells the record, whatever stands in the record's id. */
export function tmpPath(root: string, record: string, use: TmpUse): string {
  return join(tmpFolder(root), `${encodeURIComponent(record)}.${use}`);
}

/** Takes a file off its place if it is as noted; else it stays, or is put back. */
export async function lift(
  disk: Disk,
  root: string,
  from: { readonly record: string; readonly place: string; readonly isNoted: IsNoted },
): Promise<'lifted' | 'changed'> {
  const path = pathOf(root, from.place);
  const waiting = tmpPath(root, from.record, 'move');
  if (!(await from.isNoted(path))) return 'changed';
  await disk.rename(path, waiting);
  if (await from.isNoted(waiting)) return 'lifted';
  await moveToFree(disk, waiting, path);
  return 'changed';
}

/** Puts a lifted file to a place, making the folders above it; false where the place is taken. */
export async function lower(
  disk: Disk,
  root: string,
  record: string,
  place: string,
): Promise<boolean> {
  if ((await makeFoldersAbove(disk, root, place)) !== undefined) return false;
  return moveToFree(disk, tmpPath(root, record, 'move'), pathOf(root, place));
}

/** A leftover of work that was cut off. */
export interface Leftover {
  readonly record: string;
  readonly use: TmpUse;
  readonly path: string;
}

export async function leftoversIn(disk: Disk, root: string): Promise<readonly Leftover[]> {
  let entries: readonly DiskEntry[];
  try {
    entries = await disk.list(tmpFolder(root));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
  return entries
    .filter((entry) => entry.kind === 'file' || entry.kind === 'symlink')
    .map((entry) => ({ ...leftoverOf(entry.name), path: join(tmpFolder(root), entry.name) }));
}

/** A file whose name says nothing was being made: a draft of the marker, a probe of the disk. */
function leftoverOf(fileName: string): Omit<Leftover, 'path'> {
  const [, name = '', use] = /^(.*)\.(new|aside|move)$/s.exec(fileName) ?? [];
  if (use !== 'aside' && use !== 'move') return { record: fileName, use: 'new' };
  try {
    return { record: decodeURIComponent(name), use };
  } catch {
    return { record: fileName, use: 'new' };
  }
}

/** Which places other records have, whose files are not on a hop themselves. */
export interface ClaimsOfOthers {
  /**
   * True for what is another record's file. A person may have given one file two names, and the
   * second is not where this one has landed.
   */
  isAnothers(place: string): Promise<boolean>;
  /**
   * True where another record's file is noted, there or not: what lands where a person moved or
   * deleted that, the next scan would take for an edit of it.
   */
  isNotedOfAnother(place: string): Promise<boolean>;
}

/**
 * Brings a file that was caught on its hop to the first of these places that is free, or where it
 * is already by a second name. Returns that place; undefined where all are taken.
 */
export async function land(
  disk: Disk,
  root: string,
  record: string,
  places: readonly string[],
  claims: ClaimsOfOthers,
): Promise<string | undefined> {
  const waiting = tmpPath(root, record, 'move');
  const file = await disk.stat(waiting);
  for (const place of places) {
    const there = await disk.stat(pathOf(root, place));
    const isSame = there !== undefined && there.inode === file?.inode && there.inode !== 0n;
    if (isSame && !(await claims.isAnothers(place))) {
      await removeIfThere(disk, waiting);
      return place;
    }
  }
  for (const place of places) {
    if (await claims.isNotedOfAnother(place)) continue;
    if (await lower(disk, root, record, place)) return place;
  }
  return undefined;
}
