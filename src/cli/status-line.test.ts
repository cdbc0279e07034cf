import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleCollection, sampleStatus } from '../../test/support/status-sample.ts';
import type { CollectionStatus } from '../api/status.ts';
import { statusLine } from './status-line.ts';

function lineOf(...parts: readonly Partial<CollectionStatus>[]): string {
  return statusLine(sampleStatus(parts.map((part) => sampleCollection(part))));
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
