/**
 * From names to places (rule S5). Records may claim names that collide on some disk; the oldest
 * claim keeps the name, others are placed under a suffix that is never written back. The suffix is
 * as long as it takes to make a name that nothing else claims.
 */
import type { CollectionPort, RecordId, RecordView } from '../../sync/kind.ts';
import {
  foldName,
  isSuffixedName,
  SUFFIX_LENGTHS,
  suffixedName,
  withoutSuffix,
} from '../files/names.ts';
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
  if (isNameFree(port, view, path, foldsNames)) return path;
  const names = SUFFIX_LENGTHS.map((length) => suffixedName(path, view.record, length));
  return names.find((name) => isUnclaimed(port, view.record, path, name)) ?? names.at(-1);
}

/**
 * True where no record claims the suffixed name for its own, and no other record that shares the
 * path comes by the same suffix. What it depends on is the same on every device.
 */
function isUnclaimed(port: CollectionPort, record: RecordId, path: string, name: string): boolean {
  const claim = foldName(name);
  if (port.isClaimedBelow(claim) || port.claimants(claim).length > 0) return false;
  return port
    .claimants(foldName(path))
    .every((other) => other.record === record || !isSuffixedName(path, other.record, name));
}

/**
 * The record whose file or folder was placed here under a suffix, where the note of that is gone:
 * the folder was detached, copied, or attached with a new replica. Undefined where the name is a
 * record's own, or where the record is shown elsewhere already.
 */
export function recordUnderSuffix(
  port: CollectionPort,
  place: string,
  kind: 'file' | 'folder',
): RecordId | undefined {
  const name = withoutSuffix(place);
  if (name === undefined) return undefined;
  if (port.claimants(foldName(place)).some(({ fields }) => fields.path === place)) return undefined;
  return port.claimants(foldName(name)).find(({ record, fields }) => {
    const path = pathField(fields);
    if (path === undefined || !isSuffixedName(path, record, place)) return false;
    return isFolderRecord(fields) === (kind === 'folder') && port.shown(record) === undefined;
  })?.record;
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
