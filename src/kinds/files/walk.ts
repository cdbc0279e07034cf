/** One look at a whole folder: what is there, by name and state. No file is opened. */
import { join } from 'node:path';
import { systemCode } from '../../base/errors.ts';
import type { Disk, DiskEntry, DiskStat } from './disk.ts';
import { diskErrorWords } from './disk-errors.ts';
import type { IgnoreRules } from './ignore.ts';
import { pathOf } from './layout.ts';
import { readTarget } from './links.ts';
import { unsafePathReason } from './names.ts';
import { OUTSIDE_WORDS, type Selection, WHOLE } from './selection.ts';

/** A file, or a symbolic link that stays inside the root. */
export interface WalkedFile extends DiskStat {
  /** Relative to the root, with `/`. */
  readonly path: string;
  /** What `Shown.mark` is compared with: equal marks mean untouched since. See `markOf`. */
  readonly mark: string;
  /** What is carried of a symbolic link: its target, which is its content. See links.ts. */
  readonly target?: string;
}

export interface WalkTrouble {
  readonly path: string;
  /** What is wrong, in words. */
  readonly error: string;
}

export interface Walk {
  readonly files: ReadonlyMap<string, WalkedFile>;
  /** All carried folders below the root, relative with `/`. */
  readonly folders: ReadonlySet<string>;
  /** Those of them with nothing inside, not even what is ignored or left out. */
  readonly emptyFolders: ReadonlySet<string>;
  /** Folders whose content is unknown, '' for the root: everything below counts as present. */
  readonly unreadable: readonly WalkTrouble[];
  /**
   * What is there and is not carried: what was not chosen, symlinks that lead out, pipes, sockets, names that are
   * unsafe on other devices. They are told and never followed. What is noted at or below such a
   * place counts as present, too: a folder that a person moved away and linked to is not deleted
   * elsewhere.
   */
  readonly leftOut: readonly WalkTrouble[];
}

export interface WalkOptions {
  /**
   * Wall-clock time at the start of the scan, milliseconds since the Unix epoch. Given it, files
   * changed around that time get a racy mark, so that the next scan reads them again.
   */
  readonly nowMs?: number;
  /**
   * True for a place noted as shown, or a folder above one. Some disks (HFS+, some network
   * shares) list a name in another Unicode normalisation than it was given; with this, a file is
   * found under the name it is noted by instead of looking renamed.
   */
  readonly isKnownPlace?: (path: string) => boolean;
  /** What is to be looked at; the rest is left out. The whole by default. */
  readonly selection?: Selection;
}

const RECENT_MS = 2_000;
/** More than a clock is wrong by chance: such a time was set on purpose, and writing ends it. */
const AHEAD_MS = 24 * 60 * 60 * 1000;
const RACY = '?';

/**
 * The fingerprint of a file's state: `size-mtimeNs-inode-` and `x` for an executable file, `l` for
 * a symbolic link, `n` for any other file. A racy one ends in `?`: the file
 * could have been changed again within the same tick of the disk's clock, so its mark proves
 * nothing and no mark equals it (Git's index calls the trap "racily clean").
 */
export function markOf(stat: DiskStat, options: { readonly isRacy?: boolean } = {}): string {
  const nature = stat.kind === 'symlink' ? 'l' : stat.isExecutable ? 'x' : 'n';
  const mark = `${stat.sizeBytes}-${stat.mtimeNs}-${stat.inode}-${nature}`;
  return options.isRacy === true ? mark + RACY : mark;
}

/** The mark of a file of which only the content tells whether it is as noted. */
export function racyMark(mark: string): string {
  return isRacyMark(mark) ? mark : mark + RACY;
}

/**
 * What of a mark stays when a file is moved, and its mode or its time is set: size and inode. Undefined
 * on a disk without inodes, and for a folder record.
 */
export function lastingPart(mark: string): string | undefined {
  const [, size, inode = '0'] = /^(\d+)-.*-(\d+)-[a-z]\??$/.exec(mark) ?? [];
  return inode === '0' ? undefined : `${size}-${inode}`;
}

export function isRacyMark(mark: string): boolean {
  return mark.endsWith(RACY);
}

/**
 * True if the file was changed within 2 s, the coarsest tick in use (FAT), before `nowMs`, or
 * after it by up to a day, as by the clock of another machine that serves the disk.
 */
export function isRecent(stat: DiskStat, nowMs: number): boolean {
  const mtimeMs = Number(stat.mtimeNs / 1_000_000n);
  return mtimeMs >= nowMs - RECENT_MS && mtimeMs <= nowMs + AHEAD_MS;
}

/** The state as a walked file, with its mark as of `nowMs`. */
export function walkedFile(path: string, stat: DiskStat, nowMs: number | undefined): WalkedFile {
  const { kind, sizeBytes, mtimeNs, inode, isExecutable } = stat;
  const mark = markOf(stat, { isRacy: nowMs !== undefined && isRecent(stat, nowMs) });
  return { path, kind, sizeBytes, mtimeNs, inode, isExecutable, mark };
}

