import assert from 'node:assert/strict';
import { link, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openVaultBench, overriding, syncOnce } from '../../../test/support/vault-bench.ts';
import type { Disk } from '../files/disk.ts';
import { nodeDisk } from '../files/node-disk.ts';

/** A disk that forgets, when the power goes, every name and every mode that was not flushed. */
interface ForgetfulDisk {
  readonly disk: Disk;
  readonly flushes: string[];
  cutPower(): Promise<void>;
}

async function createForgetfulDisk(t: TestContext): Promise<ForgetfulDisk> {
  const real = nodeDisk();
  const kept = await mkdtemp(join(tmpdir(), 'satchel-power-'));
  t.after(() => rm(kept, { recursive: true, force: true }));
  const unflushed = new Map<string, string | undefined>();
  const unflushedModes = new Map<string, boolean>();
  const flushes: string[] = [];
  let replaced = 0;
  const disk = overriding(real, () => ({
    async link(from, to, flush) {
      await real.link(from, to, flush);
      if (flush === 'later') unflushed.set(to, undefined);
    },
    async replace(from, to, isExpected, flush) {
      if (flush !== 'later') return real.replace(from, to, isExpected, flush);
      replaced += 1;
      const former = join(kept, `${replaced}`);
      await link(to, former);
      const isReplaced = await real.replace(from, to, isExpected, flush);
      if (isReplaced) unflushed.set(to, former);
      return isReplaced;
    },
    async setExecutable(path, isExecutable, flush) {
      const before = await real.stat(path);
      await real.setExecutable(path, isExecutable, flush);
      if (flush === 'later') unflushedModes.set(path, before?.isExecutable === true);
    },
    async flushFolder(folder) {
      await real.flushFolder(folder);
      flushes.push(folder);
      for (const path of unflushed.keys()) if (dirname(path) === folder) unflushed.delete(path);
    },
  }));
  return {
    disk,
    flushes,
    async cutPower() {
      for (const [path, former] of unflushed) {
        if (former === undefined) await rm(path);
        else await rename(former, path);
      }
      unflushed.clear();
      for (const [path, was] of unflushedModes) {
        if ((await real.stat(path)) !== undefined) await real.setExecutable(path, was);
      }
      unflushedModes.clear();
    },
  };
}

class PowerCut extends Error {}

test('S6: what is noted survives a power cut at any note, and the rest is placed again', async (t) => {
  for (let notes = 0; ; notes += 1) {
    const forgetful = await createForgetfulDisk(t);
    const bench = await openVaultBench(t, () => forgetful.disk);
    const { port } = bench;
    for (const name of ['a', 'b', 'c']) await bench.put(`old/${name}.md`, `${name}, before`);
    await bench.put('old/moves.md', 'moves');
    await bench.sync();
    port.edits.length = 0;
    for (const name of ['a', 'b', 'c']) {
      port.write(port.recordOf(`old/${name}.md`), { path: `old/${name}.md` }, `${name}, after`);
      port.write(`new-${name}`, { path: `new/${name}/${name}.md` }, `${name}, new`);
    }
    port.write(port.recordOf('old/moves.md'), { path: 'new/moved.md' }, 'moves');
    let left = notes;
    port.onWrite = () => {
      if (left <= 0) throw new PowerCut();
      left -= 1;
    };
    const end: unknown = await bench.vault.putOut().catch((error: unknown) => error);
    port.onWrite = () => {};
    await forgetful.cutPower();
    await syncOnce(await bench.reopen());
    const at = `after a power cut at note ${notes}`;
    assert.deepEqual(port.edits, [], at);
    assert.deepEqual(port.stale(), [], at);
    const texts = Object.values(await bench.tree()).filter((text) => text !== '');
    const edited = ['a, after', 'b, after', 'c, after'];
    const created = ['a, new', 'b, new', 'c, new'];
    assert.deepEqual(texts.sort(), [...edited, ...created, 'moves'].sort(), at);
    if (end instanceof PowerCut) continue;
    assert.ok(notes >= 10, `only ${notes} notes were made`);
    return;
  }
});

