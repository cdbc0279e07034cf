/** Edits that come between the last look at a file and the act on it. */
import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openVaultBench, overriding } from '../../../test/support/vault-bench.ts';
import type { DiskStat } from '../files/disk.ts';

const MTIME_MS = 1_700_000_000_123;

test('S6: an edit at the very last moment survives', async (t) => {
  const text = 'written at the last moment';
  let atLook = (_path: string): void => {};
  let afterLook = (_path: string): void => {};
  const bench = await openVaultBench(t, (disk) =>
    overriding(disk, ({ replace }) => ({
      replace(from, to, isExpected, flush) {
        atLook(to);
        const looked = (there: DiskStat | undefined) => {
          const isAsExpected = isExpected(there);
          afterLook(to);
          return isAsExpected;
        };
        return replace(from, to, looked, flush);
      },
    })),
  );
  const saveByRename = (path: string): void => {
    writeFileSync(`${path}.draft`, text);
    renameSync(`${path}.draft`, path);
  };
  const placeOver = async (): Promise<void> => {
    await bench.put('a.md', 'first', MTIME_MS);
    await bench.sync();
    bench.port.write(bench.port.recordOf('a.md'), { path: 'a.md' }, 'from elsewhere');
    await bench.vault.takeIn();
    const report = await bench.vault.putOut();
    [atLook, afterLook] = [() => {}, () => {}];
    assert.equal(report.again, true);
    assert.deepEqual(await bench.tree(), { 'a.md': text });
    await bench.sync();
  };
  // In place, through the same file: what a rename over it would silently drop.
  afterLook = (path) => writeFileSync(path, text);
  await placeOver();
  atLook = saveByRename;
  await placeOver();
});

test('S6: an edit between look and removal is put back', async (t) => {
  let beforeRename = async (): Promise<void> => {};
  const bench = await openVaultBench(t, (disk) =>
    overriding(disk, ({ rename }) => ({
      async rename(from, to) {
        if (to.includes('trash')) await beforeRename();
        return rename(from, to);
      },
    })),
  );
  await bench.put('a.md', 'first', MTIME_MS);
  await bench.sync();
  bench.port.erase(bench.port.recordOf('a.md'));
  beforeRename = () => writeFile(join(bench.root, 'a.md'), 'still needed');
  await bench.vault.takeIn();
  assert.equal((await bench.vault.putOut()).again, true);
  assert.equal((await bench.tree())['a.md'], 'still needed');
});
