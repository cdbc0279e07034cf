import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SyncResult } from '../api/status.ts';
import type { Trouble } from '../sync/kind.ts';
import { newsOf } from './round-news.ts';

const LOCKED: Trouble = { path: 'locked.md', error: 'permission denied' };
const BUSY: Trouble = { path: 'busy.md', error: 'it is being written' };

function resultWith(failed: readonly Trouble[]): SyncResult {
  const moved = { versions: 0, bytes: 0 };
  const part = { published: moved, applied: moved, conflicts: 0, held: 0, leftOut: [] };
  return {
    collections: [{ ...part, name: 'Notes', failed }],
    unreadable: [],
    requests: { get: 0, put: 0, list: 0, delete: 0, bytesUp: 0, bytesDown: 0 },
    durationMs: 1,
  };
}

function newsBetween(before: readonly Trouble[] | undefined, after: readonly Trouble[]) {
  const first = before === undefined ? undefined : resultWith(before);
  return newsOf(first, resultWith(after)).get('Notes');
}

test('a problem is news when it begins, and not while it stands', () => {
  assert.deepEqual(newsBetween(undefined, [LOCKED]), { begun: [LOCKED], isSolved: false });
  assert.deepEqual(newsBetween([LOCKED], [LOCKED]), { begun: [], isSolved: false });
  assert.deepEqual(newsBetween([LOCKED], [LOCKED, BUSY]), { begun: [BUSY], isSolved: false });
});

test('a problem of the same file for another reason is news', () => {
  const other = { ...LOCKED, error: 'the disk is full' };
  assert.deepEqual(newsBetween([LOCKED], [other]), { begun: [other], isSolved: false });
});

test('S8: that deletions wait is told once, however many join them', () => {
  const held = (count: number): SyncResult => {
    const result = resultWith([]);
    return { ...result, collections: result.collections.map((part) => ({ ...part, held: count })) };
  };
  const words = 'deletions wait for you: "satchel held Notes" lists them';
  const newsOfNotes = (before: SyncResult, after: SyncResult) => newsOf(before, after).get('Notes');
  assert.deepEqual(newsOfNotes(held(0), held(30)), {
    begun: [{ path: '', error: words }],
    isSolved: false,
  });
  assert.deepEqual(newsOfNotes(held(30), held(31)), { begun: [], isSolved: false });
  assert.deepEqual(newsOfNotes(held(31), held(0)), { begun: [], isSolved: true });
});

test('the end of the last problem is news, once', () => {
  assert.deepEqual(newsBetween([LOCKED, BUSY], [LOCKED]), { begun: [], isSolved: false });
  assert.deepEqual(newsBetween([LOCKED], []), { begun: [], isSolved: true });
  assert.deepEqual(newsBetween([], []), { begun: [], isSolved: false });
});
