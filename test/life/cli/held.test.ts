/** Rule S8 as a person meets it: most of a folder is deleted by mistake, or on purpose. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import type { HeldDeletions } from '../../../src/api/held.ts';
import { assertTells, createPair, type Pair } from '../../support/pair.ts';
import { assertSameTree, noise, save, treeOf } from '../../support/trees.ts';

const FILES = 40;

/** Long enough for a blob of its own (rule F4). */
const LONG_BYTES = 40_000;

function fill(root: string): void {
  for (let index = 0; index < FILES; index += 1) {
    const content = index === 0 ? noise(index, LONG_BYTES) : `# Note ${index}\n`;
    save(root, `${index < 30 ? 'Archive' : 'Journal'}/note ${index}.md`, content, { age: index });
  }
}

async function shared(context: TestContext): Promise<Pair> {
  const pair = await createPair(context, { fill });
  await pair.settle();
  return pair;
}

async function heldOn(pair: Pair, device: string): Promise<readonly HeldDeletions[]> {
  return (await pair.must(device, 'held', '--json')).json<HeldDeletions[]>();
}

function trashOf(root: string): string[] {
  return readdirSync(join(root, '.satchel/trash'), { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.md'),
  );
}

suite('S8: most of a folder is deleted', () => {
  test('sync says so, sends the rest, and lists what waits', async (context) => {
    const pair = await shared(context);
    rmSync(join(pair.here, 'Archive'), { recursive: true });
    save(pair.here, 'Journal/note 30.md', 'edited\n', { age: 99 });
    const sync = await pair.run('laptop', ['sync']);
    assert.equal(sync.exitCode, 3);
    assert.match(sync.out, /^Notes: 1 change sent \(.*\), 30 deletions held\n$/);
    assert.match(sync.err, /^Notes: 30 deletions wait for you: see "satchel held Notes"\.$/m);
    await pair.sync('desktop');
    assert.equal(readdirSync(join(pair.there, 'Archive')).length, 30);
    assert.deepEqual(treeOf(join(pair.there, 'Journal')), treeOf(join(pair.here, 'Journal')));
    const status = await pair.must('laptop', 'status');
    assert.match(status.out, /needs you/);
    assert.match(status.err, /30 deletions wait for you/);
    assert.equal(
      (await pair.must('laptop', 'status', '--line')).out,
      'satchel: 30 deletions held\n',
    );
    assert.match((await pair.must('laptop', 'pending')).out, /deleted, held for you/);
    const { out } = await pair.must('laptop', 'held');
    assert.match(out, /^Notes: 30 deletions made here, not sent to other devices; held /);
    assert.match(out, /\n {2}Archive\/note 0\.md\n/);
    assert.match(out, /… and 10 others; --all lists them/);
    assert.match((await pair.must('laptop', 'held', '--all')).out, /note 9\.md\n$/);
    const [held, ...others] = await heldOn(pair, 'laptop');
    assert.deepEqual(others, []);
    assert.deepEqual([held?.collection, held?.direction, held?.paths.length], ['Notes', 'out', 30]);
    assertTells(await pair.run('laptop', ['held', '--approve', '--reject']), 2, /Only one of/);
    assertTells(await pair.run('laptop', ['held', '--approve', '--in']), 2, /No deletions wait/);
    assertTells(await pair.run('desktop', ['held', '--approve']), 2, /No deletions wait for you/);
  });

  test('rejected, everything is back byte for byte', async (context) => {
    const pair = await shared(context);
    const before = treeOf(pair.here);
    rmSync(join(pair.here, 'Archive'), { recursive: true });
    await pair.sync('laptop', 3);
    const { out } = await pair.must('laptop', 'held', '--reject');
    assert.equal(out, 'Notes: 30 files brought back.\n');
    assertSameTree(treeOf(pair.here), before);
    assert.deepEqual(await heldOn(pair, 'laptop'), []);
    await pair.settle();
    assertSameTree(treeOf(pair.there), before);
  });

  test('approved, it goes to the trash of the other device, which does not ask', async (context) => {
    const pair = await shared(context);
    rmSync(join(pair.here, 'Archive'), { recursive: true });
    await pair.sync('laptop', 3);
    const ran = await pair.must('laptop', 'held', '--approve', 'Notes', '--json');
    assert.deepEqual(ran.json(), {
      collection: 'Notes',
      direction: 'out',
      decision: 'approve',
      count: 30,
      carriedOut: true,
      failed: [],
    });
    await pair.settle();
    assert.deepEqual(readdirSync(pair.there).sort(), ['.satchel', 'Journal']);
    assert.equal(trashOf(pair.there).length, 30);
    const { out } = await pair.must('laptop', 'log');
    assert.match(out, /held .*30 deletions made here/);
    assert.match(out, /approved .*30 deletions made here/);
  });

  test('empty folders are no files: they do not count', async (context) => {
    const pair = await shared(context);
    for (let index = 0; index < 30; index += 1)
      mkdirSync(join(pair.here, `Empty/${index}`), { recursive: true });
    await pair.settle();
    rmSync(join(pair.here, 'Empty'), { recursive: true });
    await pair.settle();
    assert.deepEqual(readdirSync(pair.there).sort(), ['.satchel', 'Archive', 'Journal']);
  });

  test('with the guard off no device asks', async (context) => {
    const pair = await shared(context);
    await pair.must('laptop', 'settings', 'Notes', 'guard', 'off');
    rmSync(join(pair.here, 'Archive'), { recursive: true });
    await pair.sync('laptop');
    await pair.sync('desktop');
    assert.deepEqual(readdirSync(pair.there).sort(), ['.satchel', 'Journal']);
  });

  test('watch tells it once, and carries out what another command decides', async (context) => {
    const pair = await shared(context);
    const watch = pair.place.start('laptop', ['watch']);
    await watch.waitFor('Watching.');
    rmSync(join(pair.here, 'Archive'), { recursive: true });
    await watch.waitFor('deletions wait for you: "satchel held Notes" lists them');
    save(pair.here, 'Journal/new.md', 'new\n');
    await watch.waitFor('1 change sent');
    const { out, err } = await pair.must('laptop', 'held', '--reject');
    assert.match(out, /30 files brought back/);
    assert.match(err, /The Satchel that works in this home/);
    await watch.waitFor('brought here');
    watch.process.kill('SIGINT');
    const ended = await watch.ended;
    assert.equal(`${ended.out}${ended.err}`.match(/deletions wait for you/g)?.length, 1);
    await pair.settle();
    assert.equal(readdirSync(join(pair.there, 'Archive')).length, 30);
  });
});

suite('S8: deletions that another device did not ask about', () => {
  /** As from a Satchel without a guard: the laptop asks nobody, and the desktop does. */
  async function arriving(context: TestContext): Promise<Pair> {
    const pair = await shared(context);
    await pair.must('laptop', 'settings', 'Notes', 'guard', 'off');
    rmSync(join(pair.here, 'Archive'), { recursive: true });
    await pair.sync('laptop');
    await pair.must('laptop', 'settings', 'Notes', 'guard', '25%');
    await pair.sync('laptop');
    await pair.sync('desktop', 3);
    return pair;
  }

  test('they are not carried out, and what stays is no edit', async (context) => {
    const pair = await arriving(context);
    const [held] = await heldOn(pair, 'desktop');
    assert.deepEqual([held?.direction, held?.paths.length], ['in', 30]);
    const now = new Date('2026-02-03T04:05:06Z');
    utimesSync(join(pair.there, 'Archive/note 3.md'), now, now);
    await pair.sync('desktop', 3);
    await pair.sync('laptop');
    assert.deepEqual(readdirSync(pair.here).sort(), ['.satchel', 'Journal']);
    assert.equal(readdirSync(join(pair.there, 'Archive')).length, 30);
    writeFileSync(join(pair.there, 'Archive/note 3.md'), 'still in use\n');
    await pair.sync('desktop', 3);
    await pair.sync('laptop');
    assert.deepEqual(readdirSync(join(pair.here, 'Archive')), ['note 3.md']);
    const { out } = await pair.must('desktop', 'held', '--approve');
    assert.equal(out, 'Notes: 29 deletions approved and carried out.\n');
    assert.equal(trashOf(pair.there).length, 29);
    await pair.settle();
  });

  test('rejected, the files are back on the device where they were deleted', async (context) => {
    const pair = await arriving(context);
    const before = treeOf(pair.there);
    const { out } = await pair.must('desktop', 'held', '--reject');
    assert.equal(out, 'Notes: 30 files brought back.\n');
    assertSameTree(treeOf(pair.there), before);
    await pair.settle();
    assertSameTree(treeOf(pair.here), before);
  });
});

test('S8: both directions at once: it has to be said which', async (context) => {
  const pair = await shared(context);
  await pair.must('desktop', 'settings', 'Notes', 'guard', 'off');
  mkdirSync(join(pair.there, 'Empty'));
  rmSync(join(pair.there, 'Archive'), { recursive: true });
  await pair.sync('desktop');
  await pair.must('desktop', 'settings', 'Notes', 'guard', '25%');
  await pair.sync('desktop');
  rmSync(join(pair.here, 'Journal'), { recursive: true });
  for (let index = 0; index < 15; index += 1) rmSync(join(pair.here, `Archive/note ${index}.md`));
  await pair.sync('laptop', 3);
  const held = await heldOn(pair, 'laptop');
  assert.deepEqual(
    held.map(({ direction, paths }) => [direction, paths.length]),
    [
      ['out', 10],
      ['in', 15],
    ],
  );
  assertTells(await pair.run('laptop', ['held', '--reject']), 2, /made here and .* made elsewhere/);
  await pair.must('laptop', 'held', '--reject', '--out');
  await pair.must('laptop', 'held', '--approve', '--in');
  await pair.settle();
  assert.deepEqual(readdirSync(pair.here).sort(), ['.satchel', 'Empty', 'Journal']);
});
