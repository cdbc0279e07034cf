/** What a person, an editor or another program does to a simulated disk: at once, with no gate. */
import { basename, dirname, join } from 'node:path';
import { utf8 } from '../../src/base/bytes.ts';
import { systemCode } from '../../src/base/errors.ts';
import type { DiskStat } from '../../src/kinds/files/disk.ts';
import { SATCHEL_FOLDER } from '../../src/kinds/files/names.ts';
import { diskError, type FileNode, type FolderNode, statOf } from './disk-nodes.ts';
import type { DiskTree } from './disk-tree.ts';

/** All throw system errors as Node does. Nothing of it is durable before half a minute has passed. */
export interface Person {
  /**
   * Writes in place, as most programs do: the file keeps its inode and its other names, and a
   * symbolic link leads to the file that is written. A full disk leaves the beginning (ENOSPC).
   * @param mtimeMs milliseconds since the Unix epoch; now by default.
   */
  write(path: string, content: string | Uint8Array, mtimeMs?: number): void;
  /** Writes to the end of a file. */
  append(path: string, content: string | Uint8Array): void;
  /** Saves as careful editors do: a new file, which then takes the name of the old one. */
  save(path: string, content: string | Uint8Array, mtimeMs?: number): void;
  /** Follows symbolic links. The bytes are the disk's own: whoever writes to them breaks it. */
  read(path: string): Uint8Array;
  move(from: string, to: string): void;
  /** Removes a file, a link, or a folder with all that it holds. */
  remove(path: string): void;
  /** Makes the folder and those above it; fine where it is. */
  makeFolder(path: string): void;
  hardLink(from: string, to: string): void;
  symlink(target: string, path: string): void;
  setMtime(path: string, mtimeMs: number): void;
  setExecutable(path: string, isExecutable: boolean): void;
  /** True also for a symbolic link that leads nowhere. */
  exists(path: string): boolean;
  /** True for a file that has another name as well. */
  hasOtherNames(path: string): boolean;
  /** Symbolic links are not followed; undefined where nothing is. */
  stat(path: string): DiskStat | undefined;
  /**
   * Everything below a folder but `.satchel` right in it, by relative path in order: files with
   * their text, links as `-> target`, folders as `name/` with ''. Empty where no folder is.
   */
  tree(root: string): Record<string, string>;
  /** Makes everything durable that was done on this disk, as `sync` does. */
  sync(): void;
}

export function personAt(tree: DiskTree): Person {
  return {
    write(path, content, mtimeMs) {
      tree.write(openForWriting(tree, path), bytesOf(content), path, mtimeMs);
    },
    append(path, content) {
      const file = openForWriting(tree, path);
      tree.write(file, Buffer.concat([file.bytes, bytesOf(content)]), path);
    },
    save(path, content, mtimeMs) {
      const draft = join(dirname(path), `.${basename(path)}.draft`);
      const file = tree.createFile(draft);
      try {
        tree.write(file, bytesOf(content), draft, mtimeMs);
        tree.rename(draft, path);
      } catch (error) {
        tree.unlink(draft);
        throw error;
      }
    },
    read: (path) => fileAt(tree, path).bytes,
    move: (from, to) => tree.rename(from, to),
    remove: (path) => removeAll(tree, path),
    makeFolder: (path) => makeFolders(tree, path),
    hardLink: (from, to) => tree.link(from, to),
    symlink: (target, path) => tree.createLink(target, path),
    setMtime: (path, mtimeMs) => tree.setMtime(path, mtimeMs),
    setExecutable: (path, isExecutable) => tree.setExecutable(path, isExecutable),
    exists: (path) => statAt(tree, path) !== undefined,
    hasOtherNames: (path) => fileAt(tree, path).links > 1,
    stat: (path) => statAt(tree, path),
    tree: (root) => textsBelow(tree, root),
    sync: () => tree.journal.flushAll(),
  };
}

/** What has the name; undefined where nothing is, or no folder above it. */
export function statAt(tree: DiskTree, path: string): DiskStat | undefined {
  try {
    const node = tree.spot(path, 'lstat').entry?.node;
    return node === undefined ? undefined : statOf(node);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

/**
 * Makes a folder and those above it.
 * @returns the topmost that was made; undefined where all were there.
 */
export function makeFolders(tree: DiskTree, path: string): string | undefined {
  const missing: string[] = [];
  for (let at = path; kindFollowed(tree, at) !== 'folder'; at = dirname(at)) {
    if (kindFollowed(tree, at) !== undefined) {
      throw diskError(at === path ? 'EEXIST' : 'ENOTDIR', 'mkdir', path);
    }
    if (statAt(tree, at) !== undefined) {
      // A symbolic link that leads nowhere.
      throw diskError(at === path ? 'ENOENT' : 'ENOTDIR', 'mkdir', path);
    }
    missing.push(at);
  }
  for (const folder of missing.toReversed()) tree.createFolder(folder);
  return missing.at(-1);
}

function kindFollowed(tree: DiskTree, path: string): DiskStat['kind'] | undefined {
  try {
    return tree.spot(path, 'mkdir', true).entry?.node.kind;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function openForWriting(tree: DiskTree, path: string): FileNode {
  const there = tree.spot(path, 'open', true).entry?.node;
  if (there?.kind === 'folder') throw diskError('EISDIR', 'open', path);
  return there?.kind === 'file' ? there : tree.createFile(path, true);
}

function fileAt(tree: DiskTree, path: string): FileNode {
  const node = tree.followed(path, 'open');
  if (node.kind !== 'file') throw diskError('EISDIR', 'read', path);
  return node;
}

function removeAll(tree: DiskTree, path: string): void {
  const node = tree.node(path, 'rm');
  if (node.kind !== 'folder') {
    tree.unlink(path);
    return;
  }
  for (const { name } of [...node.entries.values()]) removeAll(tree, join(path, name));
  tree.removeFolder(path);
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function textsBelow(tree: DiskTree, root: string): Record<string, string> {
  const texts: [string, string][] = [];
  const look = (folder: FolderNode, above: string): void => {
    for (const { name, node } of folder.entries.values()) {
      if (above === '' && name === SATCHEL_FOLDER) continue;
      const place = above + name;
      if (node.kind === 'file') texts.push([place, decoder.decode(node.bytes)]);
      else if (node.kind === 'symlink') texts.push([place, `-> ${node.target}`]);
      else {
        texts.push([`${place}/`, '']);
        look(node, `${place}/`);
      }
    }
  };
  const top = kindFollowed(tree, root) === 'folder' ? tree.folder(root, 'scandir') : undefined;
  if (top !== undefined) look(top, '');
  return Object.fromEntries(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? utf8(content) : content;
}

function hasCode(error: unknown, code: string): boolean {
  return systemCode(error) === code;
}
