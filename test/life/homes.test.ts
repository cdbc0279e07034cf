/** Several homes on one computer, side by side. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { assertTells, createPair } from '../support/pair.ts';
import { save, treeOf } from '../support/trees.ts';

suite('several homes on one computer', () => {
  test('two repositories are apart: neither sees what the other carries', async (context) => {
    const pair = await createPair(context);
    const { root } = pair.place;
    const work = join(root, 'work-files');
    save(work, 'plan.md', 'of the other repository\n');
    const home = ['--home', join(root, 'work')];
    await pair.must('laptop', ...home, 'init', join(root, 'work-bucket'), '--no-encryption');
    await pair.must('laptop', ...home, 'add', 'vault', work, '--name', 'Work');
    await pair.must('laptop', ...home, 'sync');
    await pair.settle();
    assert.ok(!existsSync(join(pair.there, 'plan.md')));
    const names = (await pair.must('laptop', 'collections')).out;
    assert.doesNotMatch(names, /Work/);
    assert.match((await pair.must('laptop', ...home, 'collections')).out, /Work/);
  });

  test('both watch at the same time; one home is one device at a time', async (context) => {
    const pair = await createPair(context);
    await pair.settle();
    const first = pair.place.start('laptop', ['watch']);
    const second = pair.place.start('desktop', ['watch']);
    for (const watch of [first, second]) await watch.waitFor('Watching');
    save(pair.here, 'new.md', 'text\n');
    await second.waitFor('1 change brought here');
    assert.equal((await pair.run('laptop', ['sync'])).exitCode, 6);
    for (const watch of [first, second]) {
      watch.process.kill('SIGTERM');
      assert.equal((await watch.ended).exitCode, 0);
    }
    assert.deepEqual(treeOf(pair.there), treeOf(pair.here));
  });

  test('one folder belongs to one home, whole or in part', async (context) => {
    const pair = await createPair(context);
    await pair.settle();
    const { root } = pair.place;
    await pair.must('work', 'init', join(root, 'work-bucket'), '--no-encryption');
    const inside = join(pair.here, 'Journal');
    for (const [folder, message] of [
      [pair.here, /is attached to the collection/],
      [inside, /lies inside .*, which is attached already/],
      [join(pair.here, '..'), /contains .*, which is attached already/],
    ] as const) {
      assertTells(await pair.run('work', ['add', 'vault', folder, '--name', 'x']), 2, message);
    }
    await pair.must('third', 'join', pair.place.bucket, '--device', 'third');
    const taken = await pair.run('third', ['attach', 'Notes', pair.here]);
    assertTells(taken, 2, /of the home .*laptop/);
    await pair.settle();
  });

  test('the home of one is no folder for the other', async (context) => {
    const pair = await createPair(context);
    const { root } = pair.place;
    await pair.must('work', 'init', join(root, 'work-bucket'), '--no-encryption');
    const ran = await pair.run('work', ['add', 'vault', join(root, 'laptop'), '--name', 'x']);
    assertTells(ran, 2, /home/);
  });
});
