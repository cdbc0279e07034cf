/** Carrying a part of a collection, and symbolic links, as a person does on the command line. */
import assert from 'node:assert/strict';
import { existsSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { assertTells, createPair } from '../../support/pair.ts';
import { filesOf } from '../../support/satchel.ts';
import { save } from '../../support/trees.ts';

function fill(root: string): void {
  save(root, 'Photos/1.jpg', 'one');
  save(root, 'Work/Plans/x.md', 'x');
  save(root, 'Work/other.md', 'other');
  save(root, 'readme.md', 'at the top');
}

suite('carrying a part', () => {
  test('subfolders are chosen, chosen anew, and the whole again', async (context) => {
    const { here, there, place, must, run, sync } = await createPair(context, { fill });
    const only = async () => {
      const [listed] = (await must('desktop', 'collections', '--json')).json<
        { readonly only: readonly string[] | null }[]
      >();
      return listed?.only;
    };
    await must('desktop', 'detach', 'Notes');
    const attach = await must('desktop', 'attach', 'Notes', there, '--only', 'work/plans/');
    assert.match(attach.out, /belongs into .* now, of it only work\/plans\./);
    assert.match(attach.err, /knows of no "work\/plans" in "Notes" yet/);
    assert.deepEqual(await only(), ['work/plans']);
    await sync('desktop');
    assert.deepEqual(filesOf(there), { 'Work/Plans/x.md': 'x' });

    assertTells(
      await run('desktop', ['attach', 'Notes', '--only', 'Work', 'Pictures']),
      2,
      /has no subfolder "Pictures"\.\s.*There are: Photos, Work\./,
    );
    assertTells(await run('desktop', ['attach', 'Notes', '--only', '../x']), 2, /cannot be a sub/);
    assertTells(
      await run('desktop', ['attach', 'Notes', join(place.root, 'other'), '--only', 'Work']),
      2,
      /is on this device already/,
    );
    const wider = await must('desktop', 'attach', 'Notes', '--only', 'Work', 'Photos');
    assert.match(wider.out, /is carried in .*, of it only Work, Photos now\./);
    await sync('desktop');
    const { 'readme.md': top, ...chosen } = filesOf(here);
    assert.deepEqual(filesOf(there), chosen);

    const narrower = await must('desktop', 'attach', 'Notes', there, '--only', 'Photos');
    assert.match(narrower.out, /stay where they are, and are carried no longer/);
    rmSync(join(there, 'Work/other.md'));
    writeFileSync(join(there, 'mine.md'), 'mine');
    const { collections } = await sync('desktop');
    assert.deepEqual(collections[0]?.leftOut.map(({ path }) => path).sort(), ['Work', 'mine.md']);
    await sync('laptop');
    assert.deepEqual(filesOf(here), { ...chosen, 'readme.md': top }, 'absence is no deletion');

    const whole = await must('desktop', 'attach', 'Notes');
    assert.match(whole.out, /is carried in .* whole now\./);
    assert.equal(await only(), null);
    await sync('desktop');
    assert.deepEqual(filesOf(there), { ...chosen, 'mine.md': 'mine', 'readme.md': top });
    assertTells(await run('desktop', ['attach', 'Notes']), 2, /is on this device already/);
  });

  test('a collection that is not here has to be given a folder', async (context) => {
    const { must, run } = await createPair(context, { fill });
    await must('desktop', 'detach', 'Notes');
    assertTells(await run('desktop', ['attach', 'Notes', '--only', 'Work']), 2, /is not on this/);
  });
});

test('a symbolic link inside the folder arrives as one; one that leads out is told', async (context) => {
  const { here, there, sync } = await createPair(context);
  symlinkSync('Journal/day 1.md', join(here, 'today'));
  symlinkSync('/etc/hostname', join(here, 'outside'));
  const { collections } = await sync('laptop');
  assert.deepEqual(
    collections[0]?.leftOut.map(({ path }) => path),
    ['outside'],
  );
  await sync('desktop');
  assert.equal(readlinkSync(join(there, 'today')), 'Journal/day 1.md');
  assert.equal(existsSync(join(there, 'outside')), false);
});
