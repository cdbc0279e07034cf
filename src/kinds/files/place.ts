/**
 * Putting files where a person works, without ever overwriting what was not taken in (rule S6).
 *
 * Content is first staged: written whole and durable under `.satchel/tmp`, with its modification
 * time and executable bit. Only then is its place touched, by one rename or link, so that nothing
 * half-written is ever seen. System errors pass through; whoever staged discards.
 */
import { systemCode } from '../../base/errors.ts';
import type { Disk, DiskStat, EntryKind, Flush } from './disk.ts';
import { meansNoLinks } from './disk-errors.ts';
import { foldersAbove, ownFolder, pathOf, tmpFolder } from './layout.ts';
import type { IsNoted } from './noted.ts';
import { markOf } from './walk.ts';

/**
 * Makes the folder in which files wait, and closes what is ours to others: a file from a folder that
 * only its owner can enter is as hidden on its way, and in the trash.
 */
export async function makeOwnFolder(disk: Disk, root: string): Promise<void> {
  await disk.makeFolder(tmpFolder(root));
  await disk.makePrivate(ownFolder(root));
}

/** A file that is ready to be placed. */
export interface Staged {
  readonly path: string;
  /** As it will be at its place: a rename changes none of it. */
  readonly stat: DiskStat;
  readonly sizeBytes: number;
}

export interface StagedAs {
  /** Milliseconds since the Unix epoch; undefined to leave the time of writing. */
  readonly mtimeMs: number | undefined;
  readonly isExecutable: boolean;
}

/** Writes a temporary file. Nothing is left of it where this fails. */
export async function stage(
  disk: Disk,
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  as: StagedAs,
): Promise<Staged> {
  try {
    const sizeBytes = await writeAnew(disk, path, pieces);
    if (as.isExecutable) await disk.setExecutable(path, true, 'later');
    if (as.mtimeMs !== undefined) await disk.setMtime(path, as.mtimeMs);
    const stat = await disk.stat(path);
    if (stat === undefined) throw new Error(`${path} vanished while it was written`);
    return { path, stat, sizeBytes };
  } catch (error) {
    await removeIfThere(disk, path).catch(() => undefined);
    throw error;
  }
}

/**
 * Makes a temporary symbolic link. Nothing is left of it where this fails.
 * @param target has to be a safe one at the link's place (`unsafeTargetReason`).
 * @param mtimeMs milliseconds since the Unix epoch; undefined to leave the time of making.
 */
export async function stageLink(
  disk: Disk,
  path: string,
  target: string,
  mtimeMs: number | undefined,
): Promise<Staged> {
  await removeIfThere(disk, path);
  await disk.makeLink(target, path);
  try {
    if (mtimeMs !== undefined) await disk.setMtime(path, mtimeMs);
    const stat = await disk.stat(path);
    if (stat === undefined) throw new Error(`${path} vanished while it was made`);
    return { path, stat, sizeBytes: Buffer.byteLength(target) };
  } catch (error) {
    await removeIfThere(disk, path).catch(() => undefined);
    throw error;
  }
}

/** Names in the temporary folder are one record's own: what is there is a leftover. */
async function writeAnew(
  disk: Disk,
  path: string,
  pieces: AsyncIterable<Uint8Array>,
): Promise<number> {
  try {
    return await disk.writeNew(path, pieces);
  } catch (error) {
    // Nothing was asked of the pieces yet, so they can be written still.
    if (systemCode(error) !== 'EEXIST') throw error;
    await disk.remove(path);
    return await disk.writeNew(path, pieces);
  }
}

