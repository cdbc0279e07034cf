/** What is not where it is noted any more, or there once more, when files are put out. */
import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openVaultBench, syncOnce } from '../../../test/support/vault-bench.ts';
import { nodeDisk } from '../files/node-disk.ts';
import { noteIntentions } from './intentions.ts';

test('S6: what takes the place of a file that a person deleted is no edit of that', async (t) => {
  const bench = await openVaultBench(t);
  const { port } = bench;
  await bench.put('a.md', 'mine');
  await bench.sync();
  const mine = port.recordOf('a.md');
  port.edits.length = 0;
  // Elsewhere the file got another name, and a new one has its own.
  port.write(mine, { path: 'c.md' }, 'mine');
  port.write('theirs', { path: 'a.md' }, 'theirs');
  await bench.vault.takeIn();
  await bench.remove('a.md');
  assert.equal((await bench.vault.putOut()).again, true);
  await syncOnce(bench.vault);
  // The name given elsewhere was not seen by who deleted, so the file is there under that (S7).
  assert.deepEqual(await bench.tree(), { 'a.md': 'theirs', 'c.md': 'mine' });
  assert.deepEqual(
    port.edits.map(({ record, change }) => [record, change.kind]),
    [[mine, 'delete']],
  );
});

test('S6: what lands after a crash is no edit of a file that a person deleted', async (t) => {
  const bench = await openVaultBench(t);
  const { port, root } = bench;
  await bench.put('a.md', 'one');
  await bench.put('b.md', 'two');
  await bench.sync();
  const [one, two] = [port.recordOf('a.md'), port.recordOf('b.md')];
  port.edits.length = 0;
  port.write(one, { path: 'b.md' }, 'one');
  port.write(two, { path: 'c.md' }, 'two');
  // The file was on its way when the program ended; then a person took both names.
  noteIntentions(port, { folders: [], places: [['b.md', one]] });
  await rename(join(root, 'a.md'), join(root, `.satchel/tmp/${encodeURIComponent(one)}.move`));
  await bench.put('a.md', 'new');
  await bench.remove('b.md');
  const vault = await bench.reopen(nodeDisk());
  await syncOnce(vault);
  await syncOnce(vault);
  const edited = port.edits.filter(({ record }) => record === two);
  assert.deepEqual(
    edited.map(({ change }) => change.kind),
    ['delete'],
  );
  assert.deepEqual(Object.values(await bench.tree()).sort(), ['new', 'one', 'two']);
});

test('S6: a move that ended and that a power cut brought back makes no second file', async (t) => {
  const bench = await openVaultBench(t);
  const { port } = bench;
  await bench.put('a.md', 'text');
  await bench.sync();
  const record = port.recordOf('a.md');
  port.write(record, { path: 'b.md' }, 'text');
  await bench.sync();
  port.edits.length = 0;
  await bench.put(`.satchel/tmp/${encodeURIComponent(record)}.move`, 'text');
  await bench.remove('b.md');
  await bench.put('b.md', 'edited');
  await syncOnce(await bench.reopen());
  assert.deepEqual(await bench.tree(), { 'b.md': 'edited' });
  assert.deepEqual(
    port.edits.map((edit) => edit.record),
    [record],
  );
  assert.deepEqual(await bench.treeOf('.satchel/tmp'), {});
});

for (const [when, intentions] of [
  ['is noted to have ended', ''],
  ['was noted alone', JSON.stringify({ folders: [], places: [['b.md', 'moved']] })],
] as const) {
  test(`S6: a file deleted after a move, which ${when}, stays deleted after a power cut`, async (t) => {
    const bench = await openVaultBench(t);
    const { port } = bench;
    port.write('moved', { path: 'a.md' }, 'text');
    await bench.sync();
    port.write('moved', { path: 'b.md' }, 'text');
    await bench.sync();
    port.setNote('intentions', intentions);
    await bench.put('.satchel/tmp/moved.move', 'text');
    await bench.remove('b.md');
    await syncOnce(await bench.reopen());
    assert.deepEqual(await bench.tree(), {});
    assert.deepEqual(
      port.edits.map(({ record, change }) => [record, change.kind]),
      [['moved', 'delete']],
    );
  });
}
