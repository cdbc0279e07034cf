/** The corners of names (rule S5): two devices with the real engine, and real folders. */
import assert from 'node:assert/strict';
import { link } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FOLDS_ALL } from '../../../test/support/folding-disk.ts';
import {
  openVaultDevices,
  type VaultDevices,
  type VaultDevicesOptions,
} from '../../../test/support/vault-devices.ts';
import type { Disk } from '../files/disk.ts';

const NFC = 'Übersicht.md'.normalize('NFC');
const NFD = 'Übersicht.md'.normalize('NFD');

/** Both in step, nothing failed, nothing in conflict, and nothing more to send. */
async function assertInStep(devices: VaultDevices, tree: Record<string, string>): Promise<void> {
  const { a, b, settle } = devices;
  const reports = await settle();
  for (const { failed, published } of [reports.a, reports.b]) {
    assert.deepEqual([failed, published.versions], [[], 0]);
  }
  assert.deepEqual([...a.conflicts(), ...b.conflicts()], []);
  assert.deepEqual(await a.tree(), tree);
  assert.deepEqual(await b.tree(), tree);
}

/** Two devices in step on these files, which come from `a`. */
async function inStepOn(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  options: VaultDevicesOptions = {},
): Promise<VaultDevices> {
  const devices = await openVaultDevices(t, options);
  for (const [place, text] of Object.entries(files)) await devices.a.put(place, text);
  await devices.settle();
  return devices;
}

/** What `b` makes of the files of `a`: it gets all of them, and nothing changes on `a` for that. */
async function treeElsewhere({ a, b, settle }: VaultDevices): Promise<Record<string, string>> {
  const before = await a.tree();
  const { b: report } = await settle();
  assert.deepEqual(report.failed, []);
  assert.deepEqual(await a.tree(), before, 'what one disk cannot hold changes nothing elsewhere');
  return b.tree();
}

function fileTexts(tree: Record<string, string>): readonly string[] {
  return Object.entries(tree)
    .filter(([path]) => !path.endsWith('/'))
    .map(([, text]) => text)
    .sort();
}

test('S5: NFC and NFD twins are two files where the disk tells them apart', async (t) => {
  const devices = await openVaultDevices(t);
  await devices.a.put(NFC, 'composed');
  await devices.a.put(NFD, 'decomposed');
  await assertInStep(devices, { [NFC]: 'composed', [NFD]: 'decomposed' });
  await devices.b.put(NFD, 'decomposed, edited');
  await assertInStep(devices, { [NFC]: 'composed', [NFD]: 'decomposed, edited' });
});

for (const [what, first, second] of [
  ['NFC and NFD twins', NFC, NFD],
  ['case twins', 'Notes.md', 'notes.md'],
  ['case twins in case twins of a folder', 'Docs/Notes.md', 'docs/notes.md'],
] as const) {
  test(`S5: ${what} are both there on a disk that folds names, and stay apart`, async (t) => {
    const devices = await openVaultDevices(t, { folding: { b: FOLDS_ALL } });
    const { a, b, settle } = devices;
    await a.put(first, 'first');
    await a.put(second, 'second');
    const before = await a.tree();
    const tree = await treeElsewhere(devices);
    assert.deepEqual(fileTexts(tree), ['first', 'second']);
    const suffixed = Object.keys(tree).find((path) => path.includes('(~')) ?? '';
    await b.put(suffixed, `${tree[suffixed]}, edited`);
    await settle();
    const texts = fileTexts(await a.tree());
    assert.ok(texts.includes(`${tree[suffixed]}, edited`), 'an edit reaches the right file');
    assert.deepEqual(Object.keys(await a.tree()), Object.keys(before));
    assert.deepEqual([...a.conflicts(), ...b.conflicts()], []);
  });
}

test('S5: a file and a folder that differ in case alone both keep their names where the disk does', async (t) => {
  for (const folding of [{}, { b: FOLDS_ALL }]) {
    const { a, b, settle } = await openVaultDevices(t, { folding });
    await b.put('plan', 'a file');
    await b.sync();
    await a.put('Plan/today.md', 'below');
    await settle();
    const expected = { plan: 'a file', 'Plan/': '', 'Plan/today.md': 'below' };
    assert.deepEqual(await a.tree(), expected);
    assert.deepEqual(fileTexts(await b.tree()), ['a file', 'below']);
    if (!('b' in folding)) assert.deepEqual(await b.tree(), expected);
  }
});

