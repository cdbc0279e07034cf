/**
 * What lies outside the chosen subfolders. Nothing is noted of it, so that its absence is never a
 * deletion; a file that a person moves out there is followed once, as a rename.
 */
import type { Shown } from '../../sync/kind.ts';
import { FOLDER_MARK, matchRenames } from '../files/changes.ts';
import { matchMoves } from '../files/moves.ts';
import { foldName } from '../files/names.ts';
import { sizeInMark } from '../files/noted.ts';
import { outsideOf } from '../files/selection.ts';
import { type WalkedFile, walkFolder } from '../files/walk.ts';
import type { FoundAgain, ReadFile } from './edits.ts';
import { keepStale } from './unfinished.ts';
import { loadRules, type Vault } from './workings.ts';

/** Yields what is noted inside the chosen subfolders; the rest goes to `outside`. */
export function* notedInside(
  { port, selection }: Vault,
  outside: Shown[],
): Generator<Shown, void, undefined> {
  for (const row of port.shownAll()) {
    if (selection.includes(row.place)) yield row;
    else outside.push(row);
  }
}

/**
 * Forgets that files are here which are carried no longer; they stay where they are. Should their
 * records come back into the selection, they are matched like those of any folder that is attached.
 */
export function forgetOutside({ port }: Vault, rows: readonly Shown[]): void {
  if (rows.length === 0) return;
  const records = rows.map(({ record }) => record);
  keepStale(port, records, () => {
    for (const record of records) port.removed(record);
  });
}

/**
 * Looks for missing files outside the chosen subfolders: by inode, else by content under a name
 * that no record has. What is found there was moved, and what is not was deleted.
 * @param read undefined for a file that cannot be read now.
 */
export async function findMovedOut(
  vault: Vault,
  missing: readonly Shown[],
  read: (file: WalkedFile) => Promise<ReadFile | undefined>,
): Promise<{ readonly movedOut: readonly FoundAgain[]; readonly missing: readonly Shown[] }> {
  const { disk, port, root, selection } = vault;
  const isNeeded =
    selection.chosen !== undefined && missing.some(({ mark }) => mark !== FOLDER_MARK);
  if (!isNeeded) return { movedOut: [], missing };
  const rules = await loadRules(vault);
  const walk = await walkFolder(disk, root, rules, {
    nowMs: port.now(),
    selection: outsideOf(selection),
  });
  const { moved, missing: absent, rest } = matchMoves(missing, [...walk.files.values()]);
  const movedOut: FoundAgain[] = moved.map(({ file, shown }) => ({
    file,
    shown,
    hash: shown.hash,
  }));
  const sizes = new Set(absent.map(({ mark }) => sizeInMark(mark)));
  const found: ReadFile[] = [];
  for (const file of rest) {
    const isCandidate =
      sizes.has(String(file.sizeBytes)) && port.claimants(foldName(file.path)).length === 0;
    const outcome = isCandidate ? await read(file) : undefined;
    if (outcome !== undefined) found.push(outcome);
  }
  const renames = matchRenames(absent, found);
  return { movedOut: [...movedOut, ...renames.renamed], missing: renames.missing };
}
