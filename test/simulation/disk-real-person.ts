/** A person at the real disk, as `Person` tells of one at a simulated disk. */
import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { SATCHEL_FOLDER } from '../../src/kinds/files/names.ts';
import type { Person } from './disk-person.ts';

export function realPerson(): Omit<Person, 'stat' | 'sync'> {
  const write: Person['write'] = (path, content, mtimeMs) => {
    writeFileSync(path, content);
    if (mtimeMs !== undefined) setMtime(path, mtimeMs);
  };
  return {
    write,
    append: (path, content) => appendFileSync(path, content),
    save(path, content, mtimeMs) {
      const draft = join(dirname(path), `.${basename(path)}.draft`);
      try {
        write(draft, content, mtimeMs);
        renameSync(draft, path);
      } catch (error) {
        rmSync(draft, { force: true });
        throw error;
      }
    },
    read: (path) => new Uint8Array(readFileSync(path)),
    move: (from, to) => renameSync(from, to),
    remove: (path) => rmSync(path, { recursive: true }),
    makeFolder: (path) => void mkdirSync(path, { recursive: true }),
    hardLink: (from, to) => linkSync(from, to),
    symlink: (target, path) => symlinkSync(target, path),
    setMtime,
    setExecutable: (path, isExecutable) => chmodSync(path, isExecutable ? 0o755 : 0o644),
    exists: (path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined,
    hasOtherNames: (path) => lstatSync(path).nlink > 1,
    tree: textsBelow,
  };
}

/** Half a microsecond more, as seconds travel as a binary fraction. */
function setMtime(path: string, mtimeMs: number): void {
  const seconds = (mtimeMs + 0.0005) / 1000;
  lutimesSync(path, seconds, seconds);
}

function textsBelow(root: string): Record<string, string> {
  const texts: [string, string][] = [];
  // Not the recursion that Node offers, which follows symbolic links to folders.
  const look = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const place = relative(root, path);
      if (place === SATCHEL_FOLDER) continue;
      if (entry.isSymbolicLink()) texts.push([place, `-> ${readlinkSync(path)}`]);
      else if (entry.isFile()) texts.push([place, readFileSync(path, 'utf8')]);
      else {
        texts.push([`${place}/`, '']);
        look(path);
      }
    }
  };
  if (existsSync(root)) look(root);
  return Object.fromEntries(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
}
