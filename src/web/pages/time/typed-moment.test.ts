import assert from 'node:assert/strict';
import { test } from 'node:test';
import { momentOf, typedOf } from './typed-moment.ts';

const NOW_MS = new Date(2027, 5, 15).getTime();

test('a typed second has all that was saved in it', () => {
  const at = momentOf('2027-03-01T14:05:09', NOW_MS);
  assert.equal(at, new Date(2027, 2, 1, 14, 5, 9, 999).toISOString());
  assert.equal(typedOf(at), '2027-03-01T14:05:09');
  assert.equal(
    momentOf('2027-03-01T14:05', NOW_MS),
    new Date(2027, 2, 1, 14, 5, 0, 999).toISOString(),
  );
});

test('the future, and what is no moment, are now', () => {
  assert.equal(momentOf('2028-01-01T00:00', NOW_MS), undefined);
  assert.equal(momentOf('', NOW_MS), undefined);
  assert.equal(typedOf(undefined), '');
});
