import assert from 'node:assert/strict';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  openVaultBench,
  overriding,
  systemError,
  type VaultBench,
} from '../../../test/support/vault-bench.ts';
import { noteIntentions } from './intentions.ts';

interface StuckBench extends VaultBench {
  /** The places that cannot be removed now. */
  readonly stuck: Set<string>;
}

async function openStuckBench(t: TestContext, code: string): Promise<StuckBench> {
  const stuck = new Set<string>();
  const bench = await openVaultBench(t, (disk) =>
    overriding(disk, ({ removeFolder }) => ({
      removeFolder: (path) =>
        [...stuck].some((place) => path.endsWith(`/${place}`))
          ? Promise.reject(systemError(code))
          : removeFolder(path),
    })),
  );
  return { ...bench, stuck };
}

for (const code of ['EACCES', 'EBUSY', 'EROFS']) {
  test(`a deleted folder that cannot be removed (${code}) is told and does not come back`, async (t) => {
    const bench = await openStuckBench(t, code);
    bench.port.write('folder', { path: 'empty', type: 'folder' }, undefined);
    await bench.sync();
    bench.port.erase('folder');
    bench.stuck.add('empty');
    for (let round = 0; round < 3; round += 1) {
      const { failed } = await bench.sync();
      assert.deepEqual(
        failed.map(({ path }) => path),
        ['empty'],
      );
      assert.deepEqual(bench.port.stale(), ['folder']);
    }
    bench.stuck.clear();
    assert.deepEqual((await bench.sync()).failed, []);
    assert.deepEqual(await bench.tree(), {});
    assert.deepEqual(bench.port.edits, []);
  });
}

test('a folder that cannot be removed after its last file went is not taken for a new one', async (t) => {
  const bench = await openStuckBench(t, 'EBUSY');
  bench.port.write('file', { path: 'a/b/c.md' }, 'text');
  await bench.sync();
  bench.port.erase('file');
  bench.stuck.add('b');
  const { failed } = await bench.sync();
  assert.deepEqual(
    failed.map(({ path }) => path),
    ['a/b'],
  );
  for (let round = 0; round < 2; round += 1) {
    // Other work meanwhile does not make it forget.
    bench.port.write(`other-${round}`, { path: `x/${round}.md` }, 'other');
    const { edits, skipped } = await bench.vault.takeIn();
    assert.equal(edits, 0);
    assert.deepEqual(
      skipped.map(({ path }) => path),
      ['a/b'],
    );
    await bench.vault.putOut();
  }
  bench.stuck.clear();
  assert.deepEqual((await bench.vault.takeIn()).skipped, []);
  assert.deepEqual(await bench.tree(), { 'x/': '', 'x/0.md': 'other', 'x/1.md': 'other' });
  assert.deepEqual(bench.port.edits, []);
});

test('S4: after a cut-off round a disk without writes takes in what was saved, and tells what is left', async (t) => {
  let isReadOnly = false;
  const refuse = (): Promise<never> => Promise.reject(systemError('EROFS'));
  const bench = await openVaultBench(t, (disk) =>
    overriding(disk, ({ makeFolder, removeFolder }) => ({
      makeFolder: (path) => (isReadOnly ? refuse() : makeFolder(path)),
      removeFolder: (path) => (isReadOnly ? refuse() : removeFolder(path)),
    })),
  );
  await bench.put('a.md', 'mine');
  await bench.sync();
  const emptied = { folders: ['gone', 'empty', 'full'], places: [] };
  noteIntentions(bench.port, emptied);
  await mkdir(join(bench.root, 'empty'));
  await bench.put('full/b.md', 'edit');
  bench.port.edits.length = 0;
  isReadOnly = true;
  const { edits, skipped } = await (await bench.reopen()).takeIn();
  assert.equal(edits, 1);
  assert.deepEqual(
    skipped.map(({ path }) => path),
    ['empty'],
  );
  isReadOnly = false;
  assert.deepEqual((await (await bench.reopen()).takeIn()).skipped, []);
  assert.deepEqual(await bench.tree(), { 'a.md': 'mine', 'full/': '', 'full/b.md': 'edit' });
});

test('S4: whoever cleans up .satchel/tmp after a cut-off round keeps nothing from being taken in', async (t) => {
  const bench = await openVaultBench(t);
  await bench.put('a.md', 'mine');
  await bench.sync();
  noteIntentions(bench.port, { folders: ['folder'], places: [] });
  await rm(join(bench.root, '.satchel/tmp'), { recursive: true });
  await bench.put('b.md', 'edit');
  assert.equal((await (await bench.reopen()).takeIn()).edits, 1);
});

test('S6: a folder that cannot be removed counts as work that has ended', async (t) => {
  const bench = await openStuckBench(t, 'EBUSY');
  const { port } = bench;
  await bench.put('old/a.md', 'text');
  await bench.sync();
  const record = port.recordOf('old/a.md');
  port.write(record, { path: 'b.md' }, 'text');
  bench.stuck.add('old');
  await bench.sync();
  const noted = port.note('intentions');
  port.setNote = () => assert.fail('nothing is to be noted in a round without news');
  port.setDurableNote = port.setNote;
  await bench.sync();
  assert.equal(port.note('intentions'), noted);
  // A power cut brings back the name under which the file waited; a person replaced it since.
  await bench.put(`.satchel/tmp/${encodeURIComponent(record)}.move`, 'text');
  await bench.remove('b.md');
  await bench.put('b.md', 'edited');
  await (await bench.reopen()).takeIn();
  assert.deepEqual(await bench.tree(), { 'b.md': 'edited', 'old/': '' });
});

test('a renamed folder whose old place cannot be removed is no second folder', async (t) => {
  const bench = await openStuckBench(t, 'EACCES');
  bench.port.write('folder', { path: 'old', type: 'folder' }, undefined);
  await bench.sync();
  bench.port.write('folder', { path: 'new', type: 'folder' }, undefined);
  bench.stuck.add('old');
  await bench.sync();
  await bench.sync();
  assert.deepEqual(bench.port.edits, []);
  bench.stuck.clear();
  await bench.sync();
  assert.deepEqual(await bench.tree(), { 'new/': '' });
});

for (const kept of ['a symbolic link', 'an ignored file'] as const) {
  test(`a deleted folder that holds ${kept} stays here and does not come back elsewhere`, async (t) => {
    const bench = await openVaultBench(t);
    bench.port.write('folder', { path: 'folder', type: 'folder' }, undefined);
    bench.port.write('rules', { path: '.satchelignore' }, '*.tmp\n');
    await bench.sync();
    if (kept === 'a symbolic link') await symlink('/nowhere', join(bench.root, 'folder/link'));
    else await bench.put('folder/x.tmp', 'mine');
    bench.port.erase('folder');
    for (let round = 0; round < 2; round += 1) {
      assert.deepEqual((await bench.sync()).failed, []);
      assert.deepEqual(bench.port.stale(), []);
      assert.equal(Object.keys(await bench.tree()).length, 3);
    }
    assert.deepEqual(bench.port.edits, []);
  });
}
