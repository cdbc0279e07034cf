import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureStream } from '../../test/support/captured-stream.ts';
import type { ComparedSide } from '../api/conflicts.ts';
import { printDiff } from './patch.ts';
import { createTerminal } from './terminal.ts';

function side(part: Partial<ComparedSide>): ComparedSide {
  return {
    version: 'abcdefghij',
    device: 'laptop',
    time: '2026-03-01T12:00:00.000Z',
    size: 4,
    content: 'text',
    text: 'text',
    ...part,
  };
}

async function printed(from: ComparedSide | null, to: ComparedSide, isColoured = false) {
  const stdout = captureStream();
  const stderr = captureStream();
  const env: Record<string, string> = isColoured ? { FORCE_COLOR: '1' } : {};
  const terminal = createTerminal({ stdout, stderr, env, monotonicMs: () => 0 });
  await printDiff(terminal, from, to, { from: 'before', to: 'now' });
  return stdout.text().split('\n').slice(2, -1);
}

test('what was not there before is all new, and what is deleted is all gone', async () => {
  const text = side({ text: 'a\nb\n' });
  const gone = side({ content: 'deleted', text: null, size: null });
  assert.deepEqual(await printed(null, text), ['@@ -0,0 +1,2 @@', '+a', '+b']);
  assert.deepEqual(await printed(text, gone), ['@@ -1,2 +0,0 @@', '-a', '-b']);
});

test('a last line without its end is told of', async () => {
  assert.deepEqual(await printed(side({ text: 'a\n' }), side({ text: 'a' })), [
    '@@ -1,1 +1,1 @@',
    '-a',
    '+a',
    '\\ No newline at end of file',
  ]);
});

test('lines are coloured, and a file cannot bring sequences of its own', async () => {
  const lines = await printed(side({ text: 'a\n' }), side({ text: '\x1b[5mb\n' }), true);
  assert.deepEqual(lines.slice(1), ['\x1b[31m-a\x1b[0m', '\x1b[32m+\\x1b[5mb\x1b[0m']);
});

test('what is no text is said in words', async () => {
  const binary = side({ content: 'binary', text: null, size: 2_000 });
  const [line] = await printed(side({}), binary);
  assert.match(line ?? '', /^Version abcdefgh \(2\.0 kB\) is not text\. /);
  assert.deepEqual(await printed(side({}), side({})), ['(the same text)']);
});

test('texts with nothing in common end in words, not in a long wait', async () => {
  const lines = (word: string) =>
    Array.from({ length: 3_000 }, (_, n) => `${word} ${n}`).join('\n');
  const [line] = await printed(side({ text: lines('old') }), side({ text: lines('new') }));
  assert.match(line ?? '', /^The texts have too little in common\. /);
});
