import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openVaultBench, overriding, systemError } from '../../../test/support/vault-bench.ts';
import { utf8 } from '../../base/bytes.ts';
import { contentHash } from '../../base/hash.ts';
import { INLINE_MAX_BYTES } from '../../sync/kind.ts';

const MTIME_MS = 1_700_000_000_123;

test('new files and empty folders are saved, with times, bits and short content', async (t) => {
  const bench = await openVaultBench(t);
  await bench.put('notes/a.md', 'A', MTIME_MS);
  await bench.put('run.sh', 'echo', MTIME_MS);
  await bench.makeExecutable('run.sh');
  await bench.put('large.bin', 'x'.repeat(INLINE_MAX_BYTES + 1), MTIME_MS);
  await bench.makeFolder('empty/inner');
  const report = await bench.vault.takeIn();
  assert.deepEqual(report, { edits: 4, skipped: [], leftOut: [] });
  const writes = bench.port.edits.flatMap(({ change }) =>
    change.kind === 'write' ? [change] : [],
  );
  const byPath = new Map(writes.map((write) => [write.fields.path, write]));
  const note = byPath.get('notes/a.md');
  assert.ok(note);
  assert.deepEqual(note.fields, { path: 'notes/a.md', mtime: MTIME_MS });
  assert.deepEqual(note.content, {
    kind: 'bytes',
    bytes: utf8('A'),
    hash: contentHash(utf8('A')),
  });
  const script = byPath.get('run.sh');
  assert.deepEqual(script?.fields, { path: 'run.sh', mtime: MTIME_MS, exec: true });
  const large = byPath.get('large.bin');
  assert.equal(large?.content.kind, 'local');
  const folder = byPath.get('empty/inner');
  assert.deepEqual(folder?.fields, { path: 'empty/inner', type: 'folder' });
  assert.equal((await bench.vault.takeIn()).edits, 0);
});

test('S6: touching a file is no edit; a new executable bit is one', async (t) => {
  const bench = await openVaultBench(t);
  await bench.put('a.md', 'text', MTIME_MS);
  await bench.vault.takeIn();
  await bench.put('a.md', 'text', MTIME_MS + 5_000);
  assert.equal((await bench.vault.takeIn()).edits, 0);
  await bench.makeExecutable('a.md');
  assert.equal((await bench.vault.takeIn()).edits, 1);
  assert.equal(bench.port.view(bench.port.recordOf('a.md'))?.fields.exec, true);
});

test('S6: touching a file while something newer waits for it is no choice', async (t) => {
  const bench = await openVaultBench(t);
  await bench.put('a.md', 'text', MTIME_MS);
  await bench.put('b.md', 'text of b', MTIME_MS);
  await bench.vault.takeIn();
  const [a, b] = [bench.port.recordOf('a.md'), bench.port.recordOf('b.md')];
  bench.port.write(a, { path: 'renamed.md', exec: true }, 'text');
  bench.port.erase(b);
  await bench.put('a.md', 'text', MTIME_MS + 5_000);
  await bench.put('b.md', 'text of b', MTIME_MS + 5_000);
  assert.equal((await bench.vault.takeIn()).edits, 0);
  await bench.vault.putOut();
  assert.deepEqual(await bench.tree(), { 'renamed.md': 'text' });
  assert.equal(await bench.isExecutable('renamed.md'), true);
});

