/** Folders of test files: making them, and telling all that has to be equal on two devices. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { createSeededRandom } from './ports.ts';

/** Paths with all that is carried of each, Satchel's own folder and symlinks left out. */
export type Tree = Readonly<Record<string, string>>;

/** @param of.mtimes whether modification times belong to it (to the millisecond). */
export function treeOf(root: string, of: { readonly mtimes: boolean } = { mtimes: true }): Tree {
  const entries = carriedEntries(root).map(({ path, isFolder }): [string, string] => {
    if (isFolder) return [`${path}/`, 'a folder'];
    const stat = statSync(join(root, path), { bigint: true });
    const savedMs = Number(stat.mtimeNs / 1_000_000n);
    const time = of.mtimes ? `, of ${new Date(savedMs).toISOString()}` : '';
    const executable = (stat.mode & 0o100n) !== 0n ? ', executable' : '';
    return [path, `${hashOf(readFileSync(join(root, path)))}${time}${executable}`];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Fails with the first few differences: a whole tree would fill the screen. */
export function assertSameTree(found: Tree, expected: Tree, message = 'the folders differ'): void {
  const paths = new Set([...Object.keys(found), ...Object.keys(expected)]);
  const lines = [...paths]
    .filter((path) => found[path] !== expected[path])
    .map((path) => `${path}: ${found[path] ?? 'nothing'}; expected ${expected[path] ?? 'nothing'}`);
  if (lines.length === 0) return;
  assert.fail(`${message}, in ${lines.length} places:\n${lines.slice(0, 8).join('\n')}`);
}

/** The SHA-256 of every file in the folder, with its path. */
export function contentsOf(root: string): ReadonlyMap<string, string> {
  const files = carriedEntries(root).filter(({ isFolder }) => !isFolder);
  return new Map(files.map(({ path }) => [hashOf(readFileSync(join(root, path))), path]));
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Sorted, so that the same dice find the same path. */
export function filesOf(root: string): string[] {
  return pathsOf(root, false);
}

export function foldersOf(root: string): string[] {
  return pathsOf(root, true);
}

function pathsOf(root: string, areFolders: boolean): string[] {
  return carriedEntries(root)
    .filter(({ isFolder }) => isFolder === areFolders)
    .map(({ path }) => path)
    .sort();
}

function carriedEntries(root: string): { readonly path: string; readonly isFolder: boolean }[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => ({
      path: relative(root, join(entry.parentPath, entry.name)),
      isFolder: entry.isDirectory(),
    }))
    .filter(({ path }) => path !== '.satchel' && !path.startsWith('.satchel/'));
}

/** When the first file of a test was saved: long ago, so that all of them count as at rest. */
const FIRST_SAVE_MS = Date.UTC(2024, 2, 9, 8, 30);

/** Writes a file, and the folders above it. Each `age` is a time of its own, in the past. */
export function save(
  root: string,
  path: string,
  content: string | Uint8Array,
  as: { readonly age?: number; readonly mode?: number } = {},
): void {
  const target = join(root, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content, as.mode === undefined ? {} : { mode: as.mode });
  const savedMs = FIRST_SAVE_MS + (as.age ?? 0) * 61_007;
  utimesSync(target, savedMs / 1000, savedMs / 1000);
}

/** Bytes that no compression makes shorter, the same for the same seed. */
export function noise(seed: number, sizeBytes: number): Uint8Array {
  return createSeededRandom(seed).bytes(sizeBytes);
}
