/** Taking in one file that was found in the folder (rules S5 and S6). */

import { utf8 } from '../../base/bytes.ts';
import type { Trouble } from '../../sync/kind.ts';
import { readStable } from '../files/hash-file.ts';
import { pathOf } from '../files/layout.ts';
import { hashOfTarget } from '../files/noted.ts';
import type { WalkedFile } from '../files/walk.ts';
import {
  type EditBatch,
  editOfFound,
  editOfNew,
  type FoundAgain,
  isOnlyTouched,
  type ReadFile,
} from './edits.ts';
import { recordUnderSuffix } from './projection.ts';
import { placedUnfinished } from './unfinished.ts';
import type { Vault } from './workings.ts';

/** Taking in under way. */
export interface TakeIn {
  readonly vault: Vault;
  readonly batch: EditBatch;
  /** Told of what could not be read. */
  readonly skipped: Trouble[];
  /** True for a record whose view was not on the device when this began. */
  wasStale(record: string): boolean;
}

/** Undefined where it went away, or could not be read: that is told, and tried again. */
export async function readOne(
  { vault, skipped }: Pick<TakeIn, 'vault' | 'skipped'>,
  file: WalkedFile,
): Promise<ReadFile | undefined> {
  if (file.target !== undefined) return readLink(file, file.target);
  const { disk, port, root } = vault;
  const outcome = await readStable(disk, pathOf(root, file.path), file, {
    now: () => port.now(),
    sleep: (delayMs) => port.sleep(delayMs),
  });
  if ('hash' in outcome) return outcome;
  if ('changing' in outcome) {
    skipped.push({ path: file.path, error: 'it is being written; it is taken in when it rests' });
  } else if ('unreadable' in outcome) {
    skipped.push({ path: file.path, error: outcome.unreadable });
  }
  return undefined;
}

/** A link is never written to: another target is another link. What the walk read is all of it. */
export function readLink(file: WalkedFile, target: string): ReadFile {
  return { file, hash: hashOfTarget(target), bytes: utf8(target) };
}

export function takeInFound({ vault, batch, wasStale }: TakeIn, found: FoundAgain): void {
  const { port } = vault;
  const { shown, file } = found;
  if (isOnlyTouched(found) && wasStale(shown.record)) {
    // What is to come for the record is not on the device yet: this must not count as a choice.
    placedUnfinished(port, { ...shown, mark: file.mark });
    return;
  }
  batch.add(editOfFound(port.view(shown.record), found));
}

export function takeInNew({ vault, batch }: TakeIn, read: ReadFile): void {
  const { port } = vault;
  const { file, hash } = read;
  const record = recordFor(
    batch,
    () => recordUnderSuffix(port, file.path, 'file') ?? port.recordFor({ path: file.path }),
  );
  const view = port.view(record);
  const isOther = view?.live === true && view.content?.hash !== hash;
  const versions = isOther ? port.oldCopiesOf(record, hash) : [];
  if (versions.length === 0) {
    batch.add(editOfNew(record, view, read));
    return;
  }
  // An older state, as on a device that had a copy of the folder: what followed will be put out.
  placedUnfinished(port, { record, place: file.path, mark: file.mark, hash, versions });
}

/** While edits wait, the port may give the same record to two files that it could belong to. */
export function recordFor(batch: EditBatch, ask: () => string): string {
  const record = ask();
  if (!batch.has(record)) return record;
  batch.flush();
  return ask();
}
