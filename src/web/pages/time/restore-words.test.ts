import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Change,
  changeWords,
  doneWords,
  planWords,
  type Restored,
  undoneWords,
} from './restore-words.ts';

const UNDO = { was: [], made: null };
const BACK: Change = { ...UNDO, path: 'a.md', change: 'back', from: null, version: 'v' };
const MOVED: Change = { ...UNDO, path: 'b.md', change: 'moved', from: 'c/b.md', version: 'v' };
const GONE: Change = { ...UNDO, path: 'd.md', change: 'gone', from: null, version: null };

test('before anything changes it is told what would', () => {
  assert.equal(
    planWords([BACK, BACK, MOVED, GONE]),
    '2 files come back, 1 file moves back, 1 file goes',
  );
  assert.match(planWords([]), /Nothing would change/);
  assert.deepEqual([BACK, MOVED, GONE].map(changeWords), [
    'comes back',
    'moves back from c/b.md',
    'goes: it was not there then',
  ]);
});

test('afterwards it is told what did, and what could not be', () => {
  const done: Restored = { restored: [BACK], failed: [], before: '2027-01-01T00:00:00.000Z' };
  assert.equal(doneWords(done), 'a.md is restored');
  assert.equal(doneWords({ ...done, restored: [BACK, MOVED] }), '2 files restored');
  assert.match(doneWords({ ...done, restored: [] }), /nothing has changed/);
  const failed = [{ path: 'e.md', error: 'the disk is full' }];
  assert.equal(doneWords({ ...done, failed }), 'a.md is restored; 1 file could not be');
  assert.equal(undoneWords({ undone: 1, failed: [] }), 'Taken back: 1 file');
  assert.equal(undoneWords({ undone: 2, failed }), 'Taken back: 2 files; 1 file could not be');
});
