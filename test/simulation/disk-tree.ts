/**
 * A whole disk in memory, with the rules of POSIX: every operation at once, errors as Linux gives
 * them. What it does is noted in its journal and told to whoever watches.
 */
import type { NameFolding } from '../../src/kinds/files/names.ts';
import { type Change, Journal, type NameChange, type NodeState } from './disk-journal.ts';
import {
  copyOf,
  type DiskNode,
  diskError,
  type Entry,
  type FileNode,
  type FolderNode,
  type LinkNode,
  newFile,
  newFolder,
  newLink,
} from './disk-nodes.ts';
import { findSpot, keyMaker, type Spot } from './disk-paths.ts';
import { Watches } from './disk-watches.ts';

export interface TreeOptions {
  /** The machine's wall clock, milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Which names are one; all are told apart by default. A copy keeps to what it is a copy of. */
  readonly folding?: NameFolding;
  /** How coarsely files are dated, such as 2,000 for FAT. To the nanosecond by default. */
  readonly mtimeGranularityMs?: number;
  /** A new file gets the number of one that has gone, as on ext4. Never by default. */
  readonly reusesInodes?: boolean;
  readonly watchesRecursively?: boolean;
  /** No more than that in all files together; without limit by default. */
  readonly capacityBytes?: number;
}

const ROOT_INODE = 2n;
const NS_PER_MS = 1_000_000n;

export class DiskTree {
  capacityBytes: number;
  readonly journal = new Journal();
  readonly watches: Watches;
  readonly #options: TreeOptions;
  readonly #root: FolderNode;
  readonly #keyOf: (name: string) => string;
  readonly #freeInodes: bigint[] = [];
  #lastInode = ROOT_INODE;
  #usedBytes = 0;
  /** Counts up so that no two changes have one time. */
  #ticks = 0n;

  /** @param from what to be a copy of; an empty disk by default. */
  constructor(options: TreeOptions, from?: DiskTree) {
    this.#options = options;
    this.watches = new Watches(options.watchesRecursively === true);
    this.capacityBytes = options.capacityBytes ?? from?.capacityBytes ?? Number.POSITIVE_INFINITY;
    if (from === undefined) {
      this.#root = newFolder(ROOT_INODE);
      this.#root.links = 1;
      this.#keyOf = keyMaker(options.folding);
    } else {
      this.#root = copyOf(from.#root);
      this.#keyOf = from.#keyOf;
      this.#lastInode = from.#lastInode;
      this.#usedBytes = from.#usedBytes;
      this.#ticks = from.#ticks;
    }
  }

