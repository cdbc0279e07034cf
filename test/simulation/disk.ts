/**
 * A disk in memory that behaves as the real one does (`test/disk-conformance.ts` holds both to it),
 * for simulations: no time passes but at its gates, the same calls give the same disk, it can be
 * copied, be full, and lose what was not made durable.
 */
import { dirname } from 'node:path';
import type { Disk, DiskEntry, Flush } from '../../src/kinds/files/disk.ts';
import { diskError, type Entry, type FileNode, statOf } from './disk-nodes.ts';
import { makeFolders, type Person, personAt, statAt } from './disk-person.ts';
import { DiskTree, type TreeOptions } from './disk-tree.ts';

export interface SimulatedDiskOptions extends TreeOptions {
  /**
   * Awaited before each operation does its work, and once more before it answers. It may wait,
   * throw a system error, or never resolve. An operation is named as in `Disk`; what happens in
   * several steps asks for each: `readPiece` and `writePiece` for each piece of a file,
   * `flushFile`, `flushFolder`, and `remove` of what could not be written whole. Of two paths, the
   * gate is told the one that is made.
   */
  readonly gate?: Gate;
  /** The longest piece that a file is read in; 1 MiB by default. Less lets small files be torn. */
  readonly pieceBytes?: number;
  /** See `Disk`; false by default. */
  readonly hasWindowsNames?: boolean;
}

export type Gate = (operation: string, path: string, stage: 'before' | 'after') => Promise<void>;

export interface SimulatedDisk extends Disk {
  /** May change at any time, as when someone makes room. */
  capacityBytes: number;
  /** What a person, an editor or another program does, at once and with no gate. */
  readonly person: Person;
  /**
   * The process that watches was ended (kill -9): nobody is told of changes any more, and everything
   * stays as it is.
   */
  endWatches(): void;
  /**
   * Loses what was not made durable: `chance` is asked of each step and says true where it is
   * lost. See `Journal` for what may be lost without what else. Ends all watches.
   */
  cutPower(chance: () => boolean): void;
  /** The same disk, all of it durable, with its own gate and clock: a backup, or a cloned machine. */
  copy(options: SimulatedDiskOptions): SimulatedDisk;
}

const PIECE_BYTES = 1024 * 1024;

export function createSimulatedDisk(options: SimulatedDiskOptions): SimulatedDisk {
  return diskOf(new DiskTree(options), options);
}

function diskOf(tree: DiskTree, options: SimulatedDiskOptions): SimulatedDisk {
  const gated = gatedBy(options.gate);
  const { watchesRecursively = false, hasWindowsNames = false } = options;
  return {
    ...reading(tree, gated, options.pieceBytes ?? PIECE_BYTES),
    ...writing(tree, gated),
    ...naming(tree, gated),
    watchFolder(folder, onChange, signal) {
      if (!signal.aborted) tree.watches.add(tree.followed(folder, 'watch'), { onChange, signal });
    },
    hasWindowsNames,
    watchesRecursively,
    get capacityBytes() {
      return tree.capacityBytes;
    },
    set capacityBytes(capacityBytes) {
      tree.capacityBytes = capacityBytes;
    },
    person: personAt(tree),
    endWatches: () => tree.watches.clear(),
    cutPower: (chance) => tree.cutPower(chance),
    copy: (other) => diskOf(new DiskTree(other, tree), other),
  };
}

/** Does something between the two stages of its gate. */
type Gated = <T>(operation: string, path: string, act: () => T | Promise<T>) => Promise<T>;

function gatedBy(gate: Gate | undefined): Gated {
  return async (operation, path, act) => {
    await gate?.(operation, path, 'before');
    const answer = await act();
    await gate?.(operation, path, 'after');
    return answer;
  };
}

type Reading = Pick<Disk, 'list' | 'stat' | 'readFile' | 'readPieces' | 'readLink'>;

