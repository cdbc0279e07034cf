/** Finding what a path leads to on a simulated disk. */
import { NAME_MAX_BYTES, type NameFolding } from '../../src/kinds/files/names.ts';
import { diskError, type Entry, type FolderNode } from './disk-nodes.ts';

/** A name in a folder that is there, whether something has the name or not. */
export interface Spot {
  readonly folder: FolderNode;
  readonly key: string;
  /** As the path spells it. */
  readonly name: string;
  readonly entry: Entry | undefined;
}

export interface Finding {
  /** The system call that asks, for the error's text. */
  readonly call: string;
  /** Whether the last part may be a symbolic link that leads on. */
  readonly follow: boolean;
}

/** What Linux allows. */
const MAX_LINKS_FOLLOWED = 40;

/** The key that is equal for all spellings of a name which a disk takes for one. */
export function keyMaker(folding: NameFolding | undefined): (name: string) => string {
  const composed = (name: string) => (folding?.form === true ? name.normalize('NFC') : name);
  if (folding?.case !== true) return composed;
  // The last sigma of a word has a form of its own, which is no other letter.
  return (name) => composed(name).toLowerCase().replaceAll('ς', 'σ');
}

/** Fails with ENOENT, ENOTDIR, ELOOP or ENAMETOOLONG where the way there does. */
export function findSpot(
  root: FolderNode,
  keyOf: (name: string) => string,
  path: string,
  { call, follow }: Finding,
): Spot {
  let followed = 0;
  let folder = root;
  let waiting = partsOf(path);
  let spot: Spot = { folder: root, key: '', name: '', entry: { name: '', node: root } };
  for (let index = 0; index < waiting.length; index += 1) {
    const name = waiting[index] ?? '';
    const isLast = index === waiting.length - 1;
    spot = spotIn(folder, keyOf, name, path, call);
    const node = spot.entry?.node;
    if (node?.kind === 'symlink' && (follow || !isLast)) {
      followed += 1;
      if (followed > MAX_LINKS_FOLLOWED) throw diskError('ELOOP', call, path);
      waiting = [...partsOf(node.target), ...waiting.slice(index + 1)];
      index = -1;
      if (node.target.startsWith('/')) folder = root;
    } else if (!isLast) {
      if (node === undefined) throw diskError('ENOENT', call, path);
      if (node.kind !== 'folder') throw diskError('ENOTDIR', call, path);
      folder = node;
    }
  }
  return spot;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

function spotIn(
  folder: FolderNode,
  keyOf: (name: string) => string,
  name: string,
  path: string,
  call: string,
): Spot {
  if (name === '..') {
    const node = folder.parent ?? folder;
    return { folder, key: '..', name, entry: { name, node } };
  }
  // Most names are far too short to need counting in bytes.
  if (name.length * 3 > NAME_MAX_BYTES && Buffer.byteLength(name) > NAME_MAX_BYTES) {
    throw diskError('ENAMETOOLONG', call, path);
  }
  const key = keyOf(name);
  return { folder, key, name, entry: folder.entries.get(key) };
}
