/** Folders made of the paths of records: what is in one, found again, counted and in pages. Pure. */
import { compareText, type TreeNode } from './tree-nodes.ts';

/** A line of a folder's list. */
export interface TreeLine {
  /** From the top of the collection. */
  readonly path: string;
  readonly kind: TreeNode['kind'];
  /** Content bytes; of a folder, of all in it. */
  readonly size: number;
  /** Of a folder, the files and links in it; else 1. */
  readonly files: number;
  /** Of the newest save in it. */
  readonly timeMs: number;
  /** The id of the device of that save. */
  readonly device: string;
  /** Of a folder: that nothing is left in it. */
  readonly isGone: boolean;
  /** The one shown, or the last with content; null for a folder. */
  readonly version: string | null;
}

export interface ListOptions {
  /** Also what was deleted. */
  readonly deleted: boolean;
  /** Part of a path, in any case: lists every file below the folder that has it. */
  readonly search?: string | undefined;
}

/**
 * What is in a folder, folders first, each by name; or every file below it that is searched for, by
 * path.
 * @param nodes sorted by path. They are walked once, from the first one in the folder.
 * @param folder empty for the top.
 */
export function listFolder(
  nodes: readonly TreeNode[],
  folder: string,
  { deleted, search }: ListOptions,
): TreeLine[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  const word = search?.toLowerCase() ?? '';
  const lines = new Map<string, TreeLine>();
  const files: TreeLine[] = [];
  const live = new Set<string>();
  for (let at = firstFrom(nodes, prefix); at < nodes.length; at += 1) {
    const node = nodes[at];
    if (node === undefined || !node.path.startsWith(prefix)) break;
    if (node.isGone && !deleted) continue;
    const line = lineOf(node);
    if (word !== '') {
      if (node.kind !== 'folder' && node.path.toLowerCase().includes(word)) files.push(line);
    } else {
      const slashAt = node.path.indexOf('/', prefix.length);
      const inFolder = slashAt < 0 ? undefined : node.path.slice(0, slashAt);
      if (inFolder === undefined && node.kind !== 'folder') files.push(line);
      else addToFolder(lines, inFolder ?? node.path, line);
    }
    if (!node.isGone && node.kind !== 'folder') live.add(node.path);
  }
  // A path that something else has by now leads to that: it tells of what was there before, too.
  const told = files.filter(({ path, isGone }) => !isGone || !live.has(path));
  return inOrder([...lines.values(), ...told]);
}

function lineOf({ path, kind, size, timeMs, device, isGone, version }: TreeNode): TreeLine {
  const own =
    kind === 'folder' ? ({ files: 0, version: null } as const) : ({ files: 1, version } as const);
  return { path, kind, size, timeMs, device, isGone, ...own };
}

/** The first of the sorted nodes whose path does not come before. */
function firstFrom(nodes: readonly TreeNode[], path: string): number {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((nodes[middle]?.path ?? '') < path) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What was deleted counts in a folder as long as that is all there was. */
function addToFolder(lines: Map<string, TreeLine>, path: string, line: TreeLine): void {
  const folder = lines.get(path);
  if (folder === undefined || (folder.isGone && !line.isGone)) {
    lines.set(path, { ...line, path, kind: 'folder', version: null });
  } else if (folder.isGone === line.isGone) {
    const newest = line.timeMs > folder.timeMs ? line : folder;
    lines.set(path, {
      ...folder,
      size: folder.size + line.size,
      files: folder.files + line.files,
      timeMs: newest.timeMs,
      device: newest.device,
    });
  }
}

/** Where a line stands among others: folders before files, names in any case. */
interface Place {
  readonly rank: number;
  readonly name: string;
  readonly path: string;
}

function placeOf({ kind, path }: Pick<TreeLine, 'kind' | 'path'>): Place {
  return { rank: kind === 'folder' ? 0 : 1, name: path.toLowerCase(), path };
}

function comparePlaces(a: Place, b: Place): number {
  return a.rank - b.rank || compareText(a.name, b.name) || compareText(a.path, b.path);
}

function inOrder(lines: readonly TreeLine[]): TreeLine[] {
  return lines
    .map((line) => ({ line, place: placeOf(line) }))
    .sort((a, b) => comparePlaces(a.place, b.place))
    .map(({ line }) => line);
}

export interface TreePage {
  readonly lines: readonly TreeLine[];
  /** Pass it as `after` for more; null where that is all. */
  readonly next: string | null;
  readonly total: number;
}

/**
 * A page of a list.
 * @param after the cursor of the page before: the list may have changed since, it goes on behind
 *   the place where that page ended.
 */
export function pageOf(
  lines: readonly TreeLine[],
  after: string | undefined,
  limit: number,
): TreePage {
  const from = after === undefined ? 0 : firstBehind(lines, after);
  const page = lines.slice(from, from + limit);
  const end = page.at(-1);
  const isAll = end === undefined || from + page.length >= lines.length;
  return { lines: page, next: isAll ? null : cursorOf(end), total: lines.length };
}

function cursorOf({ kind, path }: TreeLine): string {
  return `${kind === 'folder' ? 'd' : 'f'}${path}`;
}

function firstBehind(lines: readonly TreeLine[], cursor: string): number {
  const kind = cursor.startsWith('d') ? 'folder' : 'file';
  const place = placeOf({ kind, path: cursor.slice(1) });
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const line = lines[middle];
    if (line !== undefined && comparePlaces(placeOf(line), place) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
