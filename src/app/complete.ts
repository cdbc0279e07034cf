/** Names that a person may be about to type: collections, devices, and paths in a collection. */
import { allRecords } from '../replica/records.ts';
import { findCollection, listCollections } from './collection-list.ts';
import { listDevices } from './devices.ts';
import type { Session } from './session.ts';

export interface NameCandidate {
  readonly value: string;
  readonly means: string;
}

export function collectionCandidates(session: Session): NameCandidate[] {
  return listCollections(session).map(({ name, folder }) => ({
    value: name,
    means: folder ?? 'not on this device',
  }));
}

export function deviceCandidates(session: Session): NameCandidate[] {
  return listDevices(session).map(({ name, platform, self }) => ({
    value: name,
    means: self ? 'this one' : platform,
  }));
}

/** More would not be read, and would take long to print. */
const PATHS_OFFERED = 500;

/** What lies next below the folders typed so far; a folder ends in a slash. */
export function pathCandidates(
  session: Session,
  collection: string,
  typed: string,
): NameCandidate[] {
  const { id } = findCollection(session, collection);
  const found = new Set<string>();
  for (const { isLive, fields } of allRecords(session.engine.db, id)) {
    const path = typeof fields.path === 'string' ? fields.path : undefined;
    if (!isLive || path === undefined || !path.startsWith(typed)) continue;
    const end = path.indexOf('/', typed.length);
    found.add(end === -1 ? path : path.slice(0, end + 1));
    if (found.size >= PATHS_OFFERED) break;
  }
  return [...found].sort().map((value) => ({ value, means: '' }));
}