test('S6: an executable bit that was set is no edit, wherever the power or the program ends', {
  skip: process.platform === 'win32' ? 'Windows has no executable bit' : false,
}, async (t) => {
  for (let notes = 0; ; notes += 1) {
    const forgetful = await createForgetfulDisk(t);
    const bench = await openVaultBench(t, () => forgetful.disk);
    const { port } = bench;
    await bench.put('run.sh', 'a program');
    await bench.sync();
    port.edits.length = 0;
    port.write(port.recordOf('run.sh'), { path: 'run.sh', exec: true }, 'a program');
    let left = notes;
    port.onWrite = () => {
      if (left <= 0) throw new PowerCut();
      left -= 1;
    };
    const end: unknown = await bench.vault.putOut().catch((error: unknown) => error);
    port.onWrite = () => {};
    if (notes % 2 === 0) await forgetful.cutPower();
    await syncOnce(await bench.reopen());
    const at = `after an end at note ${notes}`;
    assert.deepEqual(port.edits, [], at);
    assert.deepEqual(port.stale(), [], at);
    const stat = await forgetful.disk.stat(join(bench.root, 'run.sh'));
    assert.equal(stat?.isExecutable, true, at);
    if (end instanceof PowerCut) continue;
    if (notes % 2 === 0) return;
  }
});

test('S4: the replica is durable before the folder follows it', async (t) => {
  const acts: (readonly [act: string, isDurable: boolean])[] = [];
  const bench = await openVaultBench(t, (disk) =>
    overriding(disk, ({ rename, replace, link }) => ({
      async rename(...args) {
        acts.push(['rename', bench.port.isDurable]);
        await rename(...args);
      },
      async replace(...args) {
        acts.push(['replace', bench.port.isDurable]);
        return await replace(...args);
      },
      async link(...args) {
        acts.push(['link', bench.port.isDurable]);
        await link(...args);
      },
    })),
  );
  const { port } = bench;
  await bench.put('a.md', 'moves');
  await bench.put('b.md', 'before');
  await bench.sync();
  port.write(port.recordOf('a.md'), { path: 'c.md' }, 'moves');
  port.write(port.recordOf('b.md'), { path: 'b.md' }, 'after');
  port.write('new', { path: 'd.md' }, 'new');
  acts.length = 0;
  await bench.sync();
  assert.deepEqual(await bench.tree(), { 'b.md': 'after', 'c.md': 'moves', 'd.md': 'new' });
  assert.ok(acts.length >= 5, `only ${acts.length} acts`);
  assert.deepEqual(
    acts.filter(([, isDurable]) => !isDurable),
    [],
  );
});

test('S4: what was placed stays noted, or its deletion right after would look like none', async (t) => {
  const bench = await openVaultBench(t);
  const { port } = bench;
  await bench.put('a.md', 'before');
  await bench.sync();
  port.write(port.recordOf('a.md'), { path: 'a.md' }, 'after');
  port.write('new', { path: 'new/b.md' }, 'new');
  await bench.sync();
  assert.deepEqual(await bench.tree(), { 'a.md': 'after', 'new/': '', 'new/b.md': 'new' });
  assert.ok(port.isPlacingDurable, 'a power cut would take the notes');
});

test('many files in one folder are noted after one flush of it', async (t) => {
  const forgetful = await createForgetfulDisk(t);
  const bench = await openVaultBench(t, () => forgetful.disk);
  for (let index = 0; index < 50; index += 1) {
    bench.port.write(`r${index}`, { path: `notes/${index}.md` }, `note ${index}`);
  }
  const report = await bench.sync();
  assert.deepEqual(report.failed, []);
  assert.equal(Object.keys(await bench.tree()).length, 51);
  assert.deepEqual(forgetful.flushes, [join(bench.root, 'notes')]);
});

test('a folder that cannot be flushed is told; its files stay stale, and are no edit later', async (t) => {
  let fails = true;
  const bench = await openVaultBench(t, (disk) =>
    overriding(disk, (real) => ({
      async flushFolder(folder) {
        if (fails && folder.endsWith('bad')) {
          throw Object.assign(new Error('made by a test'), { code: 'EIO' });
        }
        await real.flushFolder(folder);
      },
    })),
  );
  bench.port.write('r1', { path: 'good/a.md' }, 'A');
  bench.port.write('r2', { path: 'bad/b.md' }, 'B');
  const report = await bench.sync();
  assert.deepEqual(
    report.failed.map(({ path }) => path),
    ['bad/b.md'],
  );
  assert.deepEqual(bench.port.stale(), ['r2']);
  fails = false;
  assert.deepEqual((await bench.sync()).failed, []);
  assert.deepEqual(bench.port.edits, []);
  assert.deepEqual(bench.port.stale(), []);
  assert.deepEqual(await bench.tree(), {
    'bad/': '',
    'bad/b.md': 'B',
    'good/': '',
    'good/a.md': 'A',
  });
});
