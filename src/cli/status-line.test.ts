import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CollectionStatus } from '../api/status.ts';
import { statusLine } from './status-line.ts';

function lineOf(...parts: readonly Partial<CollectionStatus>[]): string {
  const collections = parts.map(
    (part): CollectionStatus => ({
      id: 'x',
      name: 'Notes',
      kind: 'vault',
      folder: '/notes',
      only: null,
      removed: false,
      records: 1,
      pending: 0,
      conflicts: 0,
      held: 0,
      state: 'connected',
      lastPullAt: null,
      lastPublishAt: null,
      lastError: null,
      ...part,
    }),
  );
  const device = { id: 'd', name: 'laptop' };
  return statusLine({
    device,
    bucket: 'b',
    repository: 'r',
    encrypted: true,
    repositoryKey: 'file',
    exposed: [],
    needsKey: false,
    clockOffsetMs: 0,
    collections,
  });
}

test('the line adds up all collections', () => {
  assert.equal(lineOf({}), 'satchel: in step');
  assert.equal(lineOf({ pending: 2 }, { pending: 1 }), 'satchel: 3 to send');
  assert.equal(
    lineOf({ pending: 1, state: 'offline' }, { conflicts: 2, state: 'attention' }),
    'satchel: 1 to send, 2 conflicts, offline',
  );
});

test('what is paused is not in step', () => {
  assert.equal(lineOf({ state: 'paused' }), 'satchel: paused');
  assert.equal(lineOf({ pending: 2, state: 'paused' }, {}), 'satchel: 2 to send, paused');
});

test('S8: deletions that wait for a person are counted, and say that they need one', () => {
  assert.equal(lineOf({ held: 30, state: 'attention' }), 'satchel: 30 deletions held');
});

test('trouble without a conflict needs a person too, and nothing is not in step', () => {
  assert.equal(lineOf({ state: 'attention' }), 'satchel: needs you');
  assert.equal(lineOf(), 'satchel: no collections');
});
