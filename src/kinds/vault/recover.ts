/**
 * Setting right what a crash left half-way, before anything is scanned: a file that waits in
 * `.satchel/tmp` must not be taken for one that a person deleted.
 */
import { relative } from 'node:path';
import { systemCode } from '../../base/errors.ts';
import type { CollectionPort, Trouble } from '../../sync/kind.ts';
import { diskErrorWords } from '../files/disk-errors.ts';
import { type Leftover, land, leftoversIn, tmpPath } from '../files/hops.ts';
import { foldersAbove, pathOf } from '../files/layout.ts';
import { carriedTarget } from '../files/links.ts';
import { copyName, type NameFolding, suffixedName, unsafePathReason } from '../files/names.ts';
import { hashOf, notedCheck, placedMark } from '../files/noted.ts';
import { makeFoldersAbove, moveToFree, removeIfThere } from '../files/place.ts';
import {
  nearestEmptyFolder,
  removeEmptyFolders,
  type StuckFolder,
  trashWaiting,
} from '../files/trash.ts';
import { pathField } from './fields.ts';
import { endIntentions, type Intentions, isAtWork, readIntentions } from './intentions.ts';
import { isFolderClaimed, wantedPlace } from './projection.ts';
import { spelledPlace } from './spelling.ts';
import { placedUnfinished } from './unfinished.ts';
import { foldingOf, type Vault } from './workings.ts';

/**
 * Empties `.satchel/tmp`: what belongs to a person goes back to where it can be seen. What no place
 * takes waits there, and is told.
 */
export async function recoverLeftovers(vault: Vault): Promise<readonly Trouble[]> {
  const troubles: Trouble[] = [];
  vault.memory.waiting.clear();
  for (const leftover of await leftoversIn(vault.disk, vault.root)) {
    if (await isWithdrawn(vault, leftover)) continue;
    if (await isOfEndedMove(vault, leftover)) await removeIfThere(vault.disk, leftover.path);
    else if (leftover.use === 'move') troubles.push(...(await bringBack(vault, leftover.record)));
    else if (leftover.use === 'aside') await recoverAside(vault, leftover);
    else await removeIfThere(vault.disk, leftover.path);
  }
  return troubles;
}

/** Lands a lifted file. Where that cannot be now it waits: the troubles tell, and the next look tries. */
export async function bringBack(vault: Vault, record: string): Promise<readonly Trouble[]> {
  const { port, root, memory } = vault;
  let reason = ' until what is in the way of its place is gone';
  try {
    if (await landRecord(vault, record)) return [];
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    reason = `: ${diskErrorWords(error)}`;
  }
  memory.waiting.add(record);
  const path = port.shown(record)?.place ?? pathField(port.view(record)?.fields ?? {}) ?? record;
  const waitsAs = relative(root, tmpPath(root, record, 'move'));
  return [{ path, error: `waits as "${waitsAs}"${reason}` }];
}

/** Sends a file to the trash that was on its way there: its record lives outside what is chosen. */
async function isWithdrawn(vault: Vault, { record, use, path }: Leftover): Promise<boolean> {
  const { disk, root, port, selection } = vault;
  if (use !== 'move' || port.shown(record) !== undefined) return false;
  const name = pathField(port.view(record)?.fields ?? {});
  if (name === undefined || selection.includes(name) || unsafePathReason(name) !== undefined) {
    return false;
  }
  await trashWaiting(disk, root, path, name, port.now());
  return true;
}

/**
 * True for the waiting name of a move that had ended, which a power cut brought back: if a person has
 * replaced the file since, or deleted it, this is what it was, and would be there again.
 */
