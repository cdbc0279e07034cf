/**
 * A disk that takes names for the same which differ in case or Unicode form alone, and keeps the
 * spelling that a name was given first, as those of macOS (both) and Windows (case) do. It works on
 * a disk that tells them apart.
 */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Disk } from '../../src/kinds/files/disk.ts';
import { isSamePath, type NameFolding } from '../../src/kinds/files/names.ts';
import { systemError } from './vault-bench.ts';

export const FOLDS_ALL: NameFolding = { case: true, form: true };

/** The path as it is spelled on the disk, as far as it is there. */
export function spelledPath(path: string, folding: NameFolding): string {
  // The folder of a test, and what is above it, is spelled as the test was given it.
  if (dirname(path) === tmpdir() || path === dirname(path)) return path;
  const folder = spelledPath(dirname(path), folding);
  const name = basename(path);
  const names = namesIn(folder);
  if (names.includes(name)) return join(folder, name);
  return join(folder, names.find((other) => isSamePath(other, name, folding)) ?? name);
}

/** Where a name goes that may be another spelling of what is there: its folder is, it is not. */
export function newPath(path: string, folding: NameFolding): string {
  return join(spelledPath(dirname(path), folding), basename(path));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

export function foldingDisk(disk: Disk, folding: NameFolding): Disk {
  const spelled = (path: string) => spelledPath(path, folding);
  const refuseTaken = async (path: string): Promise<string> => {
    const there = spelled(path);
    if ((await disk.stat(there)) !== undefined) throw systemError('EEXIST');
    return there;
  };
  return {
    ...disk,
    list: (folder) => disk.list(spelled(folder)),
    stat: (path) => disk.stat(spelled(path)),
    readFile: (path) => disk.readFile(spelled(path)),
    readPieces: (path, into) => disk.readPieces(spelled(path), into),
    async writeNew(path, pieces) {
      return disk.writeNew(await refuseTaken(path), pieces);
    },
    makeFolder: (path) => disk.makeFolder(spelled(path)),
    makePrivate: (folder) => disk.makePrivate(spelled(folder)),
    async rename(from, to, flush) {
      const isRespelled = spelled(from) === spelled(to);
      await disk.rename(spelled(from), isRespelled ? newPath(to, folding) : spelled(to), flush);
    },
    replace: (from, to, isExpected, flush) =>
      disk.replace(spelled(from), spelled(to), isExpected, flush),
    async link(from, to, flush) {
      await disk.link(spelled(from), await refuseTaken(to), flush);
    },
    readLink: (path) => disk.readLink(spelled(path)),
    async makeLink(target, path) {
      await disk.makeLink(target, await refuseTaken(path));
    },
    flushFolder: (folder) => disk.flushFolder(spelled(folder)),
    remove: (path) => disk.remove(spelled(path)),
    removeFolder: (path) => disk.removeFolder(spelled(path)),
    setMtime: (path, mtimeMs) => disk.setMtime(spelled(path), mtimeMs),
    setExecutable: (path, isExecutable, flush) =>
      disk.setExecutable(spelled(path), isExecutable, flush),
    watchFolder: (folder, onChange, signal) => disk.watchFolder(spelled(folder), onChange, signal),
  };
}
