import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf, isFailure } from './failure.ts';

test('an error of the program keeps its kind, its words and its hint', () => {
  const body = { error: { kind: 'busy', message: 'the home is lent', hint: 'Wait for it.' } };
  const { kind, message, hint } = failureOf(423, body);
  assert.deepEqual({ kind, message, hint }, { ...body.error });
});

test('a hint may be missing', () => {
  const body = { error: { kind: 'usage', message: 'no such collection', hint: null } };
  assert.equal(failureOf(400, body).hint, undefined);
});

test('401 is told apart: the page shows how to sign in', () => {
  const body = { error: { kind: 'refused', message: 'a token is needed', hint: null } };
  assert.ok(isFailure(failureOf(401, body), 'signedOut'));
  assert.ok(!isFailure(failureOf(403, body), 'signedOut'));
});

test('an answer that is none of ours becomes words all the same', () => {
  for (const body of [undefined, null, 'Bad Gateway', [], { error: 'x' }, { error: { kind: 7 } }]) {
    const { kind, message, hint } = failureOf(502, body);
    assert.equal(kind, 'internal');
    assert.match(message, /502/);
    assert.ok(hint !== undefined);
  }
});
