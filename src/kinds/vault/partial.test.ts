/** Partial attach: a device that carries some subfolders only (rules S5, S6 and S8). */
import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fusedDisk, openVaultBench } from '../../../test/support/vault-bench.ts';
import { openVaultDevices, type VaultDevices } from '../../../test/support/vault-devices.ts';
import { nodeDisk } from '../files/node-disk.ts';

/** What device `a` carries whole, and `b` in part. */
async function openPartial(t: TestContext, only: readonly string[]): Promise<VaultDevices> {
  const devices = await openVaultDevices(t);
  const { a, b } = devices;
  await a.put('readme.md', 'at the top');
  await a.put('Photos/1.jpg', 'one');
  await a.put('Work/Plans/x.md', 'x');
  await a.put('Work/other.md', 'other');
  await a.put('.satchelignore', '*.log\n');
  await b.choose(only);
  await devices.settle();
  return devices;
}

const RULES = { '.satchelignore': '*.log\n' };

test('only the chosen subfolders arrive, and what is not here is no deletion', async (t) => {
  const { a, b, settle } = await openPartial(t, ['work/plans']);
  const whole = await a.tree();
  const part = { ...RULES, 'Work/': '', 'Work/Plans/': '', 'Work/Plans/x.md': 'x' };
  assert.deepEqual(await b.tree(), part);
  await a.put('Photos/2.jpg', 'two');
  await a.put('Work/Plans/deep/y.md', 'y');
  await b.put('Work/Plans/z.md', 'z');
  await b.put('Work/Plans/z.log', 'ignored as everywhere');
  await b.remove('Work/Plans/x.md');
  const { b: report } = await settle();
  assert.deepEqual([report.failed, report.leftOut], [[], []]);
  const { 'Work/Plans/x.md': _deleted, ...others } = whole;
  const inPlans = { 'Work/Plans/deep/': '', 'Work/Plans/deep/y.md': 'y', 'Work/Plans/z.md': 'z' };
  assert.deepEqual(await a.tree(), { ...others, ...inPlans, 'Photos/2.jpg': 'two' });
});

test('what a person makes outside the chosen subfolders is listed and not carried', async (t) => {
  const { a, b, settle } = await openPartial(t, ['Photos', 'Work/Plans']);
  const before = await a.tree();
  await b.put('mine.md', 'mine');
  await b.put('Work/mine.md', 'mine');
  await b.put('Elsewhere/mine.md', 'mine');
  await symlink('/etc/hostname', join(b.root, 'Photos/outside'));
  const { b: report } = await settle();
  assert.deepEqual(
    report.leftOut.map(({ path, error }) => [path, /outside the chosen/.test(error)]).sort(),
    [
      ['Elsewhere', true],
      ['Photos/outside', false],
      ['Work/mine.md', true],
      ['mine.md', true],
    ],
  );
  assert.deepEqual(await a.tree(), before);
});

test('a rename on another device that leaves the selection takes the file away here, no more', async (t) => {
  const { a, b, settle } = await openPartial(t, ['Photos']);
  await a.move('Photos', 'Archive');
  await settle();
  assert.deepEqual(await b.tree(), RULES);
  assert.equal((await a.tree())['Archive/1.jpg'], 'one');
  await a.move('Archive/1.jpg', 'Photos/back.jpg');
  await settle();
  assert.deepEqual(await b.tree(), { ...RULES, 'Photos/': '', 'Photos/back.jpg': 'one' });
  assert.equal((await a.tree())['Photos/back.jpg'], 'one');
  assert.deepEqual([...a.conflicts(), ...b.conflicts()], []);
});

test('S6: an edit made here before such a rename arrived is not lost', async (t) => {
  const { a, b, settle } = await openPartial(t, ['Photos']);
  await a.move('Photos', 'Archive');
  await a.sync();
  await b.put('Photos/1.jpg', 'edited on b');
  await settle();
  assert.deepEqual(await b.tree(), RULES);
  assert.equal((await a.tree())['Archive/1.jpg'], 'edited on b');
});

