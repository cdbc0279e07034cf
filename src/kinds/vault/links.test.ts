/** Symbolic links as records: two devices with the real engine, and what other devices may send. */
import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openVaultBench, overriding, systemError } from '../../../test/support/vault-bench.ts';
import { openVaultDevices } from '../../../test/support/vault-devices.ts';
import type { Disk } from '../files/disk.ts';
import { LINK_TARGET_MAX_BYTES } from '../files/links.ts';

test('links inside the root are carried as links, also dangling ones and loops', async (t) => {
  const { a, b, settle } = await openVaultDevices(t);
  await a.put('notes/a.md', 'text');
  await a.link('notes/beside', 'a.md');
  await a.link('notes/up', '..');
  await a.link('to folder', 'notes');
  await a.link('dangling', 'nothing/here');
  await a.link('loop', 'loop');
  await a.link('absolute', join(a.root, 'notes/a.md'));
  await a.link('outside', '/etc/hostname');
  const { a: report } = await settle();
  assert.deepEqual(report.failed, []);
  assert.deepEqual(
    report.leftOut.map(({ path }) => path),
    ['outside'],
  );
  const { outside, absolute, ...rest } = await a.tree();
  assert.equal(absolute, `-> ${a.root}/notes/a.md`, 'what a person made stays as it is');
  assert.deepEqual(await b.tree(), { ...rest, absolute: '-> notes/a.md' });
  assert.ok(outside !== undefined);
  const quiet = await settle();
  assert.deepEqual([quiet.a.published.versions, quiet.b.published.versions], [0, 0]);
});

test('S6: a link that leads elsewhere now, or becomes a file, or was one, is an edit of its record', async (t) => {
  const { a, b, settle } = await openVaultDevices(t);
  await a.put('file', 'target');
  await a.link('link', 'target');
  await a.link('same text', 'target');
  await a.link('moved', 'elsewhere');
  await settle();
  await b.remove('file');
  await b.link('file', 'now a link');
  await b.remove('link');
  await b.link('link', 'another target');
  await b.remove('same text');
  await b.put('same text', 'target');
  await b.move('moved', 'folder/moved');
  const { published } = await b.sync();
  assert.equal(published.versions, 4);
  await settle();
  const expected = {
    file: '-> now a link',
    'folder/': '',
    'folder/moved': '-> elsewhere',
    link: '-> another target',
    'same text': 'target',
  };
  assert.deepEqual(await a.tree(), expected);
  assert.deepEqual(await b.tree(), expected);
  await a.remove('link');
  await settle();
  assert.equal((await b.tree()).link, undefined);
  assert.deepEqual([...a.conflicts(), ...b.conflicts()], []);
});

test('S1: targets that differ are held for a person like any content', async (t) => {
  const { a, b, settle } = await openVaultDevices(t);
  await a.link('current', 'v1');
  await settle();
  for (const [device, target] of [
    [a, 'v2'],
    [b, 'v3'],
  ] as const) {
    await device.remove('current');
    await device.link('current', target);
  }
  await settle();
  assert.deepEqual(a.conflicts(), ['current']);
  assert.deepEqual(b.conflicts(), ['current']);
  assert.deepEqual([await a.tree(), await b.tree()], [{ current: '-> v2' }, { current: '-> v3' }]);
});

test('a link to a folder and a file below its name: the folder wins, the link gets a suffix', async (t) => {
  const { a, b, settle } = await openVaultDevices(t);
  await a.link('notes', 'archive');
  await a.sync();
  await b.put('notes/a.md', 'text');
  const { a: report } = await settle();
  assert.deepEqual(report.failed, []);
  const tree = await a.tree();
  assert.deepEqual(await b.tree(), tree);
  assert.equal(tree['notes/a.md'], 'text');
  const other = Object.keys(tree).find((name) => name.startsWith('notes (~')) ?? '';
  assert.equal(tree[other], '-> archive');
});

test('a folder that was moved and linked to arrives so elsewhere', async (t) => {
  const { a, b, settle } = await openVaultDevices(t);
  await a.put('photos/1.jpg', 'one');
  await a.put('photos/2.jpg', 'two');
  await settle();
  await a.move('photos', 'archive/photos');
  await a.link('photos', 'archive/photos');
  await settle();
  assert.deepEqual(await b.tree(), await a.tree());
  assert.equal((await b.tree()).photos, '-> archive/photos');
  assert.deepEqual([...a.conflicts(), ...b.conflicts()], []);
});

