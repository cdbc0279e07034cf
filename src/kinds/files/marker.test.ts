import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolderForTest } from '../../../test/support/vault-bench.ts';
import { attachFolder, checkFolder, detachFolder, type Marker, readMarker } from './marker.ts';
import { nodeDisk } from './node-disk.ts';

const disk = nodeDisk();
const MINE: Marker = { collection: 'notes', repository: 'repository', home: '/home/one' };

test('attaching marks the folder, again changes nothing, detaching leaves the files', async (t) => {
  const folder = join(await makeFolderForTest(t), 'not there yet');
  await attachFolder(disk, folder, MINE);
  await attachFolder(disk, folder, MINE);
  assert.deepEqual(await readMarker(disk, folder), MINE);
  await checkFolder(disk, folder, MINE);
  await writeFile(join(folder, 'a.md'), 'text');
  await detachFolder(disk, folder);
  await detachFolder(disk, folder);
  assert.equal(await readMarker(disk, folder), undefined);
  assert.deepEqual((await readdir(folder)).sort(), ['.satchel', 'a.md']);
  await attachFolder(disk, folder, { ...MINE, home: '/home/two' });
});

test('two homes on one folder are refused, saying which and how to go on', async (t) => {
  const folder = await makeFolderForTest(t);
  await attachFolder(disk, folder, MINE);
  await assert.rejects(attachFolder(disk, folder, { ...MINE, home: '/home/two' }), {
    kind: 'usage',
    message: /of the home \/home\/one/,
    hint: /satchel --home "\/home\/one" detach/,
  });
  await assert.rejects(attachFolder(disk, folder, { ...MINE, collection: 'photos' }), {
    kind: 'usage',
    message: /attached to the collection notes/,
  });
});

test('a folder inside, or around, an attached one is refused', async (t) => {
  const outer = await makeFolderForTest(t);
  const middle = join(outer, 'a', 'middle');
  const inner = join(middle, 'b', 'inner');
  await mkdir(inner, { recursive: true });
  await attachFolder(disk, middle, MINE);
  const other = { ...MINE, collection: 'photos' };
  await assert.rejects(attachFolder(disk, inner, other), { kind: 'usage', message: /lies inside/ });
  await assert.rejects(attachFolder(disk, outer, other), { kind: 'usage', message: /contains/ });
  await attachFolder(disk, join(outer, 'a', 'middle beside'), other);
});

test('S8: a missing folder, a missing marker and a foreign one ask for a person', async (t) => {
  const folder = await makeFolderForTest(t);
  await assert.rejects(checkFolder(disk, join(folder, 'none'), MINE), { kind: 'attention' });
  await assert.rejects(checkFolder(disk, folder, MINE), { kind: 'attention' });
  await attachFolder(disk, folder, { ...MINE, repository: 'another' });
  await assert.rejects(checkFolder(disk, folder, MINE), { kind: 'attention' });
  await writeFile(join(folder, '.satchel', 'attached.json'), '{"format":1,');
  await assert.rejects(checkFolder(disk, folder, MINE), {
    kind: 'attention',
    message: /cannot be read/,
  });
});
