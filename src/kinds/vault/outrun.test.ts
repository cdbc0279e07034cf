/** S5: files that are moved while the folder is being looked through, from behind or ahead of it. */
import assert from 'node:assert/strict';
import { existsSync, linkSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openVaultBench, overriding, type VaultBench } from '../../../test/support/vault-bench.ts';

const MTIME_MS = 1_700_000_000_123;

/** A vault with two folders; `between` is called once, when one of them has been looked through. */
async function withTwoFolders(
  t: TestContext,
  mtimeMs: number | undefined,
  between: (seen: string, ahead: string) => void,
): Promise<VaultBench> {
  let isArmed = false;
  const bench = await openVaultBench(t, (disk) =>
    overriding(disk, ({ list }) => ({
      async list(folder) {
        const entries = await list(folder);
        const seen = basename(folder);
        if (isArmed && (seen === 'a' || seen === 'b')) {
          isArmed = false;
          between(join(bench.root, seen), join(bench.root, seen === 'a' ? 'b' : 'a'));
        }
        return entries;
      },
    })),
  );
  for (const folder of ['a', 'b']) {
    await bench.put(`${folder}/note.md`, `of ${folder}`, mtimeMs);
    await bench.put(`${folder}/other.md`, `other of ${folder}`, mtimeMs);
  }
  await bench.sync();
  bench.port.edits.length = 0;
  isArmed = true;
  return bench;
}

/** How many edits of each sort the engine was told of. */
function told(bench: VaultBench): { readonly deletions: number; readonly writes: number } {
  const kinds = bench.port.edits.map(({ change }) => change.kind);
  const deletions = kinds.filter((kind) => kind === 'delete').length;
  return { deletions, writes: kinds.length - deletions };
}

for (const [age, mtimeMs] of [
  ['old', MTIME_MS],
  ['just saved', undefined],
] as const) {
  test(`S5: a file, ${age}, that moves to where the look has been is renamed`, async (t) => {
    const bench = await withTwoFolders(t, mtimeMs, (seen, ahead) =>
      renameSync(join(ahead, 'note.md'), join(seen, 'moved.md')),
    );
    await bench.vault.takeIn();
    await bench.vault.takeIn();
    assert.deepEqual(told(bench), { deletions: 0, writes: 1 });
    const place = existsSync(join(bench.root, 'a/moved.md')) ? 'a/moved.md' : 'b/moved.md';
    assert.equal(bench.port.view(bench.port.recordOf(place))?.fields.path, place);
  });

  test(`S5: a file, ${age}, that moves ahead of the look and is seen twice is renamed`, async (t) => {
    const bench = await withTwoFolders(t, mtimeMs, (seen, ahead) =>
      renameSync(join(seen, 'note.md'), join(ahead, 'moved.md')),
    );
    await bench.vault.takeIn();
    await bench.vault.takeIn();
    assert.deepEqual(told(bench), { deletions: 0, writes: 1 });
  });
}

test('S8: what goes between two looks is a deletion for the next', async (t) => {
  let looks = 0;
  const bench = await openVaultBench(t, (disk) =>
    overriding(disk, ({ list }) => ({
      async list(folder) {
        if (folder === bench.root) looks += 1;
        if (folder === bench.root && looks === 2) await bench.remove('second.md');
        return list(folder);
      },
    })),
  );
  for (const name of ['first', 'second', 'third']) await bench.put(`${name}.md`, name, MTIME_MS);
  await bench.sync();
  bench.port.edits.length = 0;
  looks = 0;
  await bench.remove('first.md');
  await bench.vault.takeIn();
  assert.equal(looks, 2);
  assert.deepEqual(told(bench), { deletions: 1, writes: 0 });
  await bench.vault.takeIn();
  assert.deepEqual(told(bench), { deletions: 2, writes: 0 });
});

test('a second name of a file is a file of its own', async (t) => {
  const bench = await openVaultBench(t);
  await bench.put('note.md', 'text', MTIME_MS);
  await bench.sync();
  linkSync(join(bench.root, 'note.md'), join(bench.root, 'second.md'));
  await bench.sync();
  assert.notEqual(bench.port.recordOf('note.md'), bench.port.recordOf('second.md'));
});
