import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Shown } from '../../sync/kind.ts';
import { FOLDER_MARK, type FoundFile, matchRenames, planScan } from './changes.ts';
import { parseIgnoreRules } from './ignore.ts';
import { markOf, type Walk, type WalkedFile } from './walk.ts';

const nothingIgnored = () => false;
let nextInode = 1n;

test('S6: what is as noted is unchanged, what was touched or is new is to be read', () => {
  const kept = file('kept.md');
  const touched = file('touched.md');
  const created = file('created.md');
  const noted = [shownOf(kept), { ...shownOf(touched), mark: '1-1-1-n' }, folderRow('folder')];
  const walk = walkOf({ files: [kept, touched, created], folders: ['folder'] });
  const plan = planScan(walk, noted, nothingIgnored);
  assert.equal(plan.unchanged, 2);
  assert.deepEqual(plan.toHash, [
    { file: touched, shown: noted[1] },
    { file: created, shown: undefined },
  ]);
  assert.deepEqual(plan.moved, []);
  assert.deepEqual(plan.missing, []);
  assert.deepEqual(plan.newFolders, []);
});

test('S6: a file with a racy mark is read again, even where the marks are equal', () => {
  const racy = { ...file('a.md'), mark: '1-1-1-n?' };
  const plan = planScan(walkOf({ files: [racy] }), [shownOf(racy)], nothingIgnored);
  assert.equal(plan.unchanged, 0);
  assert.equal(plan.toHash.length, 1);
});

test('what is gone is missing: files, and folder records', () => {
  const noted = [shownOf(file('a/gone.md')), folderRow('b')];
  const plan = planScan(walkOf({}), noted, nothingIgnored);
  assert.deepEqual(plan.missing, noted);
});

test('S8: nothing is missing where the walk could not look, or met a link', () => {
  const noted = [
    shownOf(file('closed/a.md')),
    shownOf(file('closed/b/c.md')),
    folderRow('closed'),
    shownOf(file('linked/a.md')),
    shownOf(file('linked.md')),
    shownOf(file('closed2/a.md')),
  ];
  const walk = walkOf({ unreadable: ['closed'], leftOut: ['linked', 'linked.md'] });
  const plan = planScan(walk, noted, nothingIgnored);
  assert.deepEqual(
    plan.missing.map(({ place }) => place),
    ['closed2/a.md'],
  );
  assert.deepEqual(planScan(walkOf({ unreadable: [''] }), noted, nothingIgnored).missing, []);
});

test('what the rules leave out now is not missing', () => {
  const rules = parseIgnoreRules('*.iso\nbuild/\n');
  const noted = [
    shownOf(file('disk.iso')),
    shownOf(file('build/a.md')),
    folderRow('build'),
    shownOf(file('notes.md')),
  ];
  const plan = planScan(walkOf({}), noted, rules.ignores);
  assert.deepEqual(
    plan.missing.map(({ place }) => place),
    ['notes.md'],
  );
});

test('a file of the same inode, size and time elsewhere was moved: nothing to read', () => {
  const before = file('a/notes.md');
  const after = { ...before, path: 'b/renamed.md' };
  const row = shownOf(before);
  const plan = planScan(walkOf({ files: [after] }), [row], nothingIgnored);
  assert.deepEqual(plan.moved, [{ file: after, shown: row }]);
  assert.deepEqual(plan.toHash, []);
  assert.deepEqual(plan.missing, []);
});

test('a second name for a file that stayed, or a disk without inodes, is no move', () => {
  const stayed = file('a.md');
  const linked = { ...stayed, path: 'b.md' };
  const links = planScan(walkOf({ files: [stayed, linked] }), [shownOf(stayed)], nothingIgnored);
  assert.deepEqual(links.moved, []);
  assert.deepEqual(links.toHash, [{ file: linked, shown: undefined }]);

  const before = withMark({ ...file('a.md'), inode: 0n });
  const after = { ...before, path: 'b.md' };
  const plan = planScan(walkOf({ files: [after] }), [shownOf(before)], nothingIgnored);
  assert.deepEqual(plan.moved, []);
  assert.equal(plan.missing.length, 1);
});

