/** Making the way free: what stands where a record belongs is moved, removed, or left alone. */
import { systemCode } from '../../base/errors.ts';
import type { Shown } from '../../sync/kind.ts';
import type { DiskStat, Flush } from '../files/disk.ts';
import { lift, tmpPath } from '../files/hops.ts';
import { foldersAbove, pathOf } from '../files/layout.ts';
import { readTarget } from '../files/links.ts';
import { foldName, isSamePath } from '../files/names.ts';
import { notedCheck } from '../files/noted.ts';
import { makeFoldersAbove, makeOneFolder, moveToFree, type Obstacle } from '../files/place.ts';
import { moveToTrash, removeEmptyFolders, trashWaiting } from '../files/trash.ts';
import { isFolderRecord } from './fields.ts';
import { hasToLeave } from './plan.ts';
import { isFolderClaimed } from './projection.ts';
import { CHANGED, DONE, type Outcome, type PutOutRound } from './round.ts';
import { keepStale } from './unfinished.ts';
import type { Vault } from './workings.ts';

/** Moves a file from `.satchel/tmp` to its place, once what may leave has left. */
export async function moveIn(
  round: PutOutRound,
  from: string,
  place: string,
  flush: Flush = 'now',
): Promise<Outcome> {
  const { disk, root } = round.vault;
  if (await isLeftByPerson(round, place)) return CHANGED;
  return withFreeWay(round, place, async () => {
    const obstacle = await makeFoldersAbove(disk, root, place);
    if (obstacle !== undefined) return obstacle.place;
    return (await moveToFree(disk, from, pathOf(root, place), flush)) ? undefined : place;
  });
}

/**
 * True where a file is noted and a person has moved or deleted it since. The next scan would take
 * whatever is put there for an edit of that file.
 */
async function isLeftByPerson({ vault, lifted }: PutOutRound, place: string): Promise<boolean> {
  const { disk, port, root } = vault;
  const noted = port.shownAt(place);
  if (noted === undefined || lifted.has(noted.record)) return false;
  return (await disk.stat(pathOf(root, place))) === undefined;
}

/** Makes a folder at its place, once what may leave has left. */
export async function makeFolderAt(round: PutOutRound, place: string): Promise<Outcome> {
  const { disk, root } = round.vault;
  return withFreeWay(round, place, async () => {
    const above = await makeFoldersAbove(disk, root, place);
    const obstacle: Obstacle | undefined = above ?? (await makeOneFolder(disk, root, place));
    return obstacle?.place;
  });
}

/** @param attempt returns the place that is taken, if one is. */
async function withFreeWay(
  round: PutOutRound,
  place: string,
  attempt: () => Promise<string | undefined>,
): Promise<Outcome> {
  const taken = await attempt();
  if (taken === undefined) return DONE;
  const outcome = await clear(round, taken);
  if (outcome.kind !== 'done') return outcome;
  const stillTaken = await attempt();
  return stillTaken === undefined
    ? DONE
    : {
        kind: 'blocked',
        reason: `something else is at ${stillTaken === place ? 'its place' : stillTaken}`,
      };
}

/** Gets what is at a place out of the way, if it is ours and has to leave anyway. */
async function clear(round: PutOutRound, place: string): Promise<Outcome> {
  const { disk, port, root } = round.vault;
  const stat = await disk.stat(pathOf(root, place));
  if (stat === undefined) return DONE;
  const what = stat.kind === 'symlink' ? 'symbolic link' : stat.kind;
  if (what === 'other') return refusedAt(place, 'something that is no file');
  const occupant = occupantOf(round, place);
  if (occupant === undefined || !hasToLeave(round.surroundings, occupant.record, occupant.place)) {
    // A link that leads out is never taken in, so there is nothing to wait for.
    const isLeftOut = occupant === undefined && (await leadsOut(round, place, stat));
    if (isLeftOut) return refusedAt(place, 'a symbolic link');
    return { kind: 'blocked', reason: `another ${what} is at ${place}` };
  }
  round.queue.add(occupant.record);
  if (stat.kind === 'folder') return removeFolderAt(round, place);
  if (port.view(occupant.record)?.live !== true) return removeFile(round, occupant.record);
  return liftFile(round, occupant.record);
}

