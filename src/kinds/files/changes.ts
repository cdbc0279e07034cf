/** What a look at the folder means, measured against what is noted as shown (rule S6). Pure. */
import type { Shown } from '../../sync/kind.ts';
import type { IgnoreRules } from './ignore.ts';
import { foldersAbove } from './layout.ts';
import { type FoundAt, matchMoves, matchShifts } from './moves.ts';
import { isRacyMark, type Walk, type WalkedFile } from './walk.ts';

/** The mark of a folder record, which has no content: being there is all there is to note. */
export const FOLDER_MARK = 'folder';

export interface ScanPlan {
  /** How many noted files and folders are as they were. */
  readonly unchanged: number;
  /** Files to read: touched since they were noted, or new (`shown` undefined) at their place. */
  readonly toHash: readonly { readonly file: WalkedFile; readonly shown: Shown | undefined }[];
  /** Files found at a new place, unchanged by their mark: no need to read them. */
  readonly moved: readonly FoundAt[];
  /** Noted and gone: neither ignored nor where the walk could not look. Folder records too. */
  readonly missing: readonly Shown[];
  /** Empty folders at whose place nothing is noted. */
  readonly newFolders: readonly string[];
}

/**
 * Sorts what was walked and what is noted. `ignores` tells of the place of a file or folder
 * record whether the rules leave it out now; leaving out is no deletion.
 */
export function planScan(
  walk: Walk,
  shown: Iterable<Shown>,
  ignores: IgnoreRules['ignores'],
): ScanPlan {
  const unknown = new Set([...walk.unreadable, ...walk.leftOut].map(({ path }) => path));
  const notedPlaces = new Set<string>();
  const touched: FoundAt[] = [];
  const absent: Shown[] = [];
  let unchanged = 0;
  for (const row of shown) {
    notedPlaces.add(row.place);
    const file = walk.files.get(row.place);
    if (file !== undefined) {
      if (isUntouched(file, row)) unchanged += 1;
      else touched.push({ file, shown: row });
    } else if (isFolderRow(row) && walk.folders.has(row.place)) {
      unchanged += 1;
    } else if (!isUnder(row.place, unknown) && !ignores(row.place, isFolderRow(row))) {
      absent.push(row);
    }
  }
  const created: WalkedFile[] = [];
  for (const file of walk.files.values()) if (!notedPlaces.has(file.path)) created.push(file);
  const direct = matchMoves(absent, created);
  const shifts = matchShifts(touched, direct.missing, direct.rest);
  const shifted = new Set(shifts.map(({ shown: row }) => row));
  const arrived = new Set(shifts.map(({ file }) => file.path));
  const rest = direct.rest.filter(({ path }) => !arrived.has(path));
  return {
    unchanged,
    toHash: [
      ...touched.filter(({ shown: row }) => !shifted.has(row)),
      ...rest.map((file) => ({ file, shown: undefined })),
    ],
    moved: [...direct.moved, ...shifts],
    missing: direct.missing.filter((row) => !shifted.has(row)),
    newFolders: [...walk.emptyFolders].filter((path) => !notedPlaces.has(path)),
  };
}

/**
 * True where files may have moved while the folder was walked, which takes a while: from where the
 * walk had yet to come to where it had been, so that they are nowhere, or the other way round, so
 * that they are at both places. What the plan says is then to be asked of another walk.
 */
export function isOutrun(walk: Walk, { missing, toHash }: ScanPlan): boolean {
  if (missing.length > 0) return true;
  const created = toHash.flatMap(({ file, shown }) => (shown === undefined ? [file] : []));
  const inodes = new Set(created.map(({ inode }) => inode).filter((inode) => inode !== 0n));
  if (inodes.size === 0) return false;
  const places = new Set(created.map(({ path }) => path));
  return walk.files.values().some(({ path, inode }) => inodes.has(inode) && !places.has(path));
}

function isFolderRow(row: Shown): boolean {
  return row.mark === FOLDER_MARK;
}

function isUntouched(file: WalkedFile, row: Shown): boolean {
  return file.mark === row.mark && !isRacyMark(row.mark);
}

/** True if the place, or a folder above it, is in the set; '' there stands for everything. */
function isUnder(place: string, folders: ReadonlySet<string>): boolean {
  if (folders.size === 0) return false;
  if (folders.has('') || folders.has(place)) return true;
  return foldersAbove(place).some((folder) => folders.has(folder));
}

export interface FoundFile {
  readonly file: WalkedFile;
  readonly hash: string;
}

export interface RenamePlan {
  readonly renamed: readonly (FoundFile & { readonly shown: Shown })[];
  /** What is gone for good, and what is new, after the renames. */
  readonly missing: readonly Shown[];
  readonly created: readonly FoundFile[];
}

/** How many of the folder moves that were seen are tried on files that could be several. */
const MOVES_TRIED = 16;

/** Renames as they are being found. Free rows and files are in path order. */
interface Pairing {
  readonly rows: Set<Shown>;
  readonly found: Set<FoundFile>;
  readonly renamed: (FoundFile & { readonly shown: Shown })[];
}