/** Removes a file; fine where none is. */
export async function removeIfThere(disk: Disk, path: string): Promise<void> {
  try {
    await disk.remove(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

/**
 * Moves a file to a name that is free; false where something has the name. Safe against a file
 * that appears at the same moment, except where the file system knows no links.
 * @param flush when the new name is made durable.
 */
export async function moveToFree(
  disk: Disk,
  from: string,
  to: string,
  flush: Flush = 'now',
): Promise<boolean> {
  try {
    await disk.link(from, to, flush);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    if (!meansNoLinks(error)) throw error;
    const stat = await disk.stat(from);
    return stat?.kind === 'symlink'
      ? remakeLink(disk, from, to, stat)
      : renameToFree(disk, from, to, flush);
  }
  await disk.remove(from);
  return true;
}

async function renameToFree(disk: Disk, from: string, to: string, flush: Flush): Promise<boolean> {
  if ((await disk.stat(to)) !== undefined) return false;
  await disk.rename(from, to, flush);
  return true;
}

/** A symbolic link can be made anew where it belongs, and that overwrites nothing either. */
async function remakeLink(disk: Disk, from: string, to: string, stat: DiskStat): Promise<boolean> {
  try {
    await disk.makeLink(await disk.readLink(from), to);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
  await disk.setMtime(to, Number(stat.mtimeNs / 1_000_000n));
  await disk.remove(from);
  return true;
}

export interface Replacement {
  /** The file that is to be replaced. */
  readonly target: string;
  readonly isNoted: IsNoted;
  /** Where the former file stays until it is certain that nobody wrote to it meanwhile. */
  readonly aside: string;
  /** A visible place for the former file in case that both it and its name were written to. */
  readonly rescue: string;
}

/**
 * Replaces a known file in one step. Until the caller flushes the folder, a power cut may bring the
 * former content back. `changed` means that it is not, or at the last moment was
 * not, as noted: what a person wrote is then still, or again, at its place.
 */
export async function replaceKnown(
  disk: Disk,
  staged: Staged,
  replacement: Replacement,
): Promise<'placed' | 'changed'> {
  const { target, isNoted, aside } = replacement;
  if (!(await isNoted(target))) return 'changed';
  await removeIfThere(disk, aside);
  const isKept = await linkIfPossible(disk, target, aside);
  try {
    if (!(await takeOver(disk, staged, replacement))) {
      await removeIfThere(disk, aside);
      return 'changed';
    }
  } catch (error) {
    await removeIfThere(disk, aside).catch(() => undefined);
    throw error;
  }
  if (!isKept) return 'placed';
  if (await isNoted(aside)) {
    await disk.remove(aside);
    return 'placed';
  }
  await bringBack(disk, staged, replacement);
  return 'changed';
}

/** Gives the staged file the name, unless another file has it by now: editors save by renaming. */
async function takeOver(
  disk: Disk,
  staged: Staged,
  { target, isNoted }: Replacement,
): Promise<boolean> {
  const known = await disk.stat(target);
  if (known === undefined || !(await isNoted(target))) return false;
  return disk.replace(staged.path, target, (there) => isSameState(there, known), 'later');
}

/** A program still wrote to the former file when its name was already taken over. */
async function bringBack(disk: Disk, staged: Staged, replacement: Replacement): Promise<void> {
  const { target, aside, rescue } = replacement;
  const isOurs = (there: DiskStat | undefined) => isSameState(there, staged.stat);
  if (await disk.replace(aside, target, isOurs)) return;
  if (!(await moveToFree(disk, aside, target))) await moveToFree(disk, aside, rescue);
}

function isSameState(there: DiskStat | undefined, known: DiskStat): boolean {
  return there !== undefined && markOf(there) === markOf(known);
}

/** Without links there is no way to notice a write at the very last moment. */
async function linkIfPossible(disk: Disk, from: string, to: string): Promise<boolean> {
  try {
    await disk.link(from, to);
    return true;
  } catch (error) {
    if (meansNoLinks(error)) return false;
    throw error;
  }
}

/** What keeps a folder from being where one is needed. */
export interface Obstacle {
  readonly place: string;
  readonly kind: Exclude<EntryKind, 'folder'>;
}

/**
 * Makes the folders above a place. Each is looked at by itself, from the root down: a symlink
 * among them would lead out of the folder.
 */
export async function makeFoldersAbove(
  disk: Disk,
  root: string,
  place: string,
): Promise<Obstacle | undefined> {
  for (const folder of foldersAbove(place).reverse()) {
    const obstacle = await makeOneFolder(disk, root, folder);
    if (obstacle !== undefined) return obstacle;
  }
  return undefined;
}

/** Makes a folder whose parent is known to be one. */
export async function makeOneFolder(
  disk: Disk,
  root: string,
  place: string,
): Promise<Obstacle | undefined> {
  const path = pathOf(root, place);
  const stat = await disk.stat(path);
  if (stat === undefined) await disk.makeFolder(path);
  else if (stat.kind !== 'folder') return { place, kind: stat.kind };
  return undefined;
}
