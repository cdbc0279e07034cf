import assert from 'node:assert/strict';
import { link, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  fusedDisk,
  openVaultBench,
  syncOnce,
  type VaultBench,
} from '../../../test/support/vault-bench.ts';
import { nodeDisk } from '../files/node-disk.ts';

interface Fuse {
  /**
   * Calls left until the crash, after which nothing works any more, as at the end of a process;
   * undefined while no crash is meant.
   */
  left: number | undefined;
  burn(): void;
}

function createFuse(): Fuse {
  return {
    left: undefined,
    burn() {
      if (this.left === undefined) return;
      if (this.left <= 0) throw new Error('the process ended here');
      this.left -= 1;
    },
  };
}

const FILES = {
  'swap/a.md': 'one',
  'swap/b.md': 'two',
  'edited.md': 'before',
  'old/moved.md': 'moved',
  'old/empty.md': '',
  'gone/deep/x.md': 'gone',
  'moved and edited.md': 'before',
  'run.sh': 'echo',
  name: 'gives way',
  'file then folder': 'text',
  'file then link': 'text',
} as const;

/** A vault in step, to which then arrives one of everything that can happen to files. */
async function prepare(t: TestContext, fuse: Fuse, nowMs: number): Promise<VaultBench> {
  const bench = await openVaultBench(t, (disk) => fusedDisk(disk, () => fuse.burn()));
  const { port } = bench;
  port.nowMs = nowMs;
  for (const [place, text] of Object.entries(FILES)) await bench.put(place, text);
  for (const name of ['link then file', 'retargeted', 'old/link']) {
    await symlink('edited.md', join(bench.root, name));
  }
  await bench.makeFolder('folder then file');
  await bench.makeFolder('erased/folder');
  await bench.sync();
  port.edits.length = 0;
  const write = (
    from: string,
    fields: Record<string, string | boolean>,
    text: string | undefined,
  ) => port.write(port.recordOf(from), { path: from, ...fields }, text);
  const [a, b] = [port.recordOf('swap/a.md'), port.recordOf('swap/b.md')];
  port.write(a, { path: 'swap/b.md' }, 'one');
  port.write(b, { path: 'swap/a.md' }, 'two');
  write('edited.md', {}, 'after');
  write('old/moved.md', { path: 'new/moved.md' }, 'moved');
  write('old/empty.md', { path: 'new/blank.md' }, '');
  write('moved and edited.md', { path: 'new/both.md' }, 'after');
  write('run.sh', { exec: true }, 'echo');
  port.erase(port.recordOf('gone/deep/x.md'));
  port.erase(port.recordOf('erased/folder'));
  write('file then folder', { type: 'folder' }, undefined);
  write('folder then file', {}, 'a file now');
  write('file then link', { type: 'symlink' }, 'edited.md');
  write('link then file', {}, 'a file now');
  write('retargeted', { type: 'symlink' }, 'run.sh');
  write('old/link', { path: 'new/link', type: 'symlink' }, 'edited.md');
  port.write('new link', { path: 'made/link', type: 'symlink' }, '../run.sh');
  port.write('fresh', { path: 'name/fresh.md' }, 'fresh');
  port.write('twin', { path: 'edited.md' }, 'twin');
  port.write('folder', { path: 'made/folder', type: 'folder' }, undefined);
  return bench;
}

/** Puts out until the crash at that call. Returns whether it came to its end before. */
async function putOutUntil(
  { port, vault }: VaultBench,
  fuse: Fuse,
  calls: number,
): Promise<boolean> {
  port.onWrite = () => fuse.burn();
  fuse.left = calls;
  await vault.putOut().catch(() => undefined);
  const isOver = fuse.left > 0;
  fuse.left = undefined;
  port.onWrite = () => {};
  return isOver;
}

/** The expected end, from a run that nothing stops. */
async function undisturbed(t: TestContext, nowMs: number): Promise<Record<string, string>> {
  const bench = await prepare(t, createFuse(), nowMs);
  const report = await bench.vault.putOut();
  assert.deepEqual(report.failed, []);
  assert.equal(report.again, undefined);
  const tree = await bench.tree();
  assert.equal(Object.keys(tree).length, 22);
  assert.equal(tree.retargeted, '-> run.sh');
  return tree;
}

// Once with files at rest, once with files so new that their marks prove nothing.
// The second is slower, so it crashes at every third call only.
for (const [name, nowMs, step] of [
  ['at rest', 1_900_000_000_000, 1],
  ['just written', Date.now(), 3],
] as const) {
  test(`S4, S6: a crash at any call of putOut loses nothing and is no edit (${name})`, async (t) => {
    const expected = await undisturbed(t, nowMs);
    let crashes = 0;
    for (let calls = 0; ; calls += step) {
      const fuse = createFuse();
      const bench = await prepare(t, fuse, nowMs);
      if (await putOutUntil(bench, fuse, calls)) break;
      crashes += 1;
      const report = await syncOnce(await bench.reopen(nodeDisk()));
      const at = `after a crash at call ${calls}`;
      assert.deepEqual(await bench.tree(), expected, at);
      assert.equal(await bench.isExecutable('run.sh'), true, at);
      assert.deepEqual(bench.port.edits, [], at);
      assert.deepEqual(bench.port.stale(), [], at);
      assert.deepEqual(report.failed, [], at);
      assert.deepEqual(await bench.treeOf('.satchel/tmp'), {}, at);
    }
    assert.ok(crashes > 100 / step, `${crashes} crashes`);
    t.diagnostic(`${crashes} crashes`);
  });
}

test('S4, S6: a crash while two names for one file swap makes no deletion', async (t) => {
  for (let calls = 0; ; calls += 1) {
    const fuse = createFuse();
    const bench = await openVaultBench(t, (disk) => fusedDisk(disk, () => fuse.burn()));
    const { port } = bench;
    await bench.put('one.md', 'text');
    await link(join(bench.root, 'one.md'), join(bench.root, 'two.md'));
    await bench.sync();
    port.edits.length = 0;
    const [one, two] = [port.recordOf('one.md'), port.recordOf('two.md')];
    port.write(one, { path: 'two.md' }, 'text');
    port.write(two, { path: 'one.md' }, 'text');
    const isOver = await putOutUntil(bench, fuse, calls);
    const vault = await bench.reopen(nodeDisk());
    await syncOnce(vault);
    await syncOnce(vault);
    const at = `after a crash at call ${calls}`;
    assert.deepEqual(await bench.tree(), { 'one.md': 'text', 'two.md': 'text' }, at);
    assert.deepEqual(port.edits, [], at);
    assert.deepEqual(port.stale(), [], at);
    if (isOver) break;
  }
});
