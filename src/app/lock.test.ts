import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { isErrorKind } from '../base/errors.ts';
import { holderOf, lockHome } from './lock.ts';

test('one at a time holds a home, and is named to the others', () => {
  const home = temporaryFolder('lock');
  const lock = lockHome(home, 'watch');
  assert.equal(holderOf(home), `watch (process ${process.pid})`);
  assert.throws(
    () => lockHome(home, 'sync'),
    (error) => isErrorKind(error, 'busy') && error.message.includes('watch (process'),
  );
  lock.release();
  assert.equal(holderOf(home), undefined);
  lockHome(home, 'sync').release();
});

test('a name that cannot be written keeps nobody from the lock, nor the lock from its release', () => {
  const home = temporaryFolder('lock');
  // What a full disk does, done so that root meets it as well.
  mkdirSync(join(home, 'lock.holder'));
  const lock = lockHome(home, 'sync');
  assert.equal(holderOf(home), 'a process that left no name');
  assert.throws(
    () => lockHome(home, 'watch'),
    (error) => isErrorKind(error, 'busy'),
  );
  lock.release();
  rmSync(join(home, 'lock.holder'), { recursive: true });
  const next = lockHome(home, 'watch');
  writeFileSync(join(home, 'lock.holder'), '');
  assert.equal(holderOf(home), 'a process that left no name');
  next.release();
});