function reading(tree: DiskTree, gated: Gated, pieceBytes: number): Reading {
  /** Goes on with the file that was opened, whatever has its name by now. */
  async function* piecesOf(
    file: FileNode,
    path: string,
    into?: Uint8Array,
  ): AsyncGenerator<Uint8Array> {
    const mostBytes = Math.min(pieceBytes, into?.length ?? pieceBytes);
    for (let atByte = 0; ; ) {
      const piece = await gated('readPiece', path, () =>
        file.bytes.slice(atByte, atByte + mostBytes),
      );
      if (piece.length === 0) return;
      atByte += piece.length;
      into?.set(piece);
      yield into?.subarray(0, piece.length) ?? piece;
    }
  }
  return {
    list: (folder) =>
      gated('list', folder, () => {
        const { entries } = tree.folder(folder, 'scandir');
        return Array.from(entries.values(), entryOf);
      }),
    stat: (path) => gated('stat', path, () => statAt(tree, path)),
    readFile: (path) =>
      gated('readFile', path, async () => {
        const file = tree.regular(path, 'open');
        const whole = new Uint8Array(file.bytes.length);
        let filled = 0;
        for await (const piece of piecesOf(file, path)) {
          const fitting = piece.subarray(0, whole.length - filled);
          whole.set(fitting, filled);
          filled += fitting.length;
          if (filled === whole.length) break;
        }
        return whole.subarray(0, filled);
      }),
    async *readPieces(path, into) {
      const file = await gated('readPieces', path, () => tree.regular(path, 'open'));
      yield* piecesOf(file, path, into);
    },
    readLink: (path) =>
      gated('readLink', path, () => {
        const node = tree.node(path, 'readlink');
        if (node.kind !== 'symlink') throw diskError('EINVAL', 'readlink', path);
        return node.target;
      }),
  };
}

function entryOf({ name, node }: Entry): DiskEntry {
  return { name, ...statOf(node) };
}

type Writing = Pick<Disk, 'writeNew' | 'setMtime' | 'setExecutable'>;

function writing(tree: DiskTree, gated: Gated): Writing {
  const writeAll = async (
    file: FileNode,
    path: string,
    pieces: AsyncIterable<Uint8Array>,
  ): Promise<number> => {
    let sizeBytes = 0;
    for await (const piece of pieces) {
      await gated('writePiece', path, () =>
        tree.write(file, Buffer.concat([file.bytes, piece]), path),
      );
      sizeBytes += piece.length;
    }
    await gated('flushFile', path, () => tree.journal.flushFile(file));
    return sizeBytes;
  };
  return {
    writeNew: (path, pieces) =>
      gated('writeNew', path, async () => {
        const file = tree.createFile(path);
        try {
          return await writeAll(file, path, pieces);
        } catch (error) {
          // As on the real disk, the first failure is the one to tell.
          await gated('remove', path, () => tree.unlink(path)).catch(() => {});
          throw error;
        }
      }),
    setMtime: (path, mtimeMs) => gated('setMtime', path, () => tree.setMtime(path, mtimeMs)),
    setExecutable: async (path, isExecutable, flush = 'now') => {
      const file = await gated('setExecutable', path, () => {
        tree.setExecutable(path, isExecutable);
        return tree.regular(path, 'open');
      });
      if (flush === 'now') await gated('flushFile', path, () => tree.journal.flushFile(file));
    },
  };
}

type Naming = Pick<
  Disk,
  | 'makeFolder'
  | 'makePrivate'
  | 'rename'
  | 'replace'
  | 'link'
  | 'makeLink'
  | 'flushFolder'
  | 'remove'
  | 'removeFolder'
>;

function naming(tree: DiskTree, gated: Gated): Naming {
  const flushFolder = (path: string) =>
    gated('flushFolder', path, () => {
      const node = tree.followed(path, 'open');
      if (node.kind === 'folder') tree.journal.flushFolder(node);
      else if (node.kind === 'file') tree.journal.flushFile(node);
    });
  const named = (operation: string, path: string, flush: Flush, act: () => void) =>
    gated(operation, path, async () => {
      act();
      if (flush === 'now') await flushFolder(dirname(path));
    });
  return {
    makeFolder: (path) =>
      gated('makeFolder', path, async () => {
        const topmostMade = makeFolders(tree, path);
        if (topmostMade === undefined) return;
        await flushFolder(dirname(topmostMade));
        if (topmostMade !== path) await flushFolder(dirname(path));
      }),
    // Everybody on a simulated machine is its owner.
    makePrivate: async () => undefined,
    rename: (from, to, flush = 'now') => named('rename', to, flush, () => tree.rename(from, to)),
    replace: (from, to, isExpected, flush = 'now') =>
      gated('replace', to, async () => {
        if (!isExpected(statAt(tree, to))) return false;
        tree.rename(from, to);
        if (flush === 'now') await flushFolder(dirname(to));
        return true;
      }),
    link: (from, to, flush = 'now') => named('link', to, flush, () => tree.link(from, to)),
    makeLink: (target, path) =>
      named('makeLink', path, 'later', () => tree.createLink(target, path)),
    flushFolder,
    remove: (path) => gated('remove', path, () => tree.unlink(path)),
    removeFolder: (path) => gated('removeFolder', path, () => tree.removeFolder(path)),
  };
}
