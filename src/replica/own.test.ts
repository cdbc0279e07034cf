import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openReplica } from '../../test/support/replica.ts';
import { addNonce, forgetNonces, isOwnNonce } from './own.ts';

test('S9: a head of 100,000 writes ago is known as an own one, and one more is not kept', (t) => {
  const db = openReplica(t);
  addNonce(db, 'first');
  addNonce(db, 'second');
  // As 99,998 more writes leave it.
  db.run(
    `INSERT INTO nonces (nonce, seq)
     WITH RECURSIVE later (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM later WHERE i < 99998)
     SELECT 'later ' || i, i + (SELECT max(seq) FROM nonces) FROM later`,
  );
  assert.ok(isOwnNonce(db, 'first'));
  addNonce(db, 'last');
  assert.equal(isOwnNonce(db, 'first'), false);
  assert.ok(isOwnNonce(db, 'second'));
  forgetNonces(db);
  addNonce(db, 'of another life');
  assert.ok(isOwnNonce(db, 'of another life'));
});
