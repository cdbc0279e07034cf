/**
 * What programs saved through the door while the folder was being looked through, or files were on
 * their way to it. Saves wait for neither, so whatever was found or planned before is out of date
 * for what they touched, and is left for the next look.
 */
import type { RecordId } from '../../sync/kind.ts';
import { foldersAbove } from '../files/layout.ts';

export interface Touched {
  readonly records: Set<RecordId>;
  /** Files that were written, moved or removed, and folders that were moved. */
  readonly places: Set<string>;
}

export function nothingTouched(): Touched {
  return { records: new Set(), places: new Set() };
}

/** To be called in the turn of a save, before it changes anything. */
export function touch(
  { records, places }: Touched,
  record: RecordId | undefined,
  place: string,
): void {
  if (record !== undefined) records.add(record);
  places.add(place);
}

/** True for a place that was touched, or that lies in a folder which was. */
export function isTouchedPlace({ places }: Touched, place: string): boolean {
  if (places.size === 0) return false;
  return places.has(place) || foldersAbove(place).some((folder) => places.has(folder));
}

/** True for a folder in which something was touched: it may be empty no more. */
export function isTouchedBelow({ places }: Touched, folder: string): boolean {
  return [...places].some((place) => place.startsWith(`${folder}/`));
}

/** True where what was found at a place, or is noted of a record, may be so no more. */
export function isTouched(touched: Touched, place: string, record: RecordId | undefined): boolean {
  if (record !== undefined && touched.records.has(record)) return true;
  return isTouchedPlace(touched, place);
}
