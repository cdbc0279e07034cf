import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directoryError } from './directory-errors.ts';

const EXPECTED = [
  ['EACCES', 'refused', 'never', /permission denied/],
  ['EROFS', 'refused', 'never', /read-only/],
  ['ENOSPC', 'internal', 'never', /disk is full/],
  ['EDQUOT', 'internal', 'never', /quota/],
  ['EIO', 'unreachable', 'soon', /EIO/],
  ['ESTALE', 'unreachable', 'soon', /ESTALE/],
  ['EMFILE', 'internal', 'soon', /EMFILE/],
  ['ENAMETOOLONG', 'internal', 'never', /ENAMETOOLONG/],
] as const;

for (const [code, kind, retry, message] of EXPECTED) {
  test(`${code} is ${kind}, to be tried again: ${retry}`, () => {
    const thrown = Object.assign(new Error(`${code}: as the system says`), { code });
    const error = directoryError(thrown, 'write', '/mnt/disk/satchel/heads/a');
    assert.deepEqual([error.kind, error.retry], [kind, retry]);
    assert.match(error.message, message);
    assert.match(error.message, /cannot write \/mnt\/disk\/satchel\/heads\/a/);
    assert.equal(error.cause, thrown);
  });
}

for (const code of ['EPERM', 'EACCES']) {
  test(`on Windows ${code} of a rename may pass: another program holds the file for an instant`, () => {
    const told = (syscall: string, platform: NodeJS.Platform) => {
      const thrown = Object.assign(new Error(`${code}: as the system says`), { code, syscall });
      return directoryError(thrown, 'write', '/bucket/heads/a', platform);
    };
    const held = told('rename', 'win32');
    assert.deepEqual([held.kind, held.retry], ['refused', 'soon']);
    assert.match(held.message, /cannot write \/bucket\/heads\/a: permission denied/);
    assert.match(held.hint ?? '', /another program/);
    // No right to write there, which does not pass.
    assert.equal(told('open', 'win32').retry, 'never');
    assert.equal(told('rename', 'linux').retry, 'never');
  });
}
