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
  /** True where the work has ended, and the folders are those that could not be removed then. */
  readonly isOver?: boolean;
  /** Records whose files wait in `.satchel/tmp`, where the work has ended without them. */
  readonly waiting?: readonly RecordId[];
}

const NOTE = 'intentions';
const NONE: Intentions = { folders: [], places: [] };

/**
 * Durable, with all that they follow from: after a power cut the folder must not be ahead of the
 * replica, where a file that was moved for somebody else would look like one that a person moved.
 */
export function noteIntentions(port: CollectionPort, intentions: Intentions): void {
  port.setDurableNote(NOTE, JSON.stringify(intentions));
}

/** What was under way when work was cut off; nothing where it ended in order. */
export function readIntentions(port: CollectionPort): Intentions {
  const text = port.note(NOTE);
  return text === undefined || text === '' ? NONE : JSON.parse(text);
}

/** False where all that was ever begun has ended, and been noted. */
export function isAtWork(port: CollectionPort): boolean {
  const intentions = readIntentions(port);
  return intentions !== NONE && intentions.isOver !== true;
}

/**
 * Notes that the work has ended, but for empty folders that cannot be removed now, and for files that
 * could not be brought back: those are not what an ended move left.
 */
export function endIntentions(
  port: CollectionPort,
  folders: readonly string[],
  waiting: readonly RecordId[],
): void {
  const left: Intentions = { folders, places: [], isOver: true, waiting };
  const text = folders.length + waiting.length === 0 ? '' : JSON.stringify(left);
  if (text !== (port.note(NOTE) ?? '')) port.setNote(NOTE, text);
}
