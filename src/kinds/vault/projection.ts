/**
 * From names to places (rule S5). Records may claim names that collide on some disk; the oldest
 * claim keeps the name, others are placed under a suffix that is never written back. The suffix is
 * as long as it takes to make a name that nothing else claims.
 */
import type { Claimant, CollectionPort, RecordId, RecordView } from '../../sync/kind.ts';
import {
  foldName,
  isSamePath,
  isSuffixedName,
  type NameFolding,
  SUFFIX_LENGTHS,
  suffixedName,
  withoutSuffix,
} from '../files/names.ts';
import { isFolderRecord, pathField } from './fields.ts';

/**
 * Where a live record belongs on this disk; undefined where it has no path.
 * @param folding which names this disk takes for the same.
 */
export function wantedPlace(
  port: CollectionPort,
  view: RecordView,
  folding: NameFolding,
): string | undefined {
  const path = pathField(view.fields);
  if (path === undefined) return undefined;
  if (isNameFree(port, view, path, folding)) return path;
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
  const origin = withoutSuffix(place);
  if (origin === undefined) return undefined;
  if (port.claimants(foldName(place)).some(({ fields }) => fields.path === place)) return undefined;
  const candidates = origin.isCut ? recordsToPlace(port) : port.claimants(foldName(origin.path));
  for (const { record, fields } of candidates) {
    const path = pathField(fields);
    if (path === undefined || !isSuffixedName(path, record, place)) continue;
    if (isFolderRecord(fields) === (kind === 'folder') && port.shown(record) === undefined) {
      return record;
    }
  }
  return undefined;
}

/**
 * All that may be placed under a name that was cut: it tells of no claim, so each is looked at.
 * Whatever is not on the device yet, as after attaching, is stale.
 */
function* recordsToPlace(port: CollectionPort): Generator<Claimant, void, undefined> {
  for (const record of port.stale()) {
    const view = port.view(record);
    if (view?.live === true) yield { record, fields: view.fields };
  }
}

function isNameFree(
  port: CollectionPort,
  view: RecordView,
  path: string,
  folding: NameFolding,
): boolean {
  const isFolder = isFolderRecord(view.fields);
  // What others are placed below is a folder, whoever claimed the name first.
  if (isFolderName(port, path, folding)) return isFolder;
  for (const claimant of port.claimants(foldName(path))) {
    if (claimant.record === view.record) return true;
    // Two records of a folder are one folder.
    if (isFolder && isFolderRecord(claimant.fields)) continue;
    if (isSamePath(pathField(claimant.fields) ?? '', path, folding)) return false;
  }
  return true;
}

/** True where a record is placed below this path, on a disk that takes these names for the same. */
function isFolderName(port: CollectionPort, path: string, folding: NameFolding): boolean {
  const claim = foldName(path);
  if (!port.isClaimedBelow(claim)) return false;
  if (folding.case && folding.form) return true;
  const depth = path.split('/').length;
  return port.claimantsBelow(claim).some(({ fields }) => {
    const above = pathField(fields)?.split('/').slice(0, depth).join('/');
    return above !== undefined && isSamePath(above, path, folding);
  });
}

/**
 * True if a live record stands for the folder at this place, so that it stays even if empty. On a
 * disk that tells `d` from `D`, the record of the one does not stand for the other.
 */
export function isFolderClaimed(
  port: CollectionPort,
  place: string,
  folding: NameFolding,
): boolean {
  return port
    .claimants(foldName(place))
    .some(
      ({ fields }) => isFolderRecord(fields) && isSamePath(pathField(fields) ?? '', place, folding),
    );
}
