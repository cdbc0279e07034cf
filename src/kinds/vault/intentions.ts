/**
 * What `putOut` is about to do, noted before it touches the folder. After a crash it tells an empty
 * folder of ours from one that a person made, and a file that was moved or placed from a new one.
 */
import type { CollectionPort, RecordId } from '../../sync/kind.ts';

export interface Intentions {
  /** Folders that files are put into or taken from. */
  readonly folders: readonly string[];
  /** Where files are put, and of which records. */
  readonly places: readonly (readonly [place: string, record: RecordId])[];
}

const NOTE = 'intentions';
const NONE: Intentions = { folders: [], places: [] };

export function noteIntentions(port: CollectionPort, intentions: Intentions): void {
  port.setNote(NOTE, JSON.stringify(intentions));
}

/** What was under way when work was cut off; nothing where it ended in order. */
export function readIntentions(port: CollectionPort): Intentions {
  const text = port.note(NOTE);
  return text === undefined || text === '' ? NONE : JSON.parse(text);
}

export function clearIntentions(port: CollectionPort): void {
  if ((port.note(NOTE) ?? '') !== '') port.setNote(NOTE, '');
}
