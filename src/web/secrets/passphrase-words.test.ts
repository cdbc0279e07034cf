import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passphraseProblem } from './passphrase-words.ts';

test('a passphrase is typed twice, and is more than spaces', () => {
  assert.equal(
    passphraseProblem({ first: 'four words are fine', again: 'four words are fine' }),
    undefined,
  );
  assert.match(
    passphraseProblem({ first: 'four words', again: 'for words' }) ?? '',
    /not the same/,
  );
  assert.match(passphraseProblem({ first: '   ', again: '   ' }) ?? '', /several words/);
});