/** What is noted at a place, in whatever spelling the disk takes for the same. */
function occupantOf({ vault, surroundings }: PutOutRound, place: string): Shown | undefined {
  const { port } = vault;
  const { folding } = surroundings;
  const noted = port.shownAt(place);
  if (noted !== undefined || (!folding.case && !folding.form)) return noted;
  for (const row of port.shownAll()) if (isSamePath(row.place, place, folding)) return row;
  return undefined;
}

export function refusedAt(place: string, what: string): Outcome {
  return { kind: 'refused', reason: `${what} is at ${place}; nothing is placed over or behind it` };
}

async function leadsOut(round: PutOutRound, place: string, stat: DiskStat): Promise<boolean> {
  if (stat.kind !== 'symlink') return false;
  const { disk, root } = round.vault;
  const target = await readTarget(disk, root, place, pathOf(root, place));
  return target.kind === 'outside';
}

async function removeFolderAt(round: PutOutRound, place: string): Promise<Outcome> {
  try {
    await round.vault.disk.removeFolder(pathOf(round.vault.root, place));
    return DONE;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return DONE;
    return { kind: 'blocked', reason: `a folder is at ${place}` };
  }
}

/** Takes a record's file off its place for as long as its new place is being made free. */
export async function liftFile(round: PutOutRound, record: string): Promise<Outcome> {
  const { disk, port, root } = round.vault;
  const shown = port.shown(record);
  if (shown === undefined || round.lifted.has(record)) return DONE;
  const isNoted = notedCheck(disk, root, shown);
  try {
    const lifted = await lift(disk, root, { record, place: shown.place, isNoted });
    if (lifted === 'changed') return CHANGED;
  } catch (error) {
    await noteWaiting(round.vault, record);
    throw error;
  }
  round.lifted.add(record);
  return DONE;
}

/** After a lift that failed, perhaps half-way: if the file waits now, the next look brings it back. */
async function noteWaiting({ disk, root, memory }: Vault, record: string): Promise<void> {
  const waits = await disk.stat(tmpPath(root, record, 'move')).catch(() => 'perhaps');
  if (waits !== undefined) memory.waiting.add(record);
}

/** Moves a record's file to the trash, and notes it. The record is gone, or is a folder now. */
export async function removeFile(round: PutOutRound, record: string): Promise<Outcome> {
  const { disk, port, root } = round.vault;
  const shown = port.shown(record);
  if (shown === undefined) return DONE;
  const isNoted = notedCheck(disk, root, shown);
  const isLive = port.view(record)?.live === true;
  // For a record that lives on, a file that is noted and missing would be a person's deletion.
  if (isLive) keepStale(port, [record], () => port.removed(record));
  const result = await moveToTrash(disk, root, shown.place, isNoted, port.now());
  if (result === 'changed') return CHANGED;
  if (!isLive) port.removed(record);
  round.versions += 1;
  await leavePlace(round, shown.place);
  return DONE;
}

/**
 * Moves the file of a record that lives on elsewhere to the trash. It waits in `.satchel/tmp` when
 * the note of it goes: whatever stops this, it is neither deleted for others nor taken for new.
 */
export async function withdrawFile(
  round: PutOutRound,
  record: string,
  place: string,
): Promise<Outcome> {
  const { disk, port, root } = round.vault;
  const lifted = await liftFile(round, record);
  if (lifted.kind !== 'done') return lifted;
  port.removed(record);
  round.lifted.delete(record);
  await trashWaiting(disk, root, tmpPath(root, record, 'move'), place, port.now());
  round.versions += 1;
  await leavePlace(round, place);
  return DONE;
}

/** After something left its place: folders that are empty now go, and names may be free again. */
export async function leavePlace(round: PutOutRound, place: string): Promise<void> {
  const { disk, port, root } = round.vault;
  const folders = foldersAbove(place);
  const { folding } = round.surroundings;
  const isClaimed = (folder: string) => isFolderClaimed(port, folder, folding);
  await removeEmptyFolders(disk, root, folders, isClaimed);
  for (const folder of folders) {
    // A file that made room for this folder of the same name can have its name back.
    for (const { record, fields } of port.claimants(foldName(folder))) {
      const shown = isFolderRecord(fields) ? undefined : port.shown(record);
      if (shown !== undefined && hasToLeave(round.surroundings, record, shown.place)) {
        round.queue.add(record);
      }
    }
  }
}