test('S5: twins made on both devices at once: none is lost, and a rename ends it', async (t) => {
  const { a, b, settle } = await openVaultDevices(t, { folding: { b: FOLDS_ALL } });
  await a.put('Plan.md', 'of a');
  await b.put('plan.md', 'of b');
  await settle();
  assert.deepEqual(await a.tree(), { 'Plan.md': 'of a', 'plan.md': 'of b' });
  assert.deepEqual(fileTexts(await b.tree()), ['of a', 'of b']);
  await a.move('plan.md', 'plan 2.md');
  await settle();
  assert.deepEqual(await b.tree(), { 'Plan.md': 'of a', 'plan 2.md': 'of b' });
});

for (const [disks, folding] of [
  ['disks that tell case apart', {}],
  ['one disk that does not tell case apart', { b: FOLDS_ALL }],
  ['two disks that do not', { a: FOLDS_ALL, b: FOLDS_ALL }],
] as const) {
  test(`S5: a rename of nothing but the case, with ${disks}`, async (t) => {
    const files = { 'notes.md': 'text', 'docs/deep/x.md': 'x', 'docs/y.md': 'y' };
    const devices = await inStepOn(t, files, { folding });
    const { a, b } = devices;
    const treeNamed = (folder: string, note: string) => ({
      [`${folder}/`]: '',
      [`${folder}/deep/`]: '',
      [`${folder}/deep/x.md`]: 'x',
      [`${folder}/y.md`]: 'y',
      [note]: 'text',
    });
    await a.move('notes.md', 'Notes.md');
    await a.move('docs', 'Docs');
    await assertInStep(devices, treeNamed('Docs', 'Notes.md'));
    await b.move('Docs', 'DOCS');
    await b.move('Notes.md', 'NOTES.md');
    await assertInStep(devices, treeNamed('DOCS', 'NOTES.md'));
  });
}

test('S5: case twins of a folder are one on a disk that folds names, and nobody is renamed', async (t) => {
  const { a, b, settle } = await openVaultDevices(t, { folding: { b: FOLDS_ALL } });
  await a.put('Docs/a.md', 'a');
  await a.put('docs/b.md', 'b');
  const before = await a.tree();
  await settle();
  assert.deepEqual(fileTexts(await b.tree()), ['a', 'b']);
  assert.deepEqual(await a.tree(), before);
  await b.put('docs/b.md', 'b, edited');
  await a.remove('Docs');
  await settle();
  assert.deepEqual(await a.tree(), { 'docs/': '', 'docs/b.md': 'b, edited' });
  assert.deepEqual(fileTexts(await b.tree()), ['b, edited']);
});

test('S5: two names for one file are two files, each with its own story', async (t) => {
  const devices = await openVaultDevices(t);
  const { a, b, settle } = devices;
  await a.put('one.md', 'text');
  await link(join(a.root, 'one.md'), join(a.root, 'two.md'));
  await assertInStep(devices, { 'one.md': 'text', 'two.md': 'text' });
  await b.put('one.md', 'only one of them');
  await assertInStep(devices, { 'one.md': 'only one of them', 'two.md': 'text' });
  await link(join(a.root, 'two.md'), join(a.root, 'three.md'));
  await settle();
  await a.move('two.md', 'four.md');
  await a.move('three.md', 'five.md');
  await assertInStep(devices, {
    'five.md': 'text',
    'four.md': 'text',
    'one.md': 'only one of them',
  });
  await a.remove('five.md');
  await a.put('four.md', 'edited through one name');
  await assertInStep(devices, {
    'four.md': 'edited through one name',
    'one.md': 'only one of them',
  });
});

test('S5: two names for one file that differ in their Unicode form alone are two files', async (t) => {
  const devices = await openVaultDevices(t);
  const { a } = devices;
  const [composed, decomposed] = ['caf\u00e9.md', 'cafe\u0301.md'];
  await a.put('one.md', 'text');
  await link(join(a.root, 'one.md'), join(a.root, decomposed));
  await assertInStep(devices, { 'one.md': 'text', [decomposed]: 'text' });
  await a.move('one.md', composed);
  await assertInStep(devices, { [composed]: 'text', [decomposed]: 'text' });
});

