import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Shown } from '../../sync/kind.ts';
import { type FoundAt, matchShifts } from './moves.ts';
import { markOf, type WalkedFile } from './walk.ts';

function file(path: string, inode: bigint, isRacy = false): WalkedFile {
  const stat = { kind: 'file', sizeBytes: 5, mtimeNs: 1n, inode, isExecutable: false } as const;
  return { ...stat, path, mark: markOf(stat, { isRacy }) };
}

function row(place: string, inode: bigint): Shown {
  const { mark } = file(place, inode);
  return { record: place, place, mark, hash: `hash of ${inode}`, versions: [] };
}

function at(place: string, before: bigint, now: bigint): FoundAt {
  return { shown: row(place, before), file: file(place, now) };
}

function shiftsOf(...args: Parameters<typeof matchShifts>): readonly string[] {
  return matchShifts(...args)
    .map(({ shown, file: found }) => `${shown.place} > ${found.path}`)
    .sort();
}

test('files that swapped names, or went round, are found where they went', () => {
  assert.deepEqual(shiftsOf([at('a', 1n, 2n), at('b', 2n, 1n)], [], []), ['a > b', 'b > a']);
  const circle = [at('a', 1n, 3n), at('b', 2n, 1n), at('c', 3n, 2n)];
  assert.deepEqual(shiftsOf(circle, [], []), ['a > b', 'b > c', 'c > a']);
});

test('a chain ends at a new name, and begins where nothing is left', () => {
  const shifts = shiftsOf([at('b', 2n, 1n)], [row('a', 1n)], [file('c', 2n)]);
  assert.deepEqual(shifts, ['a > b', 'b > c']);
});

test('an editor that saves by renaming takes a name over, and moves nobody', () => {
  const overwritten = shiftsOf([at('doc', 1n, 2n)], [row('doc.tmp', 2n)], []);
  assert.deepEqual(overwritten, []);
  const backedUp = shiftsOf([at('doc', 1n, 9n)], [], [file('doc~', 1n)]);
  assert.deepEqual(backedUp, []);
  const behind = [at('a', 1n, 7n), at('b', 2n, 1n)];
  assert.deepEqual(shiftsOf(behind, [], [file('c', 2n)]), [], 'nor whoever was moved along');
});

test('a disk without inodes, and files just written, tell nothing', () => {
  assert.deepEqual(shiftsOf([at('a', 0n, 0n), at('b', 0n, 0n)], [], []), []);
  const [a, b] = [at('a', 1n, 2n), at('b', 2n, 1n)];
  const racy = { ...a, file: file('a', 2n, true) };
  assert.deepEqual(shiftsOf([racy, b], [], []), []);
});
