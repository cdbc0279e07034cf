import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Disk, DiskStat } from './disk.ts';
import { parseIgnoreRules } from './ignore.ts';
import { nodeDisk } from './node-disk.ts';
import { isRecent, markOf, walkFolder } from './walk.ts';

const disk = nodeDisk();
const rules = parseIgnoreRules(undefined);
const NOW_MS = Date.UTC(2026, 10, 20);

test('files and folders are found with their state, and empty folders told apart', async (context) => {
  const root = folderWith(context, {
    'notes.md': 'hello',
    'a/b/Ideas 💡.md': 'x',
    'ignored-only/.DS_Store': '',
    [`a/${'n'.repeat(255)}`]: '',
  });
  mkdirSync(join(root, 'empty/inner'), { recursive: true });
  mkdirSync(join(root, '.satchel/tmp'), { recursive: true });
  chmodSync(join(root, 'notes.md'), 0o755);
  const walk = await walkFolder(disk, root, rules);

  assert.deepEqual(
    new Set(walk.files.keys()),
    new Set(['notes.md', 'a/b/Ideas 💡.md', `a/${'n'.repeat(255)}`]),
  );
  assert.deepEqual(walk.folders, new Set(['a', 'a/b', 'ignored-only', 'empty', 'empty/inner']));
  assert.deepEqual(walk.emptyFolders, new Set(['empty/inner']));
  assert.deepEqual(walk.leftOut, []);
  assert.deepEqual(walk.unreadable, []);
  const notes = walk.files.get('notes.md');
  assert.ok(notes !== undefined);
  assert.equal(notes.sizeBytes, 5);
  assert.equal(notes.isExecutable, process.platform !== 'win32');
  assert.equal(notes.mark, markOf(notes));
  const stat = await disk.stat(join(root, 'notes.md'));
  assert.equal(stat?.mtimeNs, notes.mtimeNs);
  assert.equal(stat?.inode, notes.inode);
});

test('symlinks are never followed: those that stay inside are found, others and pipes are told', async (context) => {
  const root = folderWith(context, { 'a/notes.md': 'x' });
  const outside = folderWith(context, { 'secret.md': 'x' });
  symlinkSync(root, join(root, 'a/loop'));
  symlinkSync(outside, join(root, 'linked'));
  symlinkSync('nowhere', join(root, 'dangling.md'));
  mkdirSync(join(root, 'link-only'));
  symlinkSync('nowhere', join(root, 'link-only/link'));
  execFileSync('mkfifo', [join(root, 'pipe')]);
  const walk = await walkFolder(disk, root, rules);

  const links = [...walk.files.values()].filter(({ target }) => target !== undefined);
  assert.deepEqual([...walk.files.keys()].sort(), [
    'a/loop',
    'a/notes.md',
    'dangling.md',
    'link-only/link',
  ]);
  assert.deepEqual(links.map(({ path, target }) => [path, target]).sort(), [
    ['a/loop', '..'],
    ['dangling.md', 'nowhere'],
    ['link-only/link', 'nowhere'],
  ]);
  assert.ok(links.every(({ mark }) => mark.endsWith('-l')));
  assert.deepEqual(walk.folders, new Set(['a', 'link-only']));
  const leftOut = new Map(walk.leftOut.map(({ path, error }) => [path, error]));
  assert.deepEqual([...leftOut.keys()].sort(), ['linked', 'pipe']);
  assert.deepEqual(walk.emptyFolders, new Set(), 'a folder that holds a link is not empty');
  assert.match(leftOut.get('linked') ?? '', /symbolic link: its target leads out of the folder/);
  assert.match(leftOut.get('pipe') ?? '', /neither a file nor a folder/);
});

test('names that are unsafe elsewhere are told, also those that are not UTF-8', async (context) => {
  const root = folderWith(context, { 'a\\b.md': 'x', '.Satchel/x': 'x', 'line\nbreak': 'x' });
  writeFileSync(Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9])]), 'x');
  const walk = await walkFolder(disk, root, rules);
  assert.equal(walk.files.size, 0);
  const leftOut = new Map(walk.leftOut.map(({ path, error }) => [path, error]));
  assert.match(leftOut.get('a\\b.md') ?? '', /backslash/);
  assert.match(leftOut.get('.Satchel') ?? '', /belongs to Satchel/);
  assert.match(leftOut.get('line\nbreak') ?? '', /control character/);
  assert.match(leftOut.get('caf\uFFFD') ?? '', /not valid UTF-8/);
});

test('S8: a folder that cannot be read is unreadable, not empty', async (context) => {
  const root = folderWith(context, { 'closed/notes.md': 'x', 'open/notes.md': 'x' });
  const closed: Disk = {
    ...disk,
    list: (folder) =>
      folder === join(root, 'closed') ? Promise.reject(systemError('EACCES')) : disk.list(folder),
  };
  const walk = await walkFolder(closed, root, rules);
  assert.deepEqual([...walk.files.keys()], ['open/notes.md']);
  assert.deepEqual(
    walk.unreadable.map(({ path }) => path),
    ['closed'],
  );
  assert.match(walk.unreadable[0]?.error ?? '', /permission/);
  assert.equal(walk.folders.has('closed'), true);
  assert.equal(walk.emptyFolders.has('closed'), false);
});

