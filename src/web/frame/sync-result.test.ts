import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SyncResult } from '../../api/status.ts';
import { roundWords } from './sync-result.ts';

function round(published: number, applied: number, failed: number): SyncResult {
  const collection = {
    name: 'Notes',
    published: { versions: published, bytes: 0 },
    applied: { versions: applied, bytes: 0 },
    conflicts: 0,
    held: 0,
    failed: Array.from({ length: failed }, () => ({ path: 'a.md', error: 'the disk is full' })),
    leftOut: [],
  };
  return {
    collections: [collection, { ...collection, failed: [] }],
    unreadable: [],
    requests: { get: 0, put: 0, list: 0, delete: 0, bytesUp: 0, bytesDown: 0 },
    durationMs: 1,
  };
}

test('a round is told by what it did in all collections', () => {
  assert.equal(roundWords(round(0, 0, 0)), 'Everything is up to date');
  assert.equal(roundWords(round(1, 0, 0)), 'Sent 2 changes');
  assert.equal(roundWords(round(0, 3, 1)), 'Brought 6 changes here, 1 thing could not be carried');
});