test('S5: a renamed folder is one save of renames, and no content', async (t) => {
  const bench = await openVaultBench(t);
  for (const name of ['a', 'b', 'c']) await bench.put(`old/${name}.md`, name, MTIME_MS);
  await bench.vault.takeIn();
  const records = ['a', 'b', 'c'].map((name) => bench.port.recordOf(`old/${name}.md`));
  bench.port.edits.length = 0;
  let saves = 0;
  bench.port.onWrite = () => {
    saves += 1;
  };
  await rename(join(bench.root, 'old'), join(bench.root, 'new'));
  assert.equal((await bench.vault.takeIn()).edits, 3);
  assert.equal(saves, 1);
  assert.deepEqual(bench.port.edits.map(({ record }) => record).sort(), [...records].sort());
  for (const { change } of bench.port.edits) {
    assert.ok(change.kind === 'write' && change.content.kind === 'local');
    assert.match(String(change.fields.path), /^new\//);
  }
});

test('S5: a suffix is no part of the name, even where its folder moves', async (t) => {
  const bench = await openVaultBench(t);
  bench.port.write('older', { path: 'd/x.md' }, 'older');
  bench.port.write('newer', { path: 'd/x.md' }, 'newer');
  await bench.sync();
  await rename(join(bench.root, 'd'), join(bench.root, 'e'));
  await bench.sync();
  assert.equal(bench.port.view('older')?.fields.path, 'e/x.md');
  assert.equal(bench.port.view('newer')?.fields.path, 'e/x.md');
  assert.equal(Object.keys(await bench.tree()).length, 3);
});

test('a rename with a missing file beside it: one rename, one deletion, one new file', async (t) => {
  const bench = await openVaultBench(t);
  await bench.put('a.md', 'to be renamed');
  await bench.put('b.md', 'to be deleted');
  await bench.vault.takeIn();
  const a = bench.port.recordOf('a.md');
  const b = bench.port.recordOf('b.md');
  bench.port.edits.length = 0;
  await bench.remove('a.md');
  await bench.remove('b.md');
  await bench.put('sub/a.md', 'to be renamed');
  await bench.put('c.md', 'new');
  assert.equal((await bench.vault.takeIn()).edits, 3);
  assert.equal(bench.port.view(a)?.fields.path, 'sub/a.md');
  assert.equal(bench.port.view(b)?.live, false);
  assert.equal(bench.port.view(bench.port.recordOf('c.md'))?.live, true);
});

test('attaching a folder that holds files: equal ones are matched, older ones updated, others held', async (t) => {
  const bench = await openVaultBench(t);
  bench.port.write('r1', { path: 'equal.md', mtime: 1, exec: true }, 'equal');
  bench.port.write('r2', { path: 'older.md', mtime: 1 }, 'first state');
  bench.port.write('r2', { path: 'older.md', mtime: 2 }, 'second state');
  bench.port.write('r3', { path: 'other.md', mtime: 1 }, 'theirs');
  await bench.put('equal.md', 'equal');
  await bench.put('older.md', 'first state');
  await bench.put('other.md', 'mine');
  assert.equal((await bench.vault.takeIn()).edits, 1);
  const [edit] = bench.port.edits;
  assert.equal(edit?.record, 'r3');
  assert.deepEqual(edit?.sawVersions, []);
  const report = await bench.vault.putOut();
  assert.deepEqual(report.failed, []);
  assert.deepEqual(await bench.tree(), {
    'equal.md': 'equal',
    'older.md': 'second state',
    'other.md': 'mine',
  });
  assert.equal(await bench.isExecutable('equal.md'), true);
  assert.equal(bench.port.view('r3')?.conflict, true);
  assert.equal(bench.port.view('r2')?.conflict, false);
});

test('S8: a folder that is missing, or another one in its place, is no deletion', async (t) => {
  const bench = await openVaultBench(t);
  await bench.put('a.md', 'text');
  await bench.vault.takeIn();
  bench.port.edits.length = 0;
  await rm(join(bench.root, '.satchel'), { recursive: true });
  await bench.remove('a.md');
  await assert.rejects(bench.vault.takeIn(), { kind: 'attention' });
  await rm(bench.root, { recursive: true });
  await assert.rejects(bench.vault.takeIn(), { kind: 'attention', message: /is not there/ });
  bench.port.write('r1', { path: 'b.md' }, 'text');
  await assert.rejects(bench.vault.putOut(), { kind: 'attention' });
  assert.deepEqual(bench.port.edits, []);
});

test('S8: a disk that goes away after the scan is no deletion', async (t) => {
  const bench = await openVaultBench(t);
  await bench.put('a.md', 'text');
  await bench.vault.takeIn();
  bench.port.edits.length = 0;
  await bench.remove('a.md');
  await bench.put('new.md', 'asks for a record when the scan is over');
  const recordFor = bench.port.recordFor.bind(bench.port);
  bench.port.recordFor = (fields) => {
    rmSync(join(bench.root, '.satchel/attached.json'));
    return recordFor(fields);
  };
  await assert.rejects(bench.vault.takeIn(), { kind: 'attention' });
  assert.deepEqual(
    bench.port.edits.map(({ change }) => change.kind),
    ['write'],
  );
});

test('links are left out and told apart from files that cannot be read', async (t) => {
  const bench = await openVaultBench(t, (disk) =>
    overriding(disk, ({ readFile }) => ({
      readFile: (path) =>
        path.endsWith('locked.md') ? Promise.reject(systemError('EACCES')) : readFile(path),
    })),
  );
  await bench.put('locked.md', 'text');
  await bench.put('open.md', 'text');
  await symlink('/etc/hostname', join(bench.root, 'link'));
  const { edits, skipped, leftOut = [] } = await bench.vault.takeIn();
  assert.equal(edits, 1);
  assert.deepEqual(
    skipped.map(({ path }) => path),
    ['locked.md'],
  );
  assert.deepEqual(
    leftOut.map(({ path }) => path),
    ['link'],
  );
});

test('what was written to a file while it was replaced is shown to the person after a crash', async (t) => {
  const bench = await openVaultBench(t);
  await bench.put('a.md', 'noted');
  await bench.vault.takeIn();
  const record = bench.port.recordOf('a.md');
  await bench.put(`.satchel/tmp/${encodeURIComponent(record)}.aside`, 'written at the last moment');
  await bench.put('.satchel/tmp/left.new', 'half-writ');
  await bench.vault.takeIn();
  const tree = await bench.tree();
  const copy = Object.keys(tree).find((name) => name.startsWith('a (laptop')) ?? '';
  assert.equal(tree[copy], 'written at the last moment');
  assert.equal(tree['a.md'], 'noted');
  assert.deepEqual(await bench.treeOf('.satchel/tmp'), {});
});

test('S6: a replaced file that a power cut brought back aside is not put in the place of a moved one', async (t) => {
  const bench = await openVaultBench(t);
  await bench.put('a.md', 'before');
  await bench.vault.takeIn();
  const record = bench.port.recordOf('a.md');
  await bench.put('a.md', 'after');
  await bench.vault.takeIn();
  await bench.put(`.satchel/tmp/${encodeURIComponent(record)}.aside`, 'before');
  await rename(join(bench.root, 'a.md'), join(bench.root, 'moved.md'));
  await bench.vault.takeIn();
  assert.deepEqual(await bench.tree(), { 'moved.md': 'after' });
  assert.deepEqual(await bench.treeOf('.satchel/tmp'), {});
});

test('the kind: names, titles, copies and attachments', async (t) => {
  const { kind } = await openVaultBench(t);
  assert.equal(kind.claimOf({ path: 'Notes/É.md' }), kind.claimOf({ path: 'notes/é.MD' }));
  assert.equal(kind.claimOf({}), undefined);
  assert.equal(kind.titleOf({ path: 'a.md' }), 'a.md');
  assert.equal(kind.isAttachment({ path: 'a/photo.JPG' }), true);
  for (const path of ['a.md', 'README', '.gitignore', 'board.canvas']) {
    assert.equal(kind.isAttachment({ path }), false, path);
  }
  assert.equal(kind.isAttachment({ path: 'photos.2024', type: 'folder' }), false);
  const copy = kind.fieldsOfCopy({ path: 'a.md', exec: true }, 'laptop', 0);
  assert.equal(copy.exec, true);
  assert.equal(copy.path, 'a (laptop 1970-01-01).md');
});

test('content saved as local is read from where the file is', async (t) => {
  const bench = await openVaultBench(t);
  await bench.put('a.bin', 'content');
  await bench.vault.takeIn();
  const record = bench.port.recordOf('a.bin');
  const pieces = await bench.vault.readLocal(record);
  assert.ok(pieces !== undefined);
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  assert.equal(Buffer.concat(parts).toString(), 'content');
  await bench.remove('a.bin');
  assert.equal(await bench.vault.readLocal(record), undefined);
});

test('the trash is emptied after 30 days, a day later where nobody looked meanwhile', async (t) => {
  const bench = await openVaultBench(t);
  await bench.put('note.md', 'text');
  await bench.sync();
  bench.port.erase(bench.port.recordOf('note.md'));
  await bench.sync();
  for (const days of [29, 1, 31]) {
    assert.notDeepEqual(await bench.treeOf('.satchel/trash'), {});
    bench.port.nowMs += days * 24 * 60 * 60 * 1000;
    await bench.sync();
  }
  assert.notDeepEqual(await bench.treeOf('.satchel/trash'), {});
  bench.port.nowMs += 24 * 60 * 60 * 1000;
  await bench.sync();
  assert.deepEqual(await bench.treeOf('.satchel/trash'), {});
});