test('a file that a person moves out of the selection is a rename, and is carried no more', async (t) => {
  const { a, b, settle } = await openPartial(t, ['Photos']);
  await a.put('Photos/sub/2.jpg', 'two');
  await settle();
  await b.move('Photos/sub', 'Kept here/sub');
  await settle();
  assert.equal((await a.tree())['Kept here/sub/2.jpg'], 'two');
  assert.equal((await a.tree())['Photos/sub/2.jpg'], undefined);
  assert.equal((await b.tree())['Kept here/sub/2.jpg'], 'two');
  await b.remove('Kept here');
  await a.put('Kept here/sub/2.jpg', 'two, edited');
  await settle();
  assert.equal((await a.tree())['Kept here/sub/2.jpg'], 'two, edited', 'absence is no deletion');
  assert.equal((await b.tree())['Kept here/sub/2.jpg'], undefined);
});

test('a file that was copied out and deleted is followed by its content, unless the name is taken', async (t) => {
  const { a, b, settle } = await openPartial(t, ['Photos']);
  await a.put('Photos/2.jpg', 'at the top');
  await settle();
  await b.remove('Photos/1.jpg');
  await b.put('copy of 1.jpg', 'one');
  await b.remove('Photos/2.jpg');
  await b.put('readme.md', 'at the top');
  await settle();
  const tree = await a.tree();
  assert.equal(tree['copy of 1.jpg'], 'one');
  assert.equal(tree['readme.md'], 'at the top');
  assert.deepEqual(
    Object.keys(tree).filter((path) => path.startsWith('Photos/')),
    ['Photos/'],
  );
});

test('choosing more places more; choosing less leaves the files where they are', async (t) => {
  const { a, b, settle } = await openPartial(t, ['Photos']);
  await b.choose(undefined);
  await settle();
  const whole = await a.tree();
  assert.deepEqual(await b.tree(), whole);
  await b.choose(['Photos']);
  const { b: narrow } = await settle();
  assert.deepEqual(await b.tree(), whole);
  assert.deepEqual(narrow.leftOut.map(({ path }) => path).sort(), ['Work', 'readme.md']);
  // What happens to the files that stayed concerns nobody, until they are chosen again.
  await b.remove('Work/other.md');
  await a.put('readme.md', 'edited on a');
  await b.put('Work/Plans/x.md', 'edited on b');
  await settle();
  assert.deepEqual(await a.tree(), { ...whole, 'readme.md': 'edited on a' });
  await b.choose(undefined);
  await settle();
  assert.equal((await b.tree())['Work/other.md'], 'other', 'absence was no deletion');
  assert.equal(
    (await b.tree())['readme.md'],
    'edited on a',
    'an older state is brought up to date',
  );
  assert.deepEqual(b.conflicts(), ['Work/Plans/x.md'], 'what differs is held');
  assert.equal((await b.tree())['Work/Plans/x.md'], 'edited on b');
});

test('a large file that left the selection before it was sent is sent from where it is', async (t) => {
  const { a, b, settle } = await openPartial(t, ['Photos']);
  const long = 'long '.repeat(10_000);
  await b.put('Photos/long.jpg', long);
  await b.takeIn();
  await b.move('Photos/long.jpg', 'Outside/long.jpg');
  await b.takeIn();
  await b.takeIn();
  await settle();
  assert.equal((await a.tree())['Outside/long.jpg'], long);
});

test('S6: a crash while a file is withdrawn is no deletion and leaves nothing behind', async (t) => {
  for (let calls = 0; ; calls += 1) {
    const bench = await openVaultBench(t);
    const vault = await bench.reopen(undefined, { only: ['in'] });
    await bench.put('in/a.md', 'text');
    await vault.takeIn();
    bench.port.edits.length = 0;
    bench.port.write(bench.port.recordOf('in/a.md'), { path: 'out/a.md' }, 'text');
    let left = calls;
    const burn = () => {
      left -= 1;
      if (left < 0) throw new Error('the process ended here');
    };
    bench.port.onWrite = burn;
    const fused = await bench.reopen(fusedDisk(nodeDisk(), burn), { only: ['in'] });
    await fused.putOut().catch(() => undefined);
    bench.port.onWrite = () => {};
    const again = await bench.reopen(undefined, { only: ['in'] });
    await again.takeIn();
    await again.putOut();
    assert.deepEqual(await bench.tree(), {}, `after a crash at call ${calls}`);
    assert.deepEqual(bench.port.edits, []);
    assert.deepEqual(await bench.treeOf('.satchel/tmp'), {});
    if (left > 0) break;
  }
});
