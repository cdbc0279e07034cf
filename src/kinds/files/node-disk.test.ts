import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { chooseSeed, createSeededRandom } from '../../../test/support/ports.ts';
import { concat, utf8 } from '../../base/bytes.ts';
import { nodeDisk } from './node-disk.ts';

const disk = nodeDisk();
const codeIs = (code: string) => ({ code });

test('a new file is written whole, and one that is there stays as it is', async (context) => {
  const path = join(temporaryFolder(context), 'notes.md');
  assert.equal(await disk.writeNew(path, pieces('hel', '', 'lo')), 5);
  assert.equal(readFileSync(path, 'utf8'), 'hello');
  await assert.rejects(disk.writeNew(path, pieces('other')), codeIs('EEXIST'));
  assert.equal(readFileSync(path, 'utf8'), 'hello');
});

test('a file whose content ends in an error leaves nothing behind', async (context) => {
  const path = join(temporaryFolder(context), 'notes.md');
  async function* broken() {
    yield utf8('half');
    throw new Error('the bucket went away');
  }
  await assert.rejects(disk.writeNew(path, broken()), /the bucket went away/);
  assert.equal(existsSync(path), false);
});

test('a symlink is neither followed for reading nor for writing', async (context) => {
  const root = temporaryFolder(context);
  const target = join(root, 'target.md');
  const link = join(root, 'link.md');
  writeFileSync(target, 'x');
  symlinkSync(target, link);
  await assert.rejects(disk.readFile(link), codeIs('ELOOP'));
  await assert.rejects(concatenated(disk.readPieces(link)), codeIs('ELOOP'));
  await assert.rejects(disk.writeNew(link, pieces('y')), codeIs('EEXIST'));
  await assert.rejects(disk.setExecutable(link, true), codeIs('ELOOP'));
  await disk.setMtime(link, 1_000);
  assert.notEqual(statSync(target).mtimeMs, 1_000);
  assert.equal((await disk.stat(link))?.kind, 'symlink');
  assert.equal(readFileSync(target, 'utf8'), 'x');
});

test('a pipe is refused instead of waited for', { timeout: 10_000 }, async (context) => {
  const pipe = join(temporaryFolder(context), 'pipe');
  execFileSync('mkfifo', [pipe]);
  await assert.rejects(disk.readFile(pipe), codeIs('EINVAL'));
});

test('a file is read in pieces of at most 1 MiB that stay as they were', async (context) => {
  const path = join(temporaryFolder(context), 'film');
  const content = new Uint8Array(2_500_000).map((_, index) => index % 251);
  writeFileSync(path, content);
  const parts: Uint8Array[] = [];
  for await (const piece of disk.readPieces(path)) parts.push(piece);
  assert.ok(parts.every(({ length }) => length <= 1024 * 1024));
  assert.deepEqual(concat(parts), content);
  assert.deepEqual(await disk.readFile(path), content);
});

test('a modification time reads back as the same millisecond', async (context) => {
  const seed = chooseSeed();
  context.diagnostic(`seed ${seed}`);
  const random = createSeededRandom(seed);
  const path = join(temporaryFolder(context), 'notes.md');
  writeFileSync(path, 'x');
  for (let round = 0; round < 2_000; round += 1) {
    const mtimeMs = Buffer.from(random.bytes(6)).readUIntBE(0, 5) * 3;
    await disk.setMtime(path, mtimeMs);
    const stat = await disk.stat(path);
    assert.equal(Number((stat?.mtimeNs ?? 0n) / 1_000_000n), mtimeMs);
  }
});

test('the executable bit is given to whoever may read, and taken from everyone', async (context) => {
  if (process.platform === 'win32') return context.skip('Windows has no such bit');
  const path = join(temporaryFolder(context), 'script.sh');
  writeFileSync(path, 'x', { mode: 0o640 });
  await disk.setExecutable(path, true);
  assert.equal(statSync(path).mode & 0o777, 0o750);
  assert.equal((await disk.stat(path))?.isExecutable, true);
  await disk.setExecutable(path, false);
  assert.equal(statSync(path).mode & 0o777, 0o640);
});

test('nothing is there: the state is undefined, reading fails, a list fails', async (context) => {
  const root = temporaryFolder(context);
  writeFileSync(join(root, 'file'), 'x');
  assert.equal(await disk.stat(join(root, 'gone')), undefined);
  assert.equal(await disk.stat(join(root, 'file/below')), undefined);
  await assert.rejects(disk.readFile(join(root, 'gone')), codeIs('ENOENT'));
  await assert.rejects(disk.list(join(root, 'gone')), codeIs('ENOENT'));
});

test('files and folders are moved, linked and removed', async (context) => {
  const root = temporaryFolder(context);
  const inner = join(root, 'a/b/c');
  await disk.makeFolder(inner);
  await disk.makeFolder(inner);
  await disk.writeNew(join(inner, 'x'), pieces('x'));
  await disk.link(join(inner, 'x'), join(root, 'y'));
  await assert.rejects(disk.link(join(inner, 'x'), join(root, 'y')), codeIs('EEXIST'));
  assert.equal(
    (await disk.stat(join(root, 'y')))?.inode,
    (await disk.stat(join(inner, 'x')))?.inode,
  );
  await assert.rejects(disk.removeFolder(inner), codeIs('ENOTEMPTY'));
  await disk.rename(join(inner, 'x'), join(root, 'z'));
  await disk.removeFolder(inner);
  await disk.remove(join(root, 'y'));
  const names = (await disk.list(root)).map(({ name }) => name);
  assert.deepEqual(names.sort(), ['a', 'z']);
});

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield utf8(text);
}

async function concatenated(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return concat(all);
}

function temporaryFolder(context: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'satchel-disk-'));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  return root;
}
