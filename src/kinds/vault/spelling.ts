/**
 * Folders on a disk that folds names (rule S5): one is there in one spelling, whatever the paths
 * of the files in it say. Places are noted as the next walk will find them, so that the disk's
 * spelling is never taken for a rename; and where all that is in a folder is to have it spelled
 * otherwise, the folder itself is renamed.
 */
import { systemCode } from '../../base/errors.ts';
import type { CollectionPort, Shown } from '../../sync/kind.ts';
import { foldersAbove, pathOf } from '../files/layout.ts';
import { isSamePath, type NameFolding } from '../files/names.ts';
import { foundPath } from '../files/walk.ts';
import { type Job, planJob, type Surroundings } from './plan.ts';
import type { PutOutRound } from './round.ts';
import { keepStale } from './unfinished.ts';
import { foldingOf, knownPlaces, type Vault } from './workings.ts';

/** The job with its place spelled as it will be found. Folders are renamed for it where they may. */
export async function spelledJob(round: PutOutRound, job: Job): Promise<Job> {
  const { task } = job;
  const { folding } = round.surroundings;
  if (!foldsAny(folding) || (task.kind !== 'file' && task.kind !== 'folder')) return job;
  const isFolder = task.kind === 'folder';
  const shown = round.vault.port.shown(job.record);
  if (shown !== undefined) await respellFolders(round, shown.place, task.place, isFolder);
  const place = await spelledPlace(round.vault, task.place, isFolder);
  return place === task.place ? job : { ...job, task: { ...task, place } };
}

/** A place as the next walk will find it: in the spelling of the folders that are there. */
export async function spelledPlace(
  vault: Vault,
  place: string,
  isFolder: boolean,
): Promise<string> {
  const folding = await foldingOf(vault);
  if (!foldsAny(folding)) return place;
  const names = place.split('/');
  const last = isFolder ? undefined : names.pop();
  let at = '';
  for (const name of names) at = await spelledFolder(vault, at, name, folding);
  if (last === undefined) return at;
  return at === '' ? last : `${at}/${last}`;
}

async function spelledFolder(
  { disk, root, port }: Vault,
  above: string,
  name: string,
  folding: NameFolding,
): Promise<string> {
  const wanted = above === '' ? name : `${above}/${name}`;
  const path = pathOf(root, wanted);
  if ((await disk.stat(path))?.kind !== 'folder') return wanted;
  const entries = await disk.list(above === '' ? root : pathOf(root, above));
  const same = entries.filter((entry) => isSamePath(entry.name, name, folding));
  const entry = same.find((one) => one.name === name) ?? same[0];
  if (entry === undefined) return wanted;
  return foundPath({ disk, root, isKnownPlace: knownPlaces(port) }, above, entry, entries);
}

/** Renames the folders above a place, the uppermost first, as long as nothing in them objects. */
async function respellFolders(
  round: PutOutRound,
  from: string,
  to: string,
  isFolder: boolean,
): Promise<void> {
  const { folding } = round.surroundings;
  const steps = (place: string): string[] =>
    (isFolder ? [place, ...foldersAbove(place)] : foldersAbove(place)).reverse();
  const wanted = steps(to);
  for (const [index, before] of steps(from).entries()) {
    const after = wanted[index];
    if (after === undefined || !isSamePath(before, after, folding)) return;
    // What stands above is spelled as wanted by now, or this was given up.
    const now =
      after.slice(0, after.lastIndexOf('/') + 1) + before.slice(before.lastIndexOf('/') + 1);
    if (now !== after && !(await respellFolder(round, now, after))) return;
  }
}

/** False where something that is noted in the folder is to have it spelled otherwise. */
async function respellFolder(round: PutOutRound, now: string, wanted: string): Promise<boolean> {
  const { vault, surroundings } = round;
  const { disk, port, root } = vault;
  const key = `${now}\0${wanted}`;
  if (round.keptSpellings.has(key)) return false;
  const inside = [...port.shownAll()].filter(({ place }) => isAtOrBelow(place, now));
  if (!inside.every((row) => wantsBelow(surroundings, row, wanted)) || inside.length === 0) {
    round.keptSpellings.add(key);
    return false;
  }
  try {
    await disk.rename(pathOf(root, now), pathOf(root, wanted));
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    round.keptSpellings.add(key);
    return false;
  }
  noteRespelled(port, inside, now, wanted);
  return true;
}

function wantsBelow(surroundings: Surroundings, row: Shown, folder: string): boolean {
  const { task } = planJob(surroundings, row.record);
  const isPlaced = task.kind === 'file' || task.kind === 'folder';
  return isPlaced && isAtOrBelow(task.place, folder);
}

function noteRespelled(
  port: CollectionPort,
  rows: readonly Shown[],
  from: string,
  to: string,
): void {
  const records = rows.map(({ record }) => record);
  keepStale(port, records, () => {
    for (const row of rows) port.placed({ ...row, place: to + row.place.slice(from.length) });
  });
}

function isAtOrBelow(place: string, folder: string): boolean {
  return place === folder || place.startsWith(`${folder}/`);
}

function foldsAny(folding: NameFolding): boolean {
  return folding.case || folding.form;
}
