/**
 * Deleting for someone else: files go to `.satchel/trash/<day>/<place>` and stay for 30 days, so
 * that a deletion made by mistake on one device costs nothing on another.
 */
import { join } from 'node:path';
import { systemCode } from '../../base/errors.ts';
import type { Disk } from './disk.ts';
import { pathOf, trashFolder } from './layout.ts';
import { linkAbove } from './links.ts';
import type { IsNoted } from './noted.ts';
import { makeFoldersAbove, moveToFree } from './place.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const KEPT_DAYS = 30;

/** The day of a moment in UTC, such as `2026-03-09`. */
export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

/**
 * Moves a file to the trash if it is as it was noted. `changed` means that it is not: it is still,
 * or again, at its place.
 */
export async function moveToTrash(
  disk: Disk,
  root: string,
  place: string,
  isNoted: IsNoted,
  nowMs: number,
): Promise<'moved' | 'changed'> {
  const path = pathOf(root, place);
  if (!(await isNoted(path))) return 'changed';
  const trashed = await freeTrashPath(disk, root, place, nowMs);
  await disk.rename(path, trashed);
  if (await isNoted(trashed)) return 'moved';
  // Someone saved the file between the look and the move. Where its name is taken again already,
  // both states are of the person's making: the newer one is in its place, this one in the trash.
  await moveToFree(disk, trashed, path);
  return 'changed';
}

/** Moves a file that waits in `.satchel/tmp` to the trash, as one that was at `place`. */
export async function trashWaiting(
  disk: Disk,
  root: string,
  path: string,
  place: string,
  nowMs: number,
): Promise<void> {
  await disk.rename(path, await freeTrashPath(disk, root, place, nowMs));
}

/** A path under today's folder, or under `<day>-2` and so on where that name was trashed before. */
async function freeTrashPath(
  disk: Disk,
  root: string,
  place: string,
  nowMs: number,
): Promise<string> {
  for (let count = 1; ; count += 1) {
    const folder = join(trashFolder(root), count === 1 ? dayOf(nowMs) : `${dayOf(nowMs)}-${count}`);
    await disk.makeFolder(folder);
    const path = pathOf(folder, place);
    if ((await disk.stat(path).catch(() => undefined)) !== undefined) continue;
    if ((await makeFoldersAbove(disk, folder, place)) === undefined) return path;
  }
}

/**
 * True where the clock may have jumped since the trash was last looked at: by it all could be old that
 * went there yesterday, and the bucket may not have corrected it yet.
 * @param lastDay when that was, as `dayOf` tells it; undefined if it never was.
 */
export function isClockDoubtful(lastDay: string | undefined, nowMs: number): boolean {
  return lastDay === undefined || nowMs - Date.parse(lastDay) > KEPT_DAYS * DAY_MS;
}

/** Removes what went to the trash over 30 days ago. */
export async function sweepTrash(disk: Disk, root: string, nowMs: number): Promise<void> {
  const oldestKept = dayOf(nowMs - KEPT_DAYS * DAY_MS);
  for (const entry of await listIfThere(disk, trashFolder(root))) {
    const day = /^(\d{4}-\d{2}-\d{2})(-\d+)?$/.exec(entry.name)?.[1];
    if (entry.kind !== 'folder' || day === undefined || day >= oldestKept) continue;
    await removeTree(disk, join(trashFolder(root), entry.name));
  }
}

async function listIfThere(disk: Disk, folder: string): ReturnType<Disk['list']> {
  try {
    return await disk.list(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Symlinks are removed as such: what they point at is not the trash's. */
async function removeTree(disk: Disk, folder: string): Promise<void> {
  for (const entry of await disk.list(folder)) {
    const path = join(folder, entry.name);
    if (entry.kind === 'folder') await removeTree(disk, path);
    else await disk.remove(path);
  }
  await disk.removeFolder(folder);
}

/** A folder that should be gone and cannot be removed now: it is in use, or permission is missing. */
export interface StuckFolder {
  readonly place: string;
  readonly error: unknown;
}

/**
 * Removes folders that are empty, in the order given (the nearest first), up to the first one that
 * holds something or that a record claims as a folder of its own; none behind a symbolic link.
 * @returns the one that is empty and cannot be removed, if there is one.
 */
export async function removeEmptyFolders(
  disk: Disk,
  root: string,
  places: readonly string[],
  isClaimed: (place: string) => boolean,
): Promise<StuckFolder | undefined> {
  const [nearest] = places;
  if (nearest === undefined || (await linkAbove(disk, root, nearest)) !== undefined)
    return undefined;
  for (const place of places) {
    if (isClaimed(place)) return undefined;
    try {
      if ((await removeFolderIfEmpty(disk, root, place)) === 'kept') return undefined;
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      return { place, error };
    }
  }
  return undefined;
}

/** The first of these folders that is there, if it is empty. */
export async function nearestEmptyFolder(
  disk: Disk,
  root: string,
  places: readonly string[],
): Promise<string | undefined> {
  for (const place of places) {
    const entries = await disk.list(pathOf(root, place)).catch(() => undefined);
    if (entries !== undefined) return entries.length === 0 ? place : undefined;
  }
  return undefined;
}

/**
 * Removes a folder unless it holds something; fine where it is gone already. System errors that
 * mean anything else, such as EACCES or EBUSY, pass through.
 */
export async function removeFolderIfEmpty(
  disk: Disk,
  root: string,
  place: string,
): Promise<'gone' | 'kept'> {
  const path = pathOf(root, place);
  try {
    await disk.removeFolder(path);
    return 'gone';
  } catch (error) {
    const code = systemCode(error) ?? '';
    if (GONE.has(code)) return 'gone';
    // Some systems ask for permission before they look inside.
    if (HOLDS_SOMETHING.has(code) || !(await isEmptyFolder(disk, path))) return 'kept';
    throw error;
  }
}

/** What is no folder any more is gone as one. */
const GONE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);
/** POSIX leaves the choice between the two to the system. */
const HOLDS_SOMETHING: ReadonlySet<string> = new Set(['ENOTEMPTY', 'EEXIST']);

/** True also where it cannot be looked at: nothing is known to be inside. */
async function isEmptyFolder(disk: Disk, path: string): Promise<boolean> {
  try {
    return (await disk.list(path)).length === 0;
  } catch {
    return true;
  }
}