test('an empty folder is new where nothing is noted; one that became a file is touched', () => {
  const walk = walkOf({ files: [file('was-folder')], empty: ['empty', 'noted', 'was-file'] });
  const noted = [folderRow('noted'), folderRow('was-folder'), shownOf(file('was-file'))];
  const plan = planScan(walk, noted, nothingIgnored);
  assert.deepEqual(plan.newFolders, ['empty']);
  assert.deepEqual(
    plan.toHash.map(({ file: { path }, shown }) => [path, shown?.place]),
    [['was-folder', 'was-folder']],
  );
  assert.deepEqual(
    plan.missing.map(({ place }) => place),
    ['was-file'],
  );
});

test('a renamed file is paired by its content; the rest stays missing or new', () => {
  const gone = [row('a.md', 'h1'), row('gone.md', 'h2'), folderRow('folder')];
  const found = [foundAt('b.md', 'h1'), foundAt('new.md', 'h3')];
  const plan = matchRenames(gone, found);
  assert.deepEqual(pairs(plan.renamed), [['a.md', 'b.md']]);
  assert.deepEqual(plan.missing, gone.slice(1));
  assert.deepEqual(plan.created, found.slice(1));
});

test('a moved folder of 100 files keeps each pair, though half of them have equal content', () => {
  const names = Array.from({ length: 100 }, (_, n) => `note ${n}.md`);
  const hashOf = (n: number) => (n % 2 === 0 ? 'same' : `h${n}`);
  const gone = names.map((name, n) => row(`old/sub/${name}`, hashOf(n)));
  const found = names.map((name, n) => foundAt(`new/place/sub/${name}`, hashOf(n))).reverse();
  const plan = matchRenames(gone, found);
  assert.equal(plan.renamed.length, 100);
  for (const [from, to] of pairs(plan.renamed)) assert.equal(to, from?.replace('old', 'new/place'));
});

test('files of equal content and name follow the folder move that others show', () => {
  // By path order alone, the two index files would change places.
  const gone = [
    row('a/index.md', 'i'),
    row('a/1.md', 'h1'),
    row('b/index.md', 'i'),
    row('b/2.md', 'h2'),
  ];
  const found = [
    foundAt('y/index.md', 'i'),
    foundAt('y/2.md', 'h2'),
    foundAt('z/index.md', 'i'),
    foundAt('z/1.md', 'h1'),
  ];
  assert.deepEqual(pairs(matchRenames(gone, found).renamed).sort(), [
    ['a/1.md', 'z/1.md'],
    ['a/index.md', 'z/index.md'],
    ['b/2.md', 'y/2.md'],
    ['b/index.md', 'y/index.md'],
  ]);
});

test('where folder moves differ, the one that most pairs agree on counts', () => {
  const gone = [row('a/1.md', 'h1'), row('a/2.md', 'h2'), row('a/3.md', 'h3'), row('a/i.md', 'i')];
  const found = [
    foundAt('y/1.md', 'h1'),
    foundAt('z/2.md', 'h2'),
    foundAt('z/3.md', 'h3'),
    foundAt('y/i.md', 'i'),
    foundAt('z/i.md', 'i'),
  ];
  const plan = matchRenames(gone, found);
  assert.deepEqual(pairs(plan.renamed).at(-1), ['a/i.md', 'z/i.md']);
  assert.deepEqual(
    plan.created.map(({ file: { path } }) => path),
    ['y/i.md'],
  );
});