/** Where and how to look. */
interface Look {
  readonly disk: Disk;
  readonly root: string;
  readonly rules: IgnoreRules;
  readonly isKnownPlace: ((path: string) => boolean) | undefined;
  readonly selection: Selection;
  readonly nowMs: number | undefined;
}

/** The walk under way. */
interface Findings {
  readonly files: Map<string, WalkedFile>;
  readonly folders: Set<string>;
  readonly emptyFolders: Set<string>;
  readonly unreadable: WalkTrouble[];
  readonly leftOut: WalkTrouble[];
}

/**
 * Walks everything below `root`, an absolute path. Never throws for what is on the disk: what
 * cannot be looked at is `unreadable`, the root itself included, so that a disk that goes away
 * half-way is never taken for an empty one (rule S8).
 */
export async function walkFolder(
  disk: Disk,
  root: string,
  rules: IgnoreRules,
  options: WalkOptions = {},
): Promise<Walk> {
  const findings: Findings = {
    files: new Map(),
    folders: new Set(),
    emptyFolders: new Set(),
    unreadable: [],
    leftOut: [],
  };
  const { isKnownPlace, nowMs, selection = WHOLE } = options;
  const look: Look = { disk, root, rules, isKnownPlace, nowMs, selection };
  const rootBefore = await inodeOf(disk, root);
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const below of await walkOne(look, folder, findings)) {
      waiting.push(below);
    }
  }
  if (rootBefore === undefined || (await inodeOf(disk, root)) !== rootBefore) {
    findings.unreadable.push({ path: '', error: 'the folder went away while it was looked at' });
  }
  return findings;
}

async function inodeOf(disk: Disk, path: string): Promise<bigint | undefined> {
  try {
    return (await disk.stat(path))?.inode;
  } catch {
    return undefined;
  }
}

/** Looks at the entries of one folder; returns the folders among them that are to be walked. */
async function walkOne(look: Look, folder: string, findings: Findings): Promise<readonly string[]> {
  let entries: readonly DiskEntry[];
  try {
    entries = await look.disk.list(join(look.root, folder));
  } catch (error) {
    findings.unreadable.push({ path: folder, error: diskErrorWords(error) });
    return [];
  }
  const below: string[] = [];
  for (const entry of entries) {
    const path = await foundPath(look, folder, entry, entries);
    if (look.rules.ignores(path, entry.kind === 'folder')) continue;
    if (!look.selection.includes(path)) {
      if (entry.kind === 'folder' && look.selection.leadsTo(path)) below.push(path);
      else findings.leftOut.push({ path, error: OUTSIDE_WORDS });
      continue;
    }
    const reason = reasonToLeaveOut(path, entry);
    if (reason !== undefined) {
      findings.leftOut.push({ path, error: reason });
    } else if (entry.kind === 'folder') {
      findings.folders.add(path);
      below.push(path);
    } else if (entry.kind === 'symlink') {
      await walkLink(look, path, entry, findings);
    } else {
      findings.files.set(path, walkedFile(path, entry, look.nowMs));
    }
  }
  if (entries.length === 0 && findings.folders.has(folder)) findings.emptyFolders.add(folder);
  return below;
}

/** Its state was taken first: a link that was replaced in between looks touched to the next walk. */
async function walkLink(
  look: Look,
  path: string,
  entry: DiskEntry,
  findings: Findings,
): Promise<void> {
  try {
    const found = await readTarget(look.disk, look.root, path, pathOf(look.root, path));
    if (found.kind === 'outside') {
      findings.leftOut.push({ path, error: `it is a symbolic link: its target ${found.reason}` });
    } else {
      findings.files.set(path, { ...walkedFile(path, entry, look.nowMs), target: found.text });
    }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    findings.unreadable.push({ path, error: diskErrorWords(error) });
  }
}

/**
 * The path an entry is carried by: as the disk has it, or as it is noted. See `isKnownPlace`.
 * @param siblings all entries of the folder.
 */
export async function foundPath(
  look: Pick<Look, 'disk' | 'root' | 'isKnownPlace'>,
  folder: string,
  entry: DiskEntry,
  siblings: readonly DiskEntry[],
): Promise<string> {
  const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
  const composed = entry.name.normalize('NFC');
  if (composed === entry.name || look.isKnownPlace === undefined) return path;
  const known = folder === '' ? composed : `${folder}/${composed}`;
  if (!look.isKnownPlace(known)) return path;
  // Both spellings are names of their own: the file has two.
  if (siblings.some(({ name }) => name === composed)) return path;
  // Only where both spellings lead to the same thing does the disk make no difference.
  return (await inodeOf(look.disk, join(look.root, known))) === entry.inode ? known : path;
}

function reasonToLeaveOut(path: string, entry: DiskEntry): string | undefined {
  const reason = unsafePathReason(path);
  if (reason !== undefined) return `the name ${reason}`;
  switch (entry.kind) {
    case 'file':
    case 'folder':
    case 'symlink':
      return undefined;
    case 'other':
      return entry.name.includes('\uFFFD')
        ? 'the name is not valid UTF-8'
        : 'it is neither a file nor a folder';
  }
}
