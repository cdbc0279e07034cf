/**
 * From names to places (rule S5). Records may claim names that collide on some disk; the oldest
 * claim keeps the name, others are placed under a suffix that is never written back.
 */
import type { CollectionPort, RecordView } from '../../sync/kind.ts';
import { foldName, suffixedName } from '../files/names.ts';
import { isFolderRecord, pathField } from './fields.ts';

/**
 * Where a live record belongs on this disk; undefined where it has no path.
 * @param foldsNames whether this disk takes names that differ in case for the same.
 */
export function wantedPlace(
  port: CollectionPort,
  view: RecordView,
  foldsNames: boolean,
): string | undefined {
  const path = pathField(view.fields);
  if (path === undefined) return undefined;
  return isNameFree(port, view, path, foldsNames) ? path : suffixedName(path, view.record);
}

function isNameFree(
  port: CollectionPort,
  view: RecordView,
  path: string,
  foldsNames: boolean,
): boolean {
  const claim = foldName(path);
  const isFolder = isFolderRecord(view.fields);
  // What others are placed below is a folder, whoever claimed the name first.
  const isFolderName = port.isClaimedBelow(claim);
  if (isFolderName) return isFolder;
  for (const claimant of port.claimants(claim)) {
    if (claimant.record === view.record) return true;
    // Two records of a folder are one folder.
    if (isFolder && isFolderRecord(claimant.fields)) continue;
    if (foldsNames || claimant.fields.path === path) return false;
  }
  return true;
}

/** True if a live record stands for the folder at this place, so that it stays even if empty. */
export function isFolderClaimed(port: CollectionPort, place: string): boolean {
  return port.claimants(foldName(place)).some((claimant) => isFolderRecord(claimant.fields));
}
