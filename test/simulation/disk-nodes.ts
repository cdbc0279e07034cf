/** What a simulated disk is made of: files, folders and links, and the names that folders give them. */
import type { DiskStat } from '../../src/kinds/files/disk.ts';

export interface FileNode {
  readonly kind: 'file';
  readonly inode: bigint;
  /** Names that it has. */
  links: number;
  mtimeNs: bigint;
  isExecutable: boolean;
  /** Never written to: a change brings another array, so that copies of the disk may share it. */
  bytes: Uint8Array;
}

export interface LinkNode {
  readonly kind: 'symlink';
  readonly inode: bigint;
  links: number;
  mtimeNs: bigint;
  readonly target: string;
}

export interface FolderNode {
  readonly kind: 'folder';
  readonly inode: bigint;
  links: number;
  mtimeNs: bigint;
  /** The folder it is, or was last, in; undefined for the root. */
  parent: FolderNode | undefined;
  /** By the key that is equal for all spellings which the disk takes for one. */
  readonly entries: Map<string, Entry>;
}

export type DiskNode = FileNode | LinkNode | FolderNode;

export interface Entry {
  /** As it was spelled by whoever gave it. */
  readonly name: string;
  readonly node: DiskNode;
}

export function newFolder(inode: bigint): FolderNode {
  const entries = new Map<string, Entry>();
  return { kind: 'folder', inode, links: 0, mtimeNs: 0n, parent: undefined, entries };
}

export function newFile(inode: bigint): FileNode {
  const bytes = new Uint8Array(0);
  return { kind: 'file', inode, links: 0, mtimeNs: 0n, isExecutable: false, bytes };
}

export function newLink(inode: bigint, target: string): LinkNode {
  return { kind: 'symlink', inode, links: 0, mtimeNs: 0n, target };
}

/** What file systems commonly tell of a folder. */
const FOLDER_SIZE_BYTES = 4_096;

export function statOf(node: DiskNode): DiskStat {
  const { kind, mtimeNs, inode } = node;
  return { kind, sizeBytes: sizeOf(node), mtimeNs, inode, isExecutable: isExecutable(node) };
}

function sizeOf(node: DiskNode): number {
  if (node.kind === 'file') return node.bytes.length;
  return node.kind === 'symlink' ? Buffer.byteLength(node.target) : FOLDER_SIZE_BYTES;
}

/** Whoever may look into a folder may execute it, so it says. */
function isExecutable(node: DiskNode): boolean {
  return node.kind === 'folder' || (node.kind === 'file' && node.isExecutable);
}

/** Everything below a root, copied; contents are shared. Files of several names stay one file. */
export function copyOf(root: FolderNode): FolderNode {
  const copies = new Map<DiskNode, DiskNode>();
  const copyFolder = (folder: FolderNode, parent: FolderNode | undefined): FolderNode => {
    const copy: FolderNode = { ...folder, parent, entries: new Map() };
    for (const [key, { name, node }] of folder.entries) {
      copy.entries.set(key, { name, node: copyNode(node, copy) });
    }
    return copy;
  };
  const copyNode = (node: DiskNode, parent: FolderNode): DiskNode => {
    if (node.kind === 'folder') return copyFolder(node, parent);
    const copy = copies.get(node) ?? { ...node };
    copies.set(node, copy);
    return copy;
  };
  return copyFolder(root, undefined);
}

/** An error as Node makes them of what the system says. */
export function diskError(code: string, call: string, ...paths: readonly string[]): Error {
  const where = paths.map((path) => `'${path}'`).join(' -> ');
  return Object.assign(new Error(`${code}: ${WORDS[code] ?? 'refused'}, ${call} ${where}`), {
    code,
    syscall: call,
    path: paths[0],
  });
}

const WORDS: Readonly<Record<string, string>> = {
  EEXIST: 'file already exists',
  EINVAL: 'invalid argument',
  EISDIR: 'illegal operation on a directory',
  ELOOP: 'too many symbolic links encountered',
  ENAMETOOLONG: 'name too long',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  ENOTEMPTY: 'directory not empty',
  EPERM: 'operation not permitted',
};
