import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ignoreProblems, parseIgnoreRules } from './ignore.ts';

test('by default, what systems and programs make for themselves is not carried', () => {
  const rules = parseIgnoreRules(undefined);
  const files = [
    '.DS_Store',
    'a/b/.DS_Store',
    '._notes.md',
    'Icon\r',
    'Thumbs.db',
    'a/desktop.ini',
    'Desktop.ini',
    '.nfs000000000123abcd',
    '.fuse_hidden0000001',
    '.obsidian/workspace.json',
    'vault/.obsidian/workspace-mobile.json',
    '~$letter.docx',
    '.~lock.letter.odt#',
    '.notes.md.swp',
    '.syncthing.notes.md.tmp',
    '.git/HEAD',
    'a/node_modules/b/index.js',
  ];
  for (const path of files) assert.equal(rules.ignores(path, false), true, path);
  const folders = [
    '.git',
    'a/.git',
    'node_modules',
    '$RECYCLE.BIN',
    'System Volume Information',
    '.Trash-1000',
    '.Trashes',
    'lost+found',
    '.stfolder',
    '.stversions',
    '.dropbox.cache',
    '@eaDir',
  ];
  for (const path of folders) assert.equal(rules.ignores(path, true), true, path);
});

test('nothing a person would miss is left out by default', () => {
  const rules = parseIgnoreRules(undefined);
  const files = [
    'notes.md',
    'notes.md~',
    'report.bak',
    'draft.tmp',
    'film.part',
    'macro.swp',
    'Icons',
    'Icon',
    '.gitignore',
    '.git',
    '.env',
    '.obsidian/app.json',
    '.obsidian/workspaces.json',
    '.stignore',
    'my node_modules.md',
    '#draft#',
    '.satchelignore',
    'a/.satchel/x',
  ];
  for (const path of files) assert.equal(rules.ignores(path, false), false, path);
  for (const path of ['.obsidian', '.trash', '.vscode', 'Trash', 'build', 'lost']) {
    assert.equal(rules.ignores(path, true), false, path);
  }
});

test('a person adds rules and takes defaults back; the last word is theirs', () => {
  const rules = parseIgnoreRules(
    '\uFEFF*.iso\r\n# a comment\r\n/build/\r\n!.DS_Store\r\n!node_modules/\r\n',
  );
  assert.equal(rules.ignores('a/disk.iso', false), true);
  assert.equal(rules.ignores('build', true), true);
  assert.equal(rules.ignores('build/x/y', false), true);
  assert.equal(rules.ignores('a/build', true), false);
  assert.equal(rules.ignores('build', false), false, 'a file of that name is no folder');
  assert.equal(rules.ignores('Build', true), false, 'case matters, as in Git');
  assert.equal(rules.ignores('a/.DS_Store', false), false);
  assert.equal(rules.ignores('node_modules/x.js', false), false);
  assert.equal(rules.ignores('Thumbs.db', false), true);
});

test('.satchel is never carried and .satchelignore always, whatever the rules say', () => {
  const rules = parseIgnoreRules('*\n.satchelignore\n!.satchel/\n!.satchel\n!.satchel/**');
  assert.equal(rules.ignores('.satchel', true), true);
  assert.equal(rules.ignores('.satchel/trash/x', false), true);
  assert.equal(rules.ignores('.satchelignore', false), false);
  assert.equal(rules.ignores('notes.md', false), true);
});

test('lines that make no pattern, and paths that are none, do no harm', () => {
  const rules = parseIgnoreRules('[z-a]\n[\n\\\n!\n(((\n{a,\n\0\n/\n*.iso\n');
  assert.equal(rules.ignores('disk.iso', false), true);
  assert.equal(rules.ignores('notes.md', false), false);
  for (const path of ['', '../x', '/x', './x']) {
    assert.equal(rules.ignores(path, false), false, path);
  }
});

test('answers stay the same over many more paths than are remembered', () => {
  const rules = parseIgnoreRules('*.iso');
  for (let n = 0; n < 25_000; n += 1) {
    assert.equal(rules.ignores(`folder/${n}.${n % 2 === 0 ? 'iso' : 'md'}`, false), n % 2 === 0);
  }
});

test('lines that match nothing are told with what is wrong with them', () => {
  const text = '# ./comment\n./notes\n\n!../other\nDrafts\\old\nfine\\ name\n*.log\r\nC:\\temp';
  assert.deepEqual(
    ignoreProblems(text).map(({ line }) => line),
    [2, 4, 5, 8],
  );
  const [first] = ignoreProblems('./notes');
  assert.match(first?.message ?? '', /begin at this folder/);
  for (const pattern of ['./notes', 'Drafts\\old']) {
    const path = pattern.replace('./', '').replace('\\', '/');
    assert.equal(parseIgnoreRules(pattern).ignores(path, false), false, pattern);
  }
});