test('S5: files that swap names, or go round in a circle, take edits made elsewhere with them', async (t) => {
  const names = ['a', 'b', 'x', 'y', 'z'];
  const devices = await inStepOn(
    t,
    Object.fromEntries(names.map((name) => [`${name}.md`, `this is ${name}`])),
  );
  const { a, b } = devices;
  const rotate = async (names: readonly string[]) => {
    await a.move(`${names.at(-1)}.md`, 'aside');
    for (let index = names.length - 1; index > 0; index -= 1) {
      await a.move(`${names[index - 1]}.md`, `${names[index]}.md`);
    }
    await a.move('aside', `${names[0]}.md`);
  };
  await rotate(['a', 'b']);
  await rotate(['x', 'y', 'z']);
  await b.put('a.md', 'this is a, edited on b');
  await b.put('z.md', 'this is z, edited on b');
  await assertInStep(devices, {
    'a.md': 'this is b',
    'b.md': 'this is a, edited on b',
    'x.md': 'this is z, edited on b',
    'y.md': 'this is x',
    'z.md': 'this is y',
  });
});

test('S5: a chain of renames: b became c and a became b, while b was edited elsewhere', async (t) => {
  const devices = await inStepOn(t, { 'a.md': 'this is a', 'b.md': 'this is b' });
  const { a, b } = devices;
  await a.move('b.md', 'c.md');
  await a.move('a.md', 'b.md');
  await b.put('b.md', 'this is b, edited');
  await assertInStep(devices, { 'b.md': 'this is a', 'c.md': 'this is b, edited' });
});

test('S5: three folders of equal names inside change places', async (t) => {
  const devices = await openVaultDevices(t);
  const { a, b, settle } = devices;
  for (const folder of ['a', 'b', 'c']) {
    for (const name of ['1.md', '2.md', 'deep/3.md'])
      await a.put(`${folder}/${name}`, `${folder} ${name}`);
  }
  await settle();
  await a.move('c', 'aside');
  await a.move('b', 'c');
  await a.move('a', 'b');
  await a.move('aside', 'a');
  await b.put('a/1.md', 'a 1.md, edited');
  const expected: Record<string, string> = {};
  for (const [now, before] of [
    ['a', 'c'],
    ['b', 'a'],
    ['c', 'b'],
  ]) {
    expected[`${now}/`] = '';
    expected[`${now}/1.md`] = before === 'a' ? 'a 1.md, edited' : `${before} 1.md`;
    expected[`${now}/2.md`] = `${before} 2.md`;
    expected[`${now}/deep/`] = '';
    expected[`${now}/deep/3.md`] = `${before} deep/3.md`;
  }
  await assertInStep(devices, expected);
});

test('S5: a rename onto a name that is taken replaces that file, whose content stays in the history', async (t) => {
  const files = { 'draft.md': 'the new text', 'final.md': 'the old text' };
  const devices = await inStepOn(t, files);
  await devices.a.move('draft.md', 'final.md');
  await assertInStep(devices, { 'final.md': 'the new text' });
});

test('S5: a rename onto a name that another device gives to a file of its own', async (t) => {
  const { a, b, settle } = await inStepOn(t, { 'mine.md': 'mine' });
  await a.move('mine.md', 'name.md');
  await b.put('name.md', 'theirs');
  await settle();
  assert.deepEqual(await a.tree(), await b.tree());
  assert.deepEqual(fileTexts(await a.tree()), ['mine', 'theirs']);
});

test('S1: a file that a device has under the name of one that was renamed is held beside it', async (t) => {
  const { a, b, settle } = await openVaultDevices(t);
  await a.put('first name.md', 'of a');
  await a.sync();
  await a.move('first name.md', 'name.md');
  await a.sync();
  await b.put('name.md', 'of b');
  await settle();
  assert.deepEqual(a.conflicts(), ['name.md']);
  assert.deepEqual(b.conflicts(), ['name.md']);
  assert.deepEqual(
    [await a.tree(), await b.tree()],
    [{ 'name.md': 'of a' }, { 'name.md': 'of b' }],
  );
});

test('S3: a rename beside an edit that was made before it arrived is no conflict', async (t) => {
  const devices = await inStepOn(t, { 'x.md': 'text' });
  const { a, b } = devices;
  await a.move('x.md', 'y.md');
  await a.move('y.md', 'z.md');
  await a.sync();
  await b.put('x.md', 'text, edited');
  await assertInStep(devices, { 'z.md': 'text, edited' });
});