test('a link that would lead out is refused in words, and the rest goes on', async (t) => {
  const bench = await openVaultBench(t);
  const hostile: readonly (readonly [path: string, target: string, words: RegExp])[] = [
    ['l1', '../outside', /leads out/],
    ['l2', '/etc/hostname', /absolute/],
    ['d/l3', 'way/../../outside', /goes up again/],
    ['l4', '.satchel/attached.json', /belongs to Satchel/],
    ['l5', 'x'.repeat(LINK_TARGET_MAX_BYTES + 1), /longer than/],
  ];
  for (const [path, target] of hostile) bench.port.write(path, { path, type: 'symlink' }, target);
  bench.port.write('fine', { path: 'd/fine', type: 'symlink' }, '../there');
  const { failed } = await bench.sync();
  for (const [path, , words] of hostile) {
    assert.match(failed.find((trouble) => trouble.path === path)?.error ?? '', words);
  }
  assert.equal(failed.length, hostile.length);
  assert.deepEqual(await bench.tree(), { 'd/': '', 'd/fine': '-> ../there' });
  assert.deepEqual(bench.port.edits, []);
  // A rename makes another place of it: the same target would lead out from there.
  bench.port.write('fine', { path: 'fine', type: 'symlink' }, '../there');
  const [again] = (await bench.sync()).failed.filter(({ path }) => path === 'fine');
  assert.match(again?.error ?? '', /leads out/);
  assert.deepEqual(await bench.tree(), { 'd/': '', 'd/fine': '-> ../there' });
  assert.deepEqual(bench.port.edits, []);
});

test('a link in the way of another file is never left where its target leads out', async (t) => {
  const bench = await openVaultBench(t);
  bench.port.write('link', { path: 'd/x', type: 'symlink' }, '../there');
  await bench.sync();
  bench.port.write('link', { path: 'x', type: 'symlink' }, '../there');
  bench.port.write('file', { path: 'd/x' }, 'text');
  await bench.sync();
  const tree = await bench.tree();
  assert.equal(tree['d/x'], 'text');
  const links = Object.entries(tree).filter(([, content]) => content.startsWith('->'));
  assert.deepEqual(
    links.map(([path]) => path.startsWith('d/x (')),
    [true],
  );
  assert.deepEqual(bench.port.edits, []);
});

test('where no links can be made it is said, and the record stays', async (t) => {
  const refuse = (disk: Disk) =>
    overriding(disk, () => ({ makeLink: () => Promise.reject(systemError('EPERM')) }));
  const { a, b, settle } = await openVaultDevices(t, { wrapB: refuse });
  await a.link('link', 'a.md');
  await a.put('a.md', 'text');
  const { b: report } = await settle();
  assert.deepEqual(
    report.failed.map(({ path }) => path),
    ['link'],
  );
  assert.match(report.failed[0]?.error ?? '', /cannot be made here; it stays/);
  assert.deepEqual(await b.tree(), { 'a.md': 'text' });
  assert.deepEqual(await a.tree(), { 'a.md': 'text', link: '-> a.md' });
});

test('a disk that gives symbolic links no second name is served as well', async (t) => {
  const asOnMacOs = (disk: Disk) =>
    overriding(disk, ({ stat, link }) => ({
      async link(from, to, flush) {
        if ((await stat(from))?.kind === 'symlink') throw systemError('ENOTSUP');
        await link(from, to, flush);
      },
    }));
  const { a, b, settle } = await openVaultDevices(t, { wrapB: asOnMacOs });
  await a.link('one', 'x');
  await a.link('two', 'y');
  await settle();
  await a.move('one', 'folder/one');
  await a.remove('two');
  await a.link('two', 'z');
  const { b: report } = await settle();
  assert.deepEqual(report.failed, []);
  assert.deepEqual(await b.tree(), await a.tree());
  assert.equal(report.published.versions, 0);
});

test('S6: a link that a person put where a file arrives is never overwritten', async (t) => {
  const bench = await openVaultBench(t);
  await bench.vault.takeIn();
  await symlink('mine', join(bench.root, 'name'));
  await symlink('/etc/hostname', join(bench.root, 'outside'));
  bench.port.write('r1', { path: 'name' }, 'theirs');
  bench.port.write('r2', { path: 'outside' }, 'theirs');
  const { failed } = await bench.sync();
  assert.deepEqual(
    failed.map(({ path }) => path),
    ['outside'],
  );
  const tree = await bench.tree();
  assert.equal(tree.name, '-> mine');
  assert.equal(tree.outside, '-> /etc/hostname');
  assert.equal(bench.port.view('r1')?.conflict, true);
});

test('what an older version placed as a file with the target in it becomes a link, and is no edit', async (t) => {
  const bench = await openVaultBench(t);
  bench.port.write('link', { path: 'link' }, 'a.md');
  await bench.sync();
  assert.deepEqual(await bench.tree(), { link: 'a.md' });
  // The same record as it always was: that version did not know the type.
  const versions = bench.port.view('link')?.shows ?? [];
  const shown = bench.port.shown('link');
  bench.port.write('link', { path: 'link', type: 'symlink' }, 'a.md');
  assert.ok(shown !== undefined && versions.length > 0);
  bench.port.placed({ ...shown, versions: bench.port.view('link')?.shows ?? [] });
  bench.port.setNote('ignore-hash', 'none');
  const vault = await bench.reopen();
  await vault.takeIn();
  await vault.putOut();
  assert.deepEqual(await bench.tree(), { link: '-> a.md' });
  assert.deepEqual(bench.port.edits, []);
});