test('S8: a root that is missing, or is swapped during the walk, is unreadable', async (context) => {
  const root = folderWith(context, { 'a/notes.md': 'x' });
  const missing = await walkFolder(disk, join(root, 'gone'), rules);
  assert.ok(missing.unreadable.some(({ path }) => path === ''));

  const unmounting: Disk = {
    ...disk,
    async list(folder) {
      rmSync(root, { recursive: true });
      // Keeps the inode from being given to the new folder.
      mkdirSync(`${root}-other`);
      context.after(() => rmSync(`${root}-other`, { recursive: true }));
      mkdirSync(root);
      return disk.list(folder);
    },
  };
  const swapped = await walkFolder(unmounting, root, rules);
  assert.equal(swapped.files.size, 0);
  assert.ok(swapped.unreadable.some(({ path }) => path === ''));
});

test('a walk over 5,000 files reads none of them', async (context) => {
  const files: Record<string, string> = {};
  for (let n = 0; n < 5_000; n += 1) files[`folder ${n % 50}/note ${n}.md`] = 'x';
  const root = folderWith(context, files);
  let opened = 0;
  const counting: Disk = {
    ...disk,
    readFile(path) {
      opened += 1;
      return disk.readFile(path);
    },
    readPieces(path) {
      opened += 1;
      return disk.readPieces(path);
    },
  };
  const first = await walkFolder(counting, root, rules);
  const second = await walkFolder(counting, root, rules);
  assert.equal(first.files.size, 5_000);
  assert.equal(opened, 0);
  for (const [path, file] of first.files) assert.equal(second.files.get(path)?.mark, file.mark);
});

test('a mark tells size, time, inode and the executable bit apart', () => {
  const stat = fileStat({});
  const marks = [
    stat,
    fileStat({ sizeBytes: 2 }),
    fileStat({ mtimeNs: stat.mtimeNs + 1n }),
    fileStat({ inode: 8n }),
    fileStat({ isExecutable: true }),
  ].map((state) => markOf(state));
  assert.equal(new Set(marks).size, marks.length);
  assert.equal(markOf(stat, { isRacy: true }), `${markOf(stat)}?`);
});

test('a file changed around the start of the scan is racy, an old or far future one is not', async (context) => {
  const hourMs = 60 * 60 * 1000;
  const cases: readonly (readonly [number, boolean])[] = [
    [-hourMs, false],
    [-2_001, false],
    [-2_000, true],
    [0, true],
    [hourMs, true],
    [365 * 24 * hourMs, false],
  ];
  for (const [offsetMs, isRacy] of cases) {
    const stat = fileStat({ mtimeNs: BigInt(NOW_MS + offsetMs) * 1_000_000n });
    assert.equal(isRecent(stat, NOW_MS), isRacy, String(offsetMs));
  }
  const root = folderWith(context, { 'old.md': '', 'new.md': '' });
  utimesSync(join(root, 'old.md'), NOW_MS / 1000 - 60, NOW_MS / 1000 - 60);
  utimesSync(join(root, 'new.md'), NOW_MS / 1000, NOW_MS / 1000);
  const walk = await walkFolder(disk, root, rules, { nowMs: NOW_MS });
  assert.match(walk.files.get('new.md')?.mark ?? '', /\?$/);
  assert.match(walk.files.get('old.md')?.mark ?? '', /[xn]$/);
});

test('a name the disk spells otherwise is found by its noted spelling, on such disks only', async (context) => {
  const root = folderWith(context, { 'caf\u00e9/r\u00e9sum\u00e9.md': 'x' });
  const known = new Set(['caf\u00e9', 'caf\u00e9/r\u00e9sum\u00e9.md']);
  const isKnownPlace = (path: string) => known.has(path);
  // Lists decomposed names, as HFS+ does, and takes either spelling.
  const decomposing: Disk = {
    ...disk,
    list: async (folder) =>
      (await disk.list(folder)).map((entry) => ({ ...entry, name: entry.name.normalize('NFD') })),
  };
  const walk = await walkFolder(decomposing, root, rules, { isKnownPlace });
  assert.deepEqual([...walk.files.keys()], ['caf\u00e9/r\u00e9sum\u00e9.md']);
  assert.deepEqual([...walk.folders], ['caf\u00e9']);

  // On a disk that tells them apart, it is another file.
  const exact = folderWith(context, { 'cafe\u0301.md': 'x' });
  const other = await walkFolder(disk, exact, rules, { isKnownPlace: () => true });
  assert.deepEqual([...other.files.keys()], ['cafe\u0301.md']);
});

function folderWith(context: TestContext, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'satchel-walk-'));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function fileStat(changed: Partial<DiskStat>): DiskStat {
  const mtimeNs = 1_700_000_000_000_000_000n;
  return { kind: 'file', sizeBytes: 1, mtimeNs, inode: 7n, isExecutable: false, ...changed };
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made up`), { code });
}
