import assert from 'node:assert/strict';
import { test } from 'node:test';
import { carriedWords, changeWords, type Preview, someWords } from './preview-words.ts';

const NONE = { files: 0, bytes: 0, paths: [] };
const PREVIEW: Preview = {
  leaving: { ...NONE, carried: 0 },
  joining: NONE,
  out: { count: 0, paths: [] },
  problems: [],
};

test('rules that change nothing are told as such', () => {
  assert.deepEqual(changeWords(PREVIEW), []);
  assert.equal(carriedWords(PREVIEW), undefined);
});

test('what leaves and what joins is told by number and size', () => {
  const preview: Preview = {
    ...PREVIEW,
    leaving: { files: 1_200, bytes: 3_400_000, paths: [], carried: 1 },
    joining: { files: 1, bytes: 12, paths: [] },
  };
  assert.deepEqual(changeWords(preview), [
    '1,200 files (3.4 MB) are not carried any more',
    '1 file (12 B) is carried from now on',
  ]);
  assert.match(carriedWords(preview) ?? '', /1 file of these already: it stays there/);
});

test('a long list is cut, and says how much of it', () => {
  assert.deepEqual(someWords(['a', 'b', 'c'], 3, 5), ['a', 'b', 'c']);
  assert.deepEqual(someWords(['a', 'b', 'c'], 10, 2), ['a', 'b', 'and 8 others']);
});