test('of equal files, one renamed in place is preferred to one from another folder', () => {
  const plan = matchRenames(
    [row('a/one.md', 'h'), row('b/one.md', 'h')],
    [foundAt('b/two.md', 'h')],
  );
  assert.deepEqual(pairs(plan.renamed), [['b/one.md', 'b/two.md']]);
  assert.deepEqual(
    plan.missing.map(({ place }) => place),
    ['a/one.md'],
  );
});

test('of equal files with new names, one in the folder that others moved to is preferred', () => {
  const plan = matchRenames(
    [row('a/one.md', 'h'), row('b/one.md', 'h'), row('b/kept.md', 'k')],
    [foundAt('c/two.md', 'h'), foundAt('c/kept.md', 'k')],
  );
  assert.deepEqual(pairs(plan.renamed).sort(), [
    ['b/kept.md', 'c/kept.md'],
    ['b/one.md', 'c/two.md'],
  ]);
});

test('empty files are one only where they have the same base name', () => {
  const plan = matchRenames(
    [row('a/.gitkeep', 'empty'), row('todo.md', 'empty')],
    [foundAt('b/.gitkeep', 'empty', 0), foundAt('ideas.md', 'empty', 0)],
  );
  assert.deepEqual(pairs(plan.renamed), [['a/.gitkeep', 'b/.gitkeep']]);
  assert.deepEqual(
    plan.missing.map(({ place }) => place),
    ['todo.md'],
  );
  assert.deepEqual(
    plan.created.map(({ file: { path } }) => path),
    ['ideas.md'],
  );
});

test('every row and every file is used once, and the input stays as it is', () => {
  const gone = Object.freeze([row('b.md', 'h'), row('a.md', 'h'), row('c.md', 'h')]);
  const found = Object.freeze([foundAt('y.md', 'h'), foundAt('x.md', 'h')]);
  const plan = matchRenames(gone, found);
  assert.deepEqual(pairs(plan.renamed), [
    ['a.md', 'x.md'],
    ['b.md', 'y.md'],
  ]);
  assert.deepEqual(
    plan.missing.map(({ place }) => place),
    ['c.md'],
  );
  assert.deepEqual(plan.created, []);
});

function pairs(renamed: readonly (FoundFile & { readonly shown: Shown })[]): string[][] {
  return renamed.map(({ shown, file }) => [shown.place, file.path]);
}

function withMark(file: Omit<WalkedFile, 'mark'>): WalkedFile {
  return { ...file, mark: markOf(file) };
}

function file(path: string, sizeBytes = 10): WalkedFile {
  const inode = nextInode;
  nextInode += 1n;
  const mtimeNs = 1_700_000_000_000_000_000n;
  return withMark({ path, kind: 'file', sizeBytes, mtimeNs, inode, isExecutable: false });
}

function foundAt(path: string, hash: string, sizeBytes = 10): FoundFile {
  return { file: file(path, sizeBytes), hash };
}

function shownOf({ path, mark }: WalkedFile, hash = 'hash'): Shown {
  return { record: `record of ${path}`, place: path, mark, hash, versions: ['v1'] };
}

function row(place: string, hash: string): Shown {
  return shownOf(file(place), hash);
}

function folderRow(place: string): Shown {
  return { record: `record of ${place}`, place, mark: FOLDER_MARK, hash: '', versions: ['v1'] };
}

function walkOf(parts: {
  readonly files?: readonly WalkedFile[];
  readonly folders?: readonly string[];
  readonly empty?: readonly string[];
  readonly unreadable?: readonly string[];
  readonly leftOut?: readonly string[];
}): Walk {
  const trouble = (path: string) => ({ path, error: 'made up' });
  return {
    files: new Map((parts.files ?? []).map((walked) => [walked.path, walked])),
    folders: new Set([...(parts.folders ?? []), ...(parts.empty ?? [])]),
    emptyFolders: new Set(parts.empty ?? []),
    unreadable: (parts.unreadable ?? []).map(trouble),
    leftOut: (parts.leftOut ?? []).map(trouble),
  };
}
