/** A folder as it was, from the command line: alone, and beside a daemon. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { assertTells } from '../../support/pair.ts';
import { createPlace, filesOf, type Place, type Ran } from '../../support/satchel.ts';

const DEVICE = 'laptop';

interface Bench {
  readonly place: Place;
  readonly notes: string;
  run(...args: readonly string[]): Promise<Ran>;
  restore(...args: readonly string[]): Promise<Ran>;
}

/** Two notes that were changed and deleted since `at`, and one that came. */
async function lived(context: TestContext): Promise<Bench & { readonly at: string }> {
  const place = createPlace();
  context.after(() => place.remove());
  const notes = join(place.root, 'My notes');
  mkdirSync(join(notes, 'Work'), { recursive: true });
  const run: Bench['run'] = (...args) => place.run(DEVICE, args);
  const must = async (...args: readonly string[]): Promise<Ran> => {
    const ran = await run(...args);
    assert.equal(ran.exitCode, 0, ran.err);
    return ran;
  };
  const save = (name: string, text: string): void => writeFileSync(join(notes, name), text);
  save('Work/plan.md', 'the plan\n');
  save('Work/list.md', 'the list\n');
  save('other.md', 'other\n');
  await must('init', place.bucket, '--no-encryption');
  await must('add', 'vault', notes);
  await must('sync');
  const at = new Date().toISOString();
  save('Work/plan.md', 'another plan\n');
  save('Work/new.md', 'new\n');
  save('other.md', 'changed\n');
  rmSync(join(notes, 'Work/list.md'));
  await must('sync');
  const restore: Bench['restore'] = (...args) =>
    run('restore', 'My notes', ...args, '--folder', '--at', at);
  return { place, notes, run, restore, at };
}

const RESTORED = {
  'Work/list.md': 'the list\n',
  'Work/new.md': 'new\n',
  'Work/plan.md': 'the plan\n',
  'other.md': 'changed\n',
};

suite('restore --folder', () => {
  test('lists what would change, does it, and tells how to go back', async (context) => {
    const { place, notes, restore } = await lived(context);
    const before = filesOf(notes);
    const planned = await restore('Work/', '--dry-run');
    assert.equal(planned.exitCode, 0, planned.err);
    assert.match(planned.out, /^ {2}Work\/list\.md comes back\n {2}Work\/plan\.md has its former/);
    assert.match(planned.out, /2 changes would bring back My notes\/Work as it was on /);
    assert.deepEqual(filesOf(notes), before, 'a dry run changes nothing');

    const done = await restore('Work');
    assert.deepEqual(filesOf(notes), RESTORED);
    const [, back = ''] = /moment before, [^:]+: satchel (.+)\n/.exec(done.err) ?? [];
    assert.match(back, /^restore 'My notes' Work --folder --exact --at \S+Z$/);
    assert.match((await restore('Work')).out, /Nothing was changed/);
    const words = back.replace("'My notes'", 'My_notes').split(' ');
    const undone = await place.run(
      DEVICE,
      words.map((word) => word.replace('My_notes', 'My notes')),
    );
    assert.equal(undone.exitCode, 0, undone.err);
    assert.deepEqual(filesOf(notes), before);
  });

  test('of the whole collection, exactly, beside a daemon', async (context) => {
    const { place, notes, restore } = await lived(context);
    const up = place.start(DEVICE, ['up', '--port', '0']);
    context.after(() => up.process.kill('SIGKILL'));
    await up.waitFor('Satchel is up');
    const ran = await restore('.', '--exact', '--json');
    assert.equal(ran.exitCode, 0, ran.err);
    const { restored, path } = ran.json<{ path: string; restored: { change: string }[] }>();
    assert.equal(path, '');
    assert.deepEqual(restored.map(({ change }) => change).sort(), [
      'back',
      'content',
      'content',
      'gone',
    ]);
    assert.deepEqual(filesOf(notes), {
      'Work/list.md': 'the list\n',
      'Work/plan.md': 'the plan\n',
      'other.md': 'other\n',
    });
    await up.waitFor('4 changes sent');
    assert.equal(readFileSync(join(notes, 'other.md'), 'utf8'), 'other\n');
  });

  test('a folder that never was, and options that do not fit, are refused', async (context) => {
    const { notes, run, restore } = await lived(context);
    const before = filesOf(notes);
    assertTells(await restore('Wrok'), 2, /has no "Wrok", now or on/);
    assertTells(await run('restore', 'My notes', 'Work'), 2, /"satchel restore --folder"/);
    assertTells(await run('restore', 'My notes', 'Work', '--folder'), 2, /--at/);
    assertTells(await run('restore', 'My notes', 'other.md', '--exact'), 2, /are for --folder/);
    assert.deepEqual(filesOf(notes), before);
  });
});
