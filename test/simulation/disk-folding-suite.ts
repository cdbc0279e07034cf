/** The suite of disks that take names for the same which differ in case or in Unicode form. */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import type { NameFolding } from '../../src/kinds/files/names.ts';
import {
  type OpenDisk,
  onWindows,
  type Promises,
  pieces,
  promisesOf,
  textAt,
} from './disk-bench.ts';

export function foldingConformance(name: string, folding: NameFolding, open: OpenDisk): void {
  suite(`${name} folds names`, { skip: onWindows() }, () => {
    const promise = promisesOf(open);
    const composed = 'nämé.md'.normalize('NFC');
    if (folding.case) spellings(promise, 'in case', { name: 'name.md', other: 'NAME.md' });
    if (folding.case) spellings(promise, 'a sigma', { name: 'ΟΔΟΣ', other: 'οδοσ' });
    if (folding.form) {
      spellings(promise, 'in form', { name: composed, other: composed.normalize('NFD') });
    }
    apart(promise, folding);
  });
}

/** @param spelling two spellings of a name that the disk takes for one. */
function spellings(
  promise: Promises,
  differ: string,
  { name, other }: { readonly name: string; readonly other: string },
): void {
  const say = (title: string) => `${title} (${differ})`;

  promise(say('a file is found by each spelling and keeps its first'), async (bench, at) => {
    const { disk, person, root } = bench;
    await disk.makeFolder(at('folder'));
    await disk.writeNew(at(`folder/${name}`), pieces('x'));
    const path = at(`folder/${other}`);
    assert.equal(await textAt(disk, path), 'x');
    assert.equal((await disk.stat(path))?.sizeBytes, 1);
    await assert.rejects(disk.writeNew(path, pieces('y')), { code: 'EEXIST' });
    await assert.rejects(disk.makeLink('y', path), { code: 'EEXIST' });
    await assert.rejects(disk.link(path, path), { code: 'EEXIST' });
    await disk.makeFolder(at('folder'));
    assert.deepEqual(person.tree(root), { 'folder/': '', [`folder/${name}`]: 'x' });
    await disk.remove(path);
    assert.deepEqual(await disk.list(at('folder')), []);
  });

  promise(say('a rename to another spelling respells, and keeps the file'), async (bench, at) => {
    const { disk, person, root } = bench;
    await disk.writeNew(at(name), pieces('x'));
    const before = await disk.stat(at(name));
    await disk.rename(at(name), at(other));
    assert.deepEqual(person.tree(root), { [other]: 'x' });
    assert.deepEqual(await disk.stat(at(name)), before);
  });

  promise(say('a rename onto another file takes the place of its name'), async (bench, at) => {
    const { disk, person, root } = bench;
    await disk.writeNew(at(name), pieces('old'));
    await disk.writeNew(at('draft'), pieces('new'));
    await disk.rename(at('draft'), at(other));
    assert.deepEqual(person.tree(root), { [name]: 'new' });
  });
}

/** Of the two ways to differ, the one that this disk minds. */
function apart(promise: Promises, folding: NameFolding): void {
  promise('names that differ otherwise are told apart', async ({ disk, root }, at) => {
    const composed = 'é'.normalize('NFC');
    const all = ['e', 'f', ...(folding.case ? [] : ['E', 'F'])];
    const forms = folding.form ? [composed] : [composed, composed.normalize('NFD')];
    for (const name of [...all, ...forms]) await disk.writeNew(at(name), pieces(name));
    assert.equal((await disk.list(root)).length, all.length + forms.length);
  });
}
