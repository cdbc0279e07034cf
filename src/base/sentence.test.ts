import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSentence } from './sentence.ts';

test('a message becomes a sentence, and a sentence stays one', () => {
  const sentences = [
    ['bucket "a" is full (status 507)', 'Bucket "a" is full (status 507).'],
    ['nothing answers at 127.0.0.1:9', 'Nothing answers at 127.0.0.1:9.'],
    // Names keep their letters.
    ['example.org refused to write', 'example.org refused to write.'],
    ['The disk is full.', 'The disk is full.'],
    ['Try again?', 'Try again?'],
  ] as const;
  for (const [message, sentence] of sentences) {
    assert.equal(formatSentence(message), sentence);
    assert.equal(formatSentence(sentence), sentence);
  }
});
