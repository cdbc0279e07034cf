import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  copyName,
  foldName,
  isSamePath,
  isSuffixedName,
  notOnWindowsReason,
  SUFFIX_LENGTHS,
  suffixedName,
  unsafePathReason,
  withoutSuffix,
} from './names.ts';

const DAY_MS = Date.UTC(2026, 10, 20, 23, 59);

test('a path that would leave the root or harm it is refused, with the reason', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['', /empty/],
    ['/etc/passwd', /absolute/],
    ['../x', /"\.\."/],
    ['a/../../x', /"\.\."/],
    ['a/.. /x', /"\.\. "/],
    ['a/./b', /"\."/],
    ['a//b', /empty part/],
    ['a/', /empty part/],
    ['a\0b', /NUL/],
    ['a\nb', /control/],
    ['a\u007f', /control/],
    ['..\\x', /backslash/],
    ['C:', /drive/],
    ['c:/Windows/x', /drive/],
    ['C:x', /drive/],
    ['.satchel', /belongs to Satchel/],
    ['.satchel/marker', /belongs to Satchel/],
    ['.Satchel/marker', /belongs to Satchel/],
    ['.satchel. /marker', /belongs to Satchel/],
    ['.sat\u200Cchel/marker', /belongs to Satchel/],
    ['.\u017Fatchel/marker', /belongs to Satchel/],
    ['a/\ud800', /Unicode/],
    [`a/${'x'.repeat(256)}`, /255 bytes/],
    [`a/${'é'.repeat(128)}`, /255 bytes/],
  ];
  for (const [path, reason] of refused) {
    assert.match(unsafePathReason(path) ?? '', reason, JSON.stringify(path));
  }
});

test('names that people use are safe', () => {
  const safe = [
    'notes.md',
    '.satchelignore',
    'a/.satchel/x',
    'a/..b/c..',
    'Ideas 💡/ünï — "quoted"?.md',
    'x'.repeat(255),
    '💡'.repeat(63),
    'chapter: one.md',
  ];
  for (const path of safe) assert.equal(unsafePathReason(path), undefined, path);
});

test('S5: names that one disk or another holds for the same fold to the same key', () => {
  const same: readonly (readonly [string, string])[] = [
    ['Notes/A.md', 'notes/a.MD'],
    ['caf\u00e9.md', 'CAFE\u0301.md'],
    ['ΟΔΟΣ.md', 'οδος.md'],
    ['\u212Bngström', '\u00e5ngström'],
  ];
  for (const [a, b] of same) assert.equal(foldName(a), foldName(b), `${a} ${b}`);
  for (const name of ['İstanbul', 'Maße.md', 'ΟΔΟΣ/ΟΔΟΣ', 'e\u0301']) {
    assert.equal(foldName(foldName(name)), foldName(name), name);
  }
  assert.notEqual(foldName('Maße.md'), foldName('Masse.md'));
});

test('S5: a suffix is the same for a record everywhere, and keeps folder and extension', () => {
  const name = suffixedName('a.b/notes.md', 'record-1');
  assert.match(name, /^a\.b\/notes \(~[a-z2-7]{4}\)\.md$/);
  assert.equal(suffixedName('a.b/notes.md', 'record-1'), name);
  assert.notEqual(suffixedName('a.b/notes.md', 'record-2'), name);
  assert.match(suffixedName('a.b/Makefile', 'r'), /^a\.b\/Makefile \(~[a-z2-7]{4}\)$/);
  assert.match(suffixedName('.profile', 'r'), /^\.profile \(~[a-z2-7]{4}\)$/);
  assert.match(suffixedName('On v1.2 and after', 'r'), /^On v1\.2 and after \(~[a-z2-7]{4}\)$/);
});

