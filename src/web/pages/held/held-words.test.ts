import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choiceWords, type Held, heldWords, outcomeWords } from './held-words.ts';

const out: Held = {
  collection: 'Notes',
  direction: 'out',
  since: '2027-01-01T00:00:00.000Z',
  state: 'as seen',
  paths: ['a.md', 'b.md'],
};

test('S8: what waits is told by where it was deleted', () => {
  assert.match(heldWords(out), /^2 files were deleted from Notes on this device\./);
  assert.match(heldWords({ ...out, direction: 'in' }), /on another device\. This one has them/);
  assert.match(heldWords({ ...out, paths: ['a.md'] }), /^1 file was deleted/);
});

test('S8: each button says what it does, and to how many', () => {
  assert.deepEqual(choiceWords(out), {
    reject: 'Bring all 2 files back',
    approve: 'Delete all 2 files everywhere',
  });
  assert.deepEqual(choiceWords({ ...out, direction: 'in', paths: ['a.md'] }), {
    reject: 'Keep it',
    approve: 'Delete it here too',
  });
});

test('S8: what came of it is told, and what is still to come', () => {
  const outcome = { collection: 'Notes', direction: 'out', count: 2, failed: [] } as const;
  const done = { ...outcome, isCarriedOut: true };
  assert.equal(outcomeWords(done, 'reject'), '2 files kept');
  assert.equal(outcomeWords(done, 'approve'), '2 deletions approved');
  assert.match(outcomeWords({ ...done, count: 0 }, 'reject'), /back already/);
  assert.match(outcomeWords({ ...done, isCarriedOut: false }, 'reject'), /the next round/);
  const failed = [{ path: 'a.md', error: 'the disk is full' }];
  assert.equal(
    outcomeWords({ ...done, failed }, 'reject'),
    '2 files kept; 1 file could not be written',
  );
});
