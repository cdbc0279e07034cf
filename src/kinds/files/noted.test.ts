import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolderForTest, overriding, systemError } from '../../../test/support/vault-bench.ts';
import { utf8 } from '../../base/bytes.ts';
import { contentHash } from '../../base/hash.ts';
import { nodeDisk } from './node-disk.ts';
import { hashOf } from './noted.ts';

const real = nodeDisk();

test('a file that goes while it is about to be read has no hash', async (t) => {
  const root = await makeFolderForTest(t);
  const path = join(root, 'a.md');
  const hashWhile = async (atRead: () => void): Promise<string | undefined> => {
    const disk = overriding(real, ({ readPieces, readLink }) => ({
      readPieces(at, into) {
        atRead();
        return readPieces(at, into);
      },
      readLink(at) {
        atRead();
        return readLink(at);
      },
    }));
    return await hashOf(disk, root, 'a.md', path);
  };
  const becomeFolder = (): void => {
    unlinkSync(path);
    mkdirSync(path);
  };
  writeFileSync(path, 'text');
  assert.equal(await hashWhile(() => undefined), contentHash(utf8('text')));
  assert.equal(await hashWhile(() => unlinkSync(path)), undefined);
  symlinkSync('b.md', path);
  assert.equal(await hashWhile(() => unlinkSync(path)), undefined);
  writeFileSync(path, 'text');
  assert.equal(await hashWhile(becomeFolder), undefined);
});

test('a file that is there and cannot be read is no file that went', async (t) => {
  const root = await makeFolderForTest(t);
  writeFileSync(join(root, 'a.md'), 'text');
  const disk = overriding(real, () => ({
    readPieces: () => {
      throw systemError('EIO');
    },
  }));
  await assert.rejects(hashOf(disk, root, 'a.md', join(root, 'a.md')), { code: 'EIO' });
});
