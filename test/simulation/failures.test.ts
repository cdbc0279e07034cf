import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SatchelError } from '../../src/base/errors.ts';
import { isNormalFailure } from './failures.ts';
import type { Happening } from './faults.ts';

function isNormal(what: string, error: unknown, on: readonly Happening[], isFaulty = true) {
  return isNormalFailure(what, error, { on: new Set(on), isFaulty });
}

test('work may fail only where something is the matter', () => {
  const unreachable = new SatchelError('unreachable', 'made by a test');
  const damaged = new SatchelError('damaged', 'made by a test');
  const full = Object.assign(new Error('made by a test'), { code: 'ENOSPC' });
  assert.equal(isNormal('round', unreachable, ['lost-answer']), true);
  assert.equal(isNormal('round', unreachable, ['partition']), true);
  assert.equal(isNormal('round', unreachable, ['kill']), false);
  assert.equal(isNormal('round', unreachable, ['lost-answer'], false), false);
  assert.equal(isNormal('prune', damaged, ['torn-object'], false), true);
  assert.equal(isNormal('prune', damaged, []), false);
  assert.equal(isNormal('round', damaged, ['torn-object']), false);
  assert.equal(isNormal('start', full, ['full-disk']), true);
  assert.equal(isNormal('start', full, ['kill']), false);
  assert.equal(isNormal('round', full, ['full-disk']), false);
  assert.equal(isNormal('round', new TypeError('a defect'), ['torn-object', 'full-disk']), false);
});
