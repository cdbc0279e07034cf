/** What a person does to files while the folder is looked through, or while they arrive (S5, S6, S8). */
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  openVaultBench,
  overriding,
  syncOnce,
  systemError,
  type VaultBench,
} from '../../../test/support/vault-bench.ts';
import { utf8 } from '../../base/bytes.ts';
import { contentHash } from '../../base/hash.ts';
import type { PutOutReport } from '../../sync/kind.ts';

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

test('S5: a file that moves on from where it was found, before it is read there, is renamed', async (t) => {
  let isArmed = false;
  const bench = await openVaultBench(t, (disk) =>
    overriding(disk, ({ readFile }) => ({
      async readFile(path, ...rest) {
        if (isArmed && basename(path) === 'moved.md') {
          isArmed = false;
          renameSync(path, join(bench.root, 'moved on.md'));
        }
        return readFile(path, ...rest);
      },
    })),
  );
  await bench.put('note.md', 'text', MTIME_MS);
  await bench.sync();
  bench.port.edits.length = 0;
  renameSync(join(bench.root, 'note.md'), join(bench.root, 'moved.md'));
  chmodSync(join(bench.root, 'moved.md'), 0o755);
  isArmed = true;
  await bench.vault.takeIn();
  assert.deepEqual(told(bench), { deletions: 0, writes: 0 });
  await bench.vault.takeIn();
  assert.deepEqual(told(bench), { deletions: 0, writes: 1 });
  assert.equal(bench.port.view(bench.port.recordOf('moved on.md'))?.fields.path, 'moved on.md');
  await bench.remove('moved on.md');
  await bench.vault.takeIn();
  assert.deepEqual(told(bench), { deletions: 1, writes: 1 });
});

for (const [where, places] of [
  ['of which another file comes', ['note.md']],
  ['that was a noted file’s', ['note.md', 'moved.md']],
] as const) {
  test(`S5: a file that moves on from a place ${where}, before it is read there, is renamed`, async (t) => {
    const isReplaced = places.length === 1;
    let isArmed = false;
    const bench = await openVaultBench(t, (disk) =>
      overriding(disk, ({ stat }) => ({
        async stat(path) {
          if (isArmed && basename(path) === 'moved.md') {
            isArmed = false;
            renameSync(path, join(bench.root, 'moved on.md'));
            if (isReplaced) writeFileSync(path, 'another text');
          }
          return stat(path);
        },
      })),
    );
    for (const place of places) await bench.put(place, `text of ${place}`, MTIME_MS);
    await bench.sync();
    const record = bench.port.recordOf('note.md');
    bench.port.edits.length = 0;
    renameSync(join(bench.root, 'note.md'), join(bench.root, 'moved.md'));
    chmodSync(join(bench.root, 'moved.md'), 0o755);
    isArmed = true;
    await bench.vault.takeIn();
    assert.equal(isArmed, false);
    assert.equal(told(bench).deletions, 0);
    await bench.vault.takeIn();
    assert.equal(bench.port.recordOf('moved on.md'), record);
    assert.equal(told(bench).deletions, isReplaced ? 0 : 1);
  });
}

test('S7: a deletion is told though a file that cannot be read has the inode of the one deleted', async (t) => {
  let inode: bigint | undefined;
  const isLocked = (path: string): boolean => basename(path) === 'locked.bin';
  const bench = await openVaultBench(t, (disk) =>
    overriding(disk, ({ stat, list, readFile }) => ({
      async stat(path) {
        const found = await stat(path);
        return found === undefined || inode === undefined || !isLocked(path)
          ? found
          : { ...found, inode };
      },
      async list(folder) {
        const entries = await list(folder);
        return entries.map((entry) =>
          inode !== undefined && isLocked(entry.name) ? { ...entry, inode } : entry,
        );
      },
      async readFile(path, ...rest) {
        if (isLocked(path)) throw systemError('EACCES');
        return readFile(path, ...rest);
      },
    })),
  );
  await bench.put('note.md', 'text', MTIME_MS);
  await bench.sync();
  inode = statSync(join(bench.root, 'note.md'), { bigint: true }).ino;
  bench.port.edits.length = 0;
  await bench.remove('note.md');
  await bench.put('locked.bin', 'of another program', MTIME_MS);
  await bench.vault.takeIn();
  assert.deepEqual(told(bench), { deletions: 1, writes: 0 });
});

test('S5: a new file that is swapped with another while it is read keeps its own text', async (t) => {
  let isArmed = false;
  const bench = await openVaultBench(t, (disk) =>
    overriding(disk, ({ readFile }) => ({
      async readFile(path, ...rest) {
        const read = await readFile(path, ...rest);
        if (isArmed && basename(path) === 'new.md') {
          isArmed = false;
          renameSync(path, join(bench.root, 'aside.md'));
          renameSync(join(bench.root, 'note.md'), path);
          renameSync(join(bench.root, 'aside.md'), join(bench.root, 'note.md'));
        }
        return read;
      },
    })),
  );
  await bench.put('note.md', 'text', MTIME_MS);
  await bench.put('gone.md', 'goes', MTIME_MS);
  await bench.sync();
  await bench.remove('gone.md');
  await bench.put('new.md', 'another text', MTIME_MS);
  isArmed = true;
  await bench.vault.takeIn();
  await bench.vault.takeIn();
  const hashAt = (place: string): string | undefined =>
    bench.port.view(bench.port.recordOf(place))?.content?.hash;
  assert.equal(hashAt('note.md'), contentHash(utf8('another text')));
  assert.equal(hashAt('new.md'), contentHash(utf8('text')));
});

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

/** A vault into which `d/a.md` comes; `meanwhile` is called when it is there and not yet noted. */
async function withArrival(
  t: TestContext,
  meanwhile: (root: string) => void,
): Promise<{ readonly bench: VaultBench; readonly report: PutOutReport }> {
  let isArmed = true;
  const bench = await openVaultBench(t, (disk) =>
    overriding(disk, ({ flushFolder }) => ({
      async flushFolder(folder) {
        if (isArmed && basename(folder) === 'd' && existsSync(join(folder, 'a.md'))) {
          isArmed = false;
          meanwhile(bench.root);
        }
        await flushFolder(folder);
      },
    })),
  );
  bench.port.write('r1', { path: 'd/a.md' }, 'text');
  return { bench, report: await syncOnce(bench.vault) };
}

test('S6: a folder that is deleted as soon as files are in it is a deletion of these', async (t) => {
  const { bench, report } = await withArrival(t, (root) =>
    rmSync(join(root, 'd'), { recursive: true }),
  );
  assert.deepEqual(report.failed, []);
  await bench.sync();
  assert.deepEqual(told(bench), { deletions: 1, writes: 0 });
  assert.deepEqual(await bench.tree(), {});
});

test('S8: one that goes with the whole disk at that moment is none', async (t) => {
  let away = '';
  const { bench, report } = await withArrival(t, (root) => {
    away = `${root}-away`;
    renameSync(root, away);
    mkdirSync(root);
    rmSync(join(away, 'd'), { recursive: true });
  });
  assert.deepEqual(
    report.failed.map(({ path }) => path),
    ['d/a.md'],
  );
  rmSync(bench.root, { recursive: true });
  renameSync(away, bench.root);
  await bench.sync();
  assert.deepEqual(told(bench), { deletions: 0, writes: 0 });
  assert.deepEqual(await bench.tree(), { 'd/': '', 'd/a.md': 'text' });
});