async function isOfEndedMove(vault: Vault, { record, use, path }: Leftover): Promise<boolean> {
  const { disk, root, port } = vault;
  const shown = port.shown(record);
  if (use !== 'move' || shown === undefined) return false;
  // Only moves to another place are among the intentions, and are noted once they have ended.
  const { places, waiting = [] } = readIntentions(port);
  if (waiting.includes(record)) return false;
  const isNoted = places.some(([place, of]) => of === record && place === shown.place);
  if (isAtWork(port) && !isNoted) return false;
  const hash = await hashOf(disk, root, shown.place, path);
  return hash !== undefined && port.knowsContent(record, hash);
}

/**
 * Brings a lifted file back: to where it was, else to where it belongs, else under a suffix. The
 * note follows it, so that this is no rename, and the record is looked at again. False where no place
 * takes it.
 */
async function landRecord(vault: Vault, record: string): Promise<boolean> {
  const { disk, root, port } = vault;
  const file = await disk.stat(tmpPath(root, record, 'move'));
  if (file === undefined) return true;
  const shown = port.shown(record);
  const wanted = await safeWantedPlace(vault, record);
  const name = shown?.place ?? wanted ?? 'Recovered file';
  const candidates = [shown?.place, wanted, suffixedName(name, record), freshName(vault, name)];
  const isSafe = file.kind === 'symlink' ? await safeLandings(vault, record) : () => true;
  const places = candidates.filter((place) => place !== undefined).filter(isSafe);
  const place = await land(disk, root, record, places, {
    isAnothers: (at) => isAnothers(vault, at, record),
    isNotedOfAnother: (at) => isNotedOfAnother(vault, at, record),
  });
  if (place === undefined) return false;
  if (shown !== undefined) placedUnfinished(port, { ...shown, place });
  return true;
}

/** Where a symbolic link may land that waits: only where its target stays inside the root. */
async function safeLandings(
  { disk, root }: Vault,
  record: string,
): Promise<(place: string) => boolean> {
  const target = await disk.readLink(tmpPath(root, record, 'move'));
  return (place) => carriedTarget(root, place, target).kind === 'inside';
}

async function safeWantedPlace(vault: Vault, record: string): Promise<string | undefined> {
  const view = vault.port.view(record);
  if (view?.live !== true || !vault.selection.includes(pathField(view.fields) ?? '')) {
    return undefined;
  }
  const place = wantedPlace(vault.port, view, await foldingOf(vault));
  return place === undefined || unsafePathReason(place) !== undefined ? undefined : place;
}

/** A name for what a person has to see, beside a file that keeps its own. */
export function freshName(vault: Vault, place: string): string {
  return copyName(place, vault.port.deviceName, vault.port.now());
}

/** The former content of a file whose replacement was cut off. */
async function recoverAside(vault: Vault, { record, path }: Leftover): Promise<void> {
  const { disk, root, port } = vault;
  const shown = port.shown(record);
  const hash = await hashOf(disk, root, shown?.place ?? '', path);
  // A power cut may bring back the name of what was replaced and noted long before. Put in the place
  // of a file that a person moved away since, it would count as an edit.
  const isReplaced = hash !== undefined && hash !== shown?.hash && port.knowsContent(record, hash);
  if (isReplaced) {
    await removeIfThere(disk, path);
    return;
  }
  if (shown !== undefined && (await disk.stat(pathOf(root, shown.place))) === undefined) {
    const obstacle = await makeFoldersAbove(disk, root, shown.place);
    if (obstacle === undefined && (await moveToFree(disk, path, pathOf(root, shown.place)))) return;
  }
  if (hash !== undefined && hash === shown?.hash) {
    await removeIfThere(disk, path);
    return;
  }
  // A program wrote to it when its name was already taken over: nobody else has this content.
  const known = port.view(record)?.fields ?? {};
  let place = freshName(vault, shown?.place ?? pathField(known) ?? 'Recovered file');
  while ((await disk.stat(pathOf(root, place))) !== undefined) place = freshName(vault, place);
  await makeFoldersAbove(disk, root, place);
  await moveToFree(disk, path, pathOf(root, place));
}