  /** @param follow whether the last part may be a symbolic link that leads on. */
  spot(path: string, call: string, follow = false): Spot {
    return findSpot(this.#root, this.#keyOf, path, { call, follow });
  }

  /** What has the name; symbolic links are not followed. Fails with ENOENT where nothing is. */
  node(path: string, call: string): DiskNode {
    return there(this.spot(path, call), path, call);
  }

  /** What a path leads to, by symbolic links as well. */
  followed(path: string, call: string): DiskNode {
    return there(this.spot(path, call, true), path, call);
  }

  folder(path: string, call: string): FolderNode {
    const node = this.followed(path, call);
    if (node.kind !== 'folder') throw diskError('ENOTDIR', call, path);
    return node;
  }

  /** A regular file that no symbolic link leads to. */
  regular(path: string, call: string): FileNode {
    const node = this.node(path, call);
    if (node.kind === 'symlink') throw diskError('ELOOP', call, path);
    if (node.kind !== 'file') throw diskError('EINVAL', call, path);
    return node;
  }

  /** @param follow whether a symbolic link that leads nowhere tells where. */
  createFile(path: string, follow = false): FileNode {
    const spot = this.#freeSpot(path, 'open', follow);
    const file = newFile(this.#newInode());
    this.#add(spot, file);
    return file;
  }

  createLink(target: string, path: string): void {
    const spot = this.#freeSpot(path, 'symlink');
    this.#add(spot, newLink(this.#newInode(), target));
  }

  createFolder(path: string): void {
    const spot = this.#freeSpot(path, 'mkdir');
    if (this.#usedBytes >= this.capacityBytes) throw diskError('ENOSPC', 'mkdir', path);
    this.#add(spot, newFolder(this.#newInode()));
  }

  link(from: string, to: string): void {
    const node = this.node(from, 'link');
    const spot = this.#freeSpot(to, 'link');
    if (node.kind === 'folder') throw diskError('EPERM', 'link', from, to);
    this.#rename([nameChange(spot, { name: spot.name, node })]);
  }

  rename(from: string, to: string): void {
    const source = this.spot(from, 'rename');
    const target = this.spot(to, 'rename');
    const node = there(source, from, 'rename');
    const name = target.entry?.name ?? target.name;
    if (source.folder === target.folder && source.key === target.key) {
      if (source.entry?.name !== target.name) {
        this.#rename([nameChange(source, { name: target.name, node })]);
      }
      return;
    }
    const refused = refusal(node, source.folder, target);
    if (refused !== undefined) throw diskError(refused, 'rename', from, to);
    if (target.entry?.node === node) return;
    this.#rename([nameChange(target, { name, node }), nameChange(source, undefined)]);
  }

  unlink(path: string): void {
    const spot = this.spot(path, 'unlink');
    if (there(spot, path, 'unlink').kind === 'folder') throw diskError('EISDIR', 'unlink', path);
    this.#rename([nameChange(spot, undefined)]);
  }

  removeFolder(path: string): void {
    const spot = this.spot(path, 'rmdir');
    const node = there(spot, path, 'rmdir');
    if (node.kind !== 'folder') throw diskError('ENOTDIR', 'rmdir', path);
    if (node.entries.size > 0) throw diskError('ENOTEMPTY', 'rmdir', path);
    this.#rename([nameChange(spot, undefined)]);
  }

  /** Gives a file another content, or as much of it as there is room for: ENOSPC then. */
  write(file: FileNode, bytes: Uint8Array, path: string, mtimeMs?: number): void {
    const held = file.links > 0 ? file.bytes.length : 0;
    const roomBytes = Math.max(0, this.capacityBytes - this.#usedBytes + held);
    const fits = bytes.length <= roomBytes;
    const mtimeNs = mtimeMs === undefined ? this.#nowNs() : this.#nsOf(mtimeMs);
    // A copy, as whoever wrote it may write to the array again.
    const written = new Uint8Array(bytes.subarray(0, fits ? bytes.length : roomBytes));
    this.#change(path, file, 'content', { mtimeNs, bytes: written });
    if (!fits) throw diskError('ENOSPC', 'write', path);
  }

  setMtime(path: string, mtimeMs: number): void {
    const node = this.node(path, 'lutime');
    const mtimeNs = this.#nsOf(mtimeMs);
    if (node.kind === 'folder') node.mtimeNs = mtimeNs;
    else this.#change(path, node, 'attributes', { mtimeNs });
  }

  setExecutable(path: string, isExecutable: boolean): void {
    const file = this.regular(path, 'open');
    if (file.isExecutable !== isExecutable) {
      this.#change(path, file, 'attributes', { isExecutable });
    }
  }

  cutPower(chance: () => boolean): void {
    this.watches.clear();
    this.journal.cut((change, to) => this.#turn(change, to), chance);
    // A number could belong to a file again that the cut brought back.
    this.#freeInodes.length = 0;
  }

  #freeSpot(path: string, call: string, follow = false): Spot {
    const spot = this.spot(path, call, follow);
    if (spot.entry !== undefined) throw diskError('EEXIST', call, path);
    return spot;
  }

  /** Names something new. */
  #add(spot: Spot, node: DiskNode): void {
    node.mtimeNs = this.#nowNs();
    this.#rename([nameChange(spot, { name: spot.name, node })]);
  }

  /** Gives and takes names, in one step. */
  #rename(changes: readonly NameChange[]): void {
    for (const change of changes) this.#turn(change, 'after');
    this.journal.record(changes, this.#options.now());
    const nowNs = this.#nowNs();
    for (const { folder, before, after } of changes) {
      folder.mtimeNs = nowNs;
      if (before !== undefined) this.watches.tell(folder, before.name);
      if (after !== undefined && after.name !== before?.name) this.watches.tell(folder, after.name);
      if (before !== undefined) this.watches.tellSelf(before.node, before.name);
      if (before?.node.links === 0) this.#freeInodes.push(before.node.inode);
    }
  }

  #change(
    path: string,
    node: FileNode | LinkNode,
    kind: 'content' | 'attributes',
    part: Partial<NodeState>,
  ): void {
    const before = stateOf(node);
    const change = { kind, node, before, after: { ...before, ...part } } as const;
    this.#turn(change, 'after');
    this.journal.record([change], this.#options.now());
    if (this.watches.isEmpty || node.links === 0) return;
    const spot = this.spot(path, 'watch');
    if (spot.entry?.node !== node) return;
    this.watches.tell(spot.folder, spot.entry.name);
    this.watches.tellSelf(node, spot.entry.name);
  }

  /** Brings the disk to one side of a change. */
  #turn(change: Change, to: 'before' | 'after'): void {
    if (change.kind === 'name') {
      this.#bind(change.folder, change.key, change[to]);
      return;
    }
    const { node } = change;
    const { bytes, mtimeNs, isExecutable } = change[to];
    node.mtimeNs = mtimeNs;
    if (node.kind !== 'file') return;
    if (node.links > 0) this.#usedBytes += bytes.length - node.bytes.length;
    node.bytes = bytes;
    node.isExecutable = isExecutable;
  }

  #bind(folder: FolderNode, key: string, entry: Entry | undefined): void {
    const former = folder.entries.get(key)?.node;
    if (entry === undefined) {
      folder.entries.delete(key);
    } else {
      folder.entries.set(key, entry);
      entry.node.links += 1;
      if (entry.node.kind === 'folder') entry.node.parent = folder;
      if (entry.node.kind === 'file' && entry.node.links === 1) {
        this.#usedBytes += entry.node.bytes.length;
      }
    }
    if (former === undefined) return;
    former.links -= 1;
    if (former.kind === 'file' && former.links === 0) this.#usedBytes -= former.bytes.length;
  }

  #newInode(): bigint {
    const free = this.#options.reusesInodes === true ? this.#freeInodes.pop() : undefined;
    if (free !== undefined) return free;
    this.#lastInode += 1n;
    return this.#lastInode;
  }

