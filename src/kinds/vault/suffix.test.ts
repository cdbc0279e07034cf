import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openVaultBench, type VaultBench } from '../../../test/support/vault-bench.ts';
import { suffixedName } from '../files/names.ts';

const FILE = 'file';
const SHORT = suffixedName('thing', FILE);
const LONG = suffixedName('thing', FILE, 8);

/** A file whose name a folder needs: it was placed under a suffix, by another device or before. */
async function benchWithClaims(t: TestContext): Promise<VaultBench> {
  const bench = await openVaultBench(t);
  bench.port.write(FILE, { path: 'thing', note: 'kept' }, 'first');
  bench.port.write(FILE, { path: 'thing', note: 'kept' }, 'second');
  bench.port.write('inside', { path: 'thing/in' }, 'in');
  await bench.put('thing/in', 'in');
  return bench;
}

/** What attaching this folder, or a copy of it, comes to: the places are noted nowhere. */
async function assertInStep(bench: VaultBench, tree: Record<string, string>): Promise<void> {
  const report = await bench.sync();
  assert.deepEqual(report.failed, []);
  assert.deepEqual(bench.port.stale(), []);
  assert.deepEqual(await bench.tree(), { 'thing/': '', 'thing/in': 'in', ...tree });
  assert.equal(bench.port.view(FILE)?.fields.path, 'thing');
}

test('S5: attaching a folder with a suffixed name in it makes no new record', async (t) => {
  const bench = await benchWithClaims(t);
  await bench.put(SHORT, 'second');
  await assertInStep(bench, { [SHORT]: 'second' });
  assert.deepEqual(bench.port.edits, []);
  assert.equal(bench.port.shown(FILE)?.place, SHORT);
});

test('S5: an older state under a suffixed name is brought up to date', async (t) => {
  const bench = await benchWithClaims(t);
  await bench.put(SHORT, 'first');
  await assertInStep(bench, { [SHORT]: 'second' });
  assert.deepEqual(bench.port.edits, []);
});

test('S5: other content under a suffixed name is an edit of its record, the name unchanged', async (t) => {
  const bench = await benchWithClaims(t);
  await bench.put(SHORT, 'mine');
  await assertInStep(bench, { [SHORT]: 'mine' });
  assert.deepEqual(
    bench.port.edits.map(({ record }) => record),
    [FILE],
  );
  assert.equal(bench.port.view(FILE)?.conflict, true);
});

test('S5: a copy that a person makes of a suffixed name is a record of its own', async (t) => {
  const bench = await benchWithClaims(t);
  await bench.sync();
  await bench.put(LONG, 'a copy');
  await assertInStep(bench, { [SHORT]: 'second', [LONG]: 'a copy' });
  assert.notEqual(bench.port.recordOf(LONG), FILE);
});

test('S5: a suffixed name that another record claims is given up for a longer suffix', async (t) => {
  for (const order of ['claimed before it is placed', 'claimed when it was placed']) {
    const bench = await benchWithClaims(t);
    if (order === 'claimed when it was placed') await bench.sync();
    bench.port.write('rival', { path: SHORT }, 'rival');
    await assertInStep(bench, { [SHORT]: 'rival', [LONG]: 'second' });
    assert.deepEqual(bench.port.edits, [], order);
    // And the same once more without notes, as on another device.
    const again = await benchWithClaims(t);
    again.port.write('rival', { path: SHORT }, 'rival');
    await again.put(SHORT, 'rival');
    await again.put(LONG, 'second');
    await assertInStep(again, { [SHORT]: 'rival', [LONG]: 'second' });
    assert.deepEqual(again.port.edits, [], order);
  }
});

test('S5: a file under a longer suffix keeps its name where its folder moves', async (t) => {
  const bench = await openVaultBench(t);
  bench.port.write('older', { path: 'd/x.md' }, 'older');
  bench.port.write('newer', { path: 'd/x.md' }, 'newer');
  bench.port.write('rival', { path: suffixedName('d/x.md', 'newer') }, 'rival');
  await bench.sync();
  await rename(join(bench.root, 'd'), join(bench.root, 'e'));
  await bench.sync();
  assert.equal(bench.port.view('newer')?.fields.path, 'e/x.md');
});

test('S5: attaching a folder with a suffixed name that was cut short makes no new record', async (t) => {
  const path = `d/${'🏔'.repeat(62)}.md`;
  const cut = suffixedName(path, 'newer');
  for (const [text, edits] of [
    ['newer', 0],
    ['edited', 1],
  ] as const) {
    const bench = await openVaultBench(t);
    bench.port.write('older', { path }, 'older');
    bench.port.write('newer', { path }, 'newer');
    await bench.put(cut, text);
    await bench.sync();
    assert.deepEqual(await bench.tree(), { 'd/': '', [path]: 'older', [cut]: text });
    assert.equal(bench.port.shown('newer')?.place, cut);
    assert.equal(bench.port.view('newer')?.fields.path, path);
    assert.equal(bench.port.edits.length, edits);
  }
});
