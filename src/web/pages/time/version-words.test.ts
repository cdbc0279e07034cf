import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canRestore, comparedAtFirst, type Version } from './version-words.ts';

function version(id: string, state: Version['state'], size: number | null = 1): Version {
  return { id, state, size, time: '2027-01-01T00:00:00.000Z', device: 'laptop', path: 'a.md' };
}

const HISTORY = [
  version('v4', 'current'),
  version('v3', 'deleted', null),
  version('v2', 'superseded'),
  version('v1', 'superseded'),
];

test('the newest version is compared with the one before it that has a content', () => {
  assert.deepEqual(comparedAtFirst(HISTORY, undefined), { newer: 'v4', older: 'v2' });
  assert.deepEqual(comparedAtFirst(HISTORY, 'v2'), { newer: 'v2', older: 'v1' });
  assert.deepEqual(comparedAtFirst(HISTORY, 'v1'), { newer: 'v1', older: undefined });
  assert.deepEqual(comparedAtFirst(HISTORY.slice(1), undefined), { newer: 'v2', older: 'v1' });
  assert.deepEqual(comparedAtFirst([], 'v1'), { newer: undefined, older: undefined });
});

test('what is there now and what has no content cannot be restored', () => {
  assert.deepEqual(HISTORY.map(canRestore), [false, false, true, true]);
  assert.equal(canRestore(version('v0', 'pending')), false);
});