test('S5: what is added below a folder that is renamed elsewhere is kept, under the old name', async (t) => {
  const devices = await inStepOn(t, { 'old/x.md': 'x' });
  const { a, b } = devices;
  await a.move('old', 'new');
  await b.put('old/added.md', 'added');
  await assertInStep(devices, {
    'new/': '',
    'new/x.md': 'x',
    'old/': '',
    'old/added.md': 'added',
  });
});

test('S7: a rename against a deletion: the content stays, under its new name', async (t) => {
  for (const first of ['rename', 'deletion'] as const) {
    const devices = await inStepOn(t, { 'x.md': 'x' });
    const { a, b } = devices;
    await a.move('x.md', 'y.md');
    await b.remove('x.md');
    await (first === 'rename' ? a : b).sync();
    await assertInStep(devices, { 'y.md': 'x' });
  }
});

for (const [disks, folding, name] of [
  ['', {}, 'plan'],
  [', on a disk that folds names', { b: FOLDS_ALL }, 'Plan'],
] as const) {
  test(`S5: a file takes the name of the folder it was in${disks}`, async (t) => {
    const devices = await inStepOn(t, { 'plan/week/notes.md': 'text' }, { folding });
    const { a } = devices;
    await a.move('plan/week/notes.md', 'aside');
    await a.remove('plan');
    await a.move('aside', name);
    await assertInStep(devices, { [name]: 'text' });
  });
}

test('S5: two names given to one file at once: the later one counts, on both', async (t) => {
  const devices = await inStepOn(t, { 'x.md': 'x' });
  const { a, b, clock } = devices;
  await a.move('x.md', 'named on a.md');
  await a.sync();
  clock.advance(60_000);
  await b.move('x.md', 'named on b.md');
  await assertInStep(devices, { 'named on b.md': 'x' });
});

test('S5: a disk that tells case apart and Unicode forms not gives a suffix to the one alone', async (t) => {
  const devices = await openVaultDevices(t, { folding: { b: { case: false, form: true } } });
  const { a } = devices;
  await a.put(NFC, 'composed');
  await a.put(NFD, 'decomposed');
  await a.put('Read.md', 'upper');
  await a.put('read.md', 'lower');
  const tree = await treeElsewhere(devices);
  assert.deepEqual([tree['Read.md'], tree['read.md']], ['upper', 'lower']);
  assert.deepEqual(fileTexts(tree), fileTexts(await a.tree()));
});

test('names that Windows cannot have are refused there in words, and stay in the collection', async (t) => {
  const onWindows = (disk: Disk): Disk => ({ ...disk, hasWindowsNames: true });
  const { a, b, settle } = await openVaultDevices(t, { wrapB: onWindows });
  const names = ['one: two.md', 'CON', 'nul.txt', 'end.', 'folder /x.md', 'what?', 'lpt1/x'];
  for (const name of names) await a.put(name, name);
  await a.put('fine.md', 'fine');
  const before = await a.tree();
  const { b: report } = await settle();
  assert.deepEqual(report.failed.map(({ path }) => path).sort(), [...names].sort());
  for (const { error } of report.failed) assert.match(error, /Windows cannot have it: the name/);
  assert.deepEqual(await b.tree(), { 'fine.md': 'fine' });
  assert.deepEqual(await a.tree(), before);
  await a.move('one: two.md', 'one, two.md');
  await a.move('fine.md', 'aux.md');
  await settle();
  assert.deepEqual(await b.tree(), { 'fine.md': 'fine', 'one, two.md': 'one: two.md' });
  await b.put('fine.md', 'edited under its former name');
  await settle();
  assert.equal((await a.tree())['aux.md'], 'edited under its former name');
});

test('S5: the longest names, of letters of four bytes, with suffixes that cut them short', async (t) => {
  const devices = await openVaultDevices(t, { folding: { b: FOLDS_ALL } });
  const stem = '🏔'.repeat(62);
  const [upper, lower] = [`${stem}A.md`, `${stem}a.md`];
  await devices.a.put(upper, 'upper');
  await devices.a.put(lower, 'lower');
  assert.deepEqual(fileTexts(await treeElsewhere(devices)), ['lower', 'upper']);
});