  #nowNs(): bigint {
    this.#ticks = (this.#ticks + 1n) % NS_PER_MS;
    return this.#rounded(BigInt(Math.floor(this.#options.now())) * NS_PER_MS + this.#ticks);
  }

  /** A time that was asked for. Half a microsecond more, as the real disk gives. */
  #nsOf(timeMs: number): bigint {
    return this.#rounded(BigInt(Math.floor(timeMs)) * NS_PER_MS + 500n);
  }

  #rounded(timeNs: bigint): bigint {
    const { mtimeGranularityMs = 0 } = this.#options;
    if (mtimeGranularityMs === 0) return timeNs;
    return timeNs - (timeNs % (BigInt(mtimeGranularityMs) * NS_PER_MS));
  }
}

function nameChange({ folder, key, entry }: Spot, after: Entry | undefined): NameChange {
  return { kind: 'name', folder, key, before: entry, after };
}

function there(spot: Spot, path: string, call: string): DiskNode {
  if (spot.entry === undefined) throw diskError('ENOENT', call, path);
  return spot.entry.node;
}

const NO_BYTES = new Uint8Array(0);

function stateOf(node: FileNode | LinkNode): NodeState {
  const { mtimeNs } = node;
  if (node.kind === 'symlink') return { mtimeNs, isExecutable: false, bytes: NO_BYTES };
  return { mtimeNs, isExecutable: node.isExecutable, bytes: node.bytes };
}

/** Why something cannot be renamed to a name, which is not its own. */
function refusal(node: DiskNode, from: FolderNode, { folder, entry }: Spot): string | undefined {
  if (isAtOrAbove(node, folder)) return 'EINVAL';
  const taken = entry?.node;
  if (taken === undefined || taken === node) return undefined;
  if (isAtOrAbove(taken, from)) return 'ENOTEMPTY';
  if (node.kind !== 'folder') return taken.kind === 'folder' ? 'EISDIR' : undefined;
  if (taken.kind !== 'folder') return 'ENOTDIR';
  return taken.entries.size > 0 ? 'ENOTEMPTY' : undefined;
}

function isAtOrAbove(node: DiskNode, folder: FolderNode): boolean {
  for (let at: FolderNode | undefined = folder; at !== undefined; at = at.parent) {
    if (at === node) return true;
  }
  return false;
}