test('S5: a suffix of any length leads back to the path and to the record', () => {
  for (const path of [
    'a.b/notes.md',
    'Makefile',
    '.profile',
    'On v1.2 and after',
    'x (~abcd).md',
  ]) {
    for (const length of SUFFIX_LENGTHS) {
      const name = suffixedName(path, 'record', length);
      assert.equal(withoutSuffix(name)?.path, path);
      assert.equal(isSuffixedName(path, 'record', name), true);
      assert.equal(isSuffixedName(path, 'other', name), false);
    }
    assert.equal(isSuffixedName(path, 'record', path), false);
  }
  for (const name of [
    'notes.md',
    'a (b).md',
    'a (~ABCD).md',
    'a (~abc).md',
    ' (~abcd)',
    'a (~abcd) b',
  ]) {
    assert.equal(withoutSuffix(name), undefined, name);
  }
});

test('a suffix on the longest name shortens it by whole characters', () => {
  for (const stem of ['x'.repeat(252), '💡'.repeat(63), `a${'é'.repeat(125)}`]) {
    const name = suffixedName(`folder/${stem}.md`, 'record');
    assert.equal(unsafePathReason(name), undefined);
    assert.ok(Buffer.byteLength(name) > 'folder/'.length + 250, 'no more is cut than needed');
    assert.ok(Buffer.byteLength(name) <= 'folder/'.length + 255);
    assert.match(name, /\(~[a-z2-7]{4}\)\.md$/);
  }
});

test('a name that was cut for its suffix says so, and no other does', () => {
  for (const stem of ['ü'.repeat(126), '🏔'.repeat(62), 'a'.repeat(252)]) {
    assert.equal(withoutSuffix(suffixedName(`${stem}.md`, 'r'))?.isCut, true);
  }
  assert.equal(withoutSuffix(suffixedName(`${'a'.repeat(230)}.md`, 'r'))?.isCut, false);
});

test('names that Windows takes for something else, or cannot have, are told', () => {
  const refused = ['a:b', 'x?.md', 'q*', 'a|b', '<x>', 'say "hi"', 'end.', 'end ', 'd. /x.md'];
  const devices = ['NUL', 'nul.txt', 'con', 'Aux.tar.gz', 'COM1', 'lpt9.md', 'd/PRN', 'nul .txt'];
  for (const path of [...refused, ...devices]) assert.ok(notOnWindowsReason(path), path);
  for (const path of [
    'console.md',
    'null',
    'com10',
    'a.b',
    'nu/l',
    '.hidden',
    'auxiliary',
    'ä ö',
  ]) {
    assert.equal(notOnWindowsReason(path), undefined, path);
  }
});

test('S5: what a disk takes for the same name depends on the disk', () => {
  const [composed, decomposed] = ['Ü.md'.normalize('NFC'), 'Ü.md'.normalize('NFD')];
  const cases: readonly (readonly [a: string, b: string, byCase: boolean, byForm: boolean])[] = [
    ['a.md', 'A.md', true, false],
    ['ΟΔΟΣ', 'οδος', true, false],
    [composed, decomposed, false, true],
    ['a.md', 'b.md', false, false],
  ];
  for (const [a, b, byCase, byForm] of cases) {
    assert.equal(isSamePath(a, b, { case: true, form: false }), byCase);
    assert.equal(isSamePath(a, b, { case: false, form: true }), byForm);
    assert.equal(isSamePath(a, b, { case: true, form: true }), byCase || byForm);
    assert.equal(isSamePath(a, b, { case: false, form: false }), false);
    assert.equal(isSamePath(a, a, { case: false, form: false }), true);
  }
});

test('a copy is named after the device and the day', () => {
  assert.equal(copyName('a/notes.md', 'laptop', DAY_MS), 'a/notes (laptop 2026-11-20).md');
  assert.equal(copyName('notes', 'a/b\\c:d\n', DAY_MS), 'notes (a-b-c-d- 2026-11-20)');
  assert.equal(copyName('notes.md', '  ', DAY_MS), 'notes (device 2026-11-20).md');
  const long = copyName(`${'n'.repeat(250)}.md`, '🖥'.repeat(100), DAY_MS);
  assert.equal(unsafePathReason(long), undefined);
  assert.match(long, /^n+ \(🖥+ 2026-11-20\)\.md$/u);
});