/**
 * Notes what was put in its place just before the crash, so that a file that was moved is not
 * taken for a rename, nor one under a suffix for a new file.
 */
export async function recoverPlaced(vault: Vault, intentions: Intentions): Promise<void> {
  const { disk, root, port } = vault;
  for (const [intended, record] of intentions.places) {
    const place = await spelledPlace(vault, intended, false);
    const path = pathOf(root, place);
    const stat = await disk.stat(path).catch(() => undefined);
    const isThere = stat?.kind === 'file' || stat?.kind === 'symlink';
    if (!isThere || port.shownAt(place) !== undefined) continue;
    const shown = port.shown(record);
    const view = port.view(record);
    if (shown !== undefined) {
      const isNoted = notedCheck(disk, root, shown);
      const hasStayed =
        othersAt(port, shown.place, record).length === 0 &&
        (await isNoted(pathOf(root, shown.place)));
      if (hasStayed || !(await isNoted(path))) continue;
      placedUnfinished(port, { ...shown, place });
    } else if (
      view?.content !== undefined &&
      (await hashOf(disk, root, place, path)) === view.content.hash
    ) {
      const mark = placedMark(stat, port.now());
      const { hash } = view.content;
      placedUnfinished(port, { record, place, mark, hash, versions: view.shows });
    }
  }
}

/** Records other than this one that are noted at a place. */
function othersAt(port: CollectionPort, place: string, record: string): readonly string[] {
  if (port.shownAt(place) === undefined) return [];
  const rows = [...port.shownAll()].filter((row) => row.place === place);
  return rows.map((row) => row.record).filter((other) => other !== record);
}

/**
 * Whether what is at a place is another record's file. Its inode proves nothing: a person may have
 * given one file two names.
 */
async function isAnothers(vault: Vault, place: string, record: string): Promise<boolean> {
  if (await isNotedOfAnother(vault, place, record)) return true;
  const intended = new Map(readIntentions(vault.port).places).get(place);
  return intended !== undefined && intended !== record;
}

/** True where the note of another record says that its file is, unless that waits on a hop. */
async function isNotedOfAnother(
  { disk, port, root }: Vault,
  place: string,
  record: string,
): Promise<boolean> {
  for (const other of othersAt(port, place, record)) {
    const isWaiting = (await disk.stat(tmpPath(root, other, 'move'))) !== undefined;
    if (!isWaiting) return true;
  }
  return false;
}

/**
 * Removes the folders that work left empty, and forgets what was intended. Returns those that
 * cannot be removed now: they stay among the intentions, as they are none that a person made, and
 * are tried again next time.
 */
export async function tidyFolders(
  vault: Vault,
  intentions: Intentions,
): Promise<readonly StuckFolder[]> {
  const { port, memory } = vault;
  const stuck = new Map<string, StuckFolder>();
  for (const folder of intentions.folders) {
    const left = await tidyFolder(vault, folder);
    if (left !== undefined) stuck.set(left.place, left);
  }
  endIntentions(port, [...stuck.keys()], [...memory.waiting]);
  return [...stuck.values()];
}

async function tidyFolder(vault: Vault, folder: string): Promise<StuckFolder | undefined> {
  const { disk, root, port } = vault;
  const places = [folder, ...foldersAbove(folder)];
  let folding: NameFolding;
  try {
    folding = await foldingOf(vault);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    // Without writes the disk does not tell which names are one, and nothing could be removed.
    const place = await nearestEmptyFolder(disk, root, places);
    return place === undefined ? undefined : { place, error };
  }
  const isClaimed = (place: string): boolean =>
    port.shownAt(place) !== undefined || isFolderClaimed(port, place, folding);
  return await removeEmptyFolders(disk, root, places, isClaimed);
}

export function stuckTrouble({ place, error }: StuckFolder): Trouble {
  return { path: place, error: `the empty folder cannot be removed: ${diskErrorWords(error)}` };
}