/**
 * Recognises renames: a missing and a new file of equal content are the same file. Where several
 * are equal, these rules decide, each before the next: the same base name, the same folder, the
 * folder move that most other pairs agree on, path order. Empty files are all equal, so for
 * them a base name has to agree. Every row and every file is used once.
 */
export function matchRenames(missing: readonly Shown[], found: readonly FoundFile[]): RenamePlan {
  const hashes = new Set(found.map(({ hash }) => hash));
  const rows = missing.filter((row) => row.hash !== '' && hashes.has(row.hash));
  const pairing: Pairing = {
    rows: new Set(rows.sort((a, b) => inPathOrder(a.place, b.place))),
    found: new Set([...found].sort((a, b) => inPathOrder(a.file.path, b.file.path))),
    renamed: [],
  };
  const byName: Key = (hash, path) => keyOf(hash, baseOf(path));
  const byParent: Key = (hash, path) => keyOf(hash, parentOf(path));
  const byContent: Key = (hash) => hash;
  pairUp(pairing, byName, byName, { onlyUnique: true });
  for (const move of movesOf(pairing)) pairUp(pairing, movedKey(move, wholeOf), keyOf);
  pairUp(pairing, byName, byName);
  for (const item of found) if (item.file.sizeBytes === 0) pairing.found.delete(item);
  pairUp(pairing, byParent, byParent);
  for (const move of movesOf(pairing)) pairUp(pairing, movedKey(move, parentOf), byParent);
  pairUp(pairing, byContent, byContent);
  const paired = new Set(pairing.renamed.map(({ shown }) => shown));
  const pairedPaths = new Set(pairing.renamed.map(({ file }) => file.path));
  return {
    renamed: pairing.renamed,
    missing: missing.filter((row) => !paired.has(row)),
    created: found.filter(({ file }) => !pairedPaths.has(file.path)),
  };
}

/** What a row and a file have to have in common; undefined for what is not in question. */
type Key = (hash: string, path: string) => string | undefined;

/** Pairs free rows with free files of equal key, in path order. */
function pairUp(
  pairing: Pairing,
  rowKey: Key,
  foundKey: Key,
  options: { readonly onlyUnique?: boolean } = {},
): void {
  if (pairing.rows.size === 0 || pairing.found.size === 0) return;
  const rowsByKey = Map.groupBy(pairing.rows, (row) => rowKey(row.hash, row.place));
  const foundByKey = Map.groupBy(pairing.found, ({ hash, file }) => foundKey(hash, file.path));
  for (const [key, rows] of rowsByKey) {
    const candidates = key === undefined ? undefined : foundByKey.get(key);
    if (candidates === undefined) continue;
    if (options.onlyUnique === true && (rows.length > 1 || candidates.length > 1)) continue;
    for (const [index, shown] of rows.entries()) {
      const candidate = candidates[index];
      if (candidate === undefined) break;
      pairing.renamed.push({ ...candidate, shown });
      pairing.rows.delete(shown);
      pairing.found.delete(candidate);
    }
  }
}

interface FolderMove {
  readonly from: string;
  readonly to: string;
}

/** The folder moves that the pairs so far stand for, the one most agree on first. */
function movesOf(pairing: Pairing): readonly FolderMove[] {
  if (pairing.rows.size === 0) return [];
  const votes = new Map<string, { readonly move: FolderMove; count: number }>();
  for (const { shown, file } of pairing.renamed) {
    const move = moveBetween(shown.place, file.path);
    if (move === undefined) continue;
    const key = `${move.from}\0${move.to}`;
    const vote = votes.get(key) ?? { move, count: 0 };
    vote.count += 1;
    votes.set(key, vote);
  }
  const sorted = [...votes.values()].sort(
    (a, b) => b.count - a.count || inPathOrder(a.move.from, b.move.from),
  );
  return sorted.slice(0, MOVES_TRIED).map(({ move }) => move);
}

/**
 * What moved when `from` became `to`: the folders left once the equal ends are cut off, so that
 * `a/x/1.md` to `b/x/1.md` says that `a` became `b`. Undefined where the base name changed.
 */
function moveBetween(from: string, to: string): FolderMove | undefined {
  const left = from.split('/');
  const right = to.split('/');
  if (left.at(-1) !== right.at(-1)) return undefined;
  while (left.length > 0 && right.length > 0 && left.at(-1) === right.at(-1)) {
    left.pop();
    right.pop();
  }
  return { from: left.join('/'), to: right.join('/') };
}

/** The key of a row as it would be if its folder made the move; undefined for rows elsewhere. */
function movedKey(move: FolderMove, part: (path: string) => string): Key {
  return (hash, path) => {
    if (move.from !== '' && !path.startsWith(`${move.from}/`)) return undefined;
    const rest = move.from === '' ? path : path.slice(move.from.length + 1);
    return keyOf(hash, part(move.to === '' ? rest : `${move.to}/${rest}`));
  };
}

function keyOf(hash: string, part: string): string {
  return `${hash} ${part}`;
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function wholeOf(path: string): string {
  return path;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function inPathOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
