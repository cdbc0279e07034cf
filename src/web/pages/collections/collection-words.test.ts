import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Collection,
  carrierWords,
  contentWords,
  detachedWords,
  listWords,
  partWords,
  toReadUnasked,
} from './collection-words.ts';

const NOW_MS = Date.UTC(2026, 10, 21);

const ELSEWHERE: Collection = {
  id: 'photos-id',
  name: 'Photos',
  kind: 'vault',
  created: '2026-01-01T00:00:00.000Z',
  folder: null,
  only: null,
  removed: false,
  size: null,
  files: null,
  lastChangeAt: null,
  lastChangeBy: null,
  devices: ['desktop', 'phone'],
  readAt: null,
  toRead: 1_000,
};

test('what is in a collection is told once it is known', () => {
  assert.equal(contentWords(ELSEWHERE), undefined);
  assert.equal(contentWords({ ...ELSEWHERE, files: 0, size: 0 }), '0 files');
  assert.equal(contentWords({ ...ELSEWHERE, files: 1_204, size: 3.2e9 }), '1,204 files, 3.2 GB');
});

test('who else has it is told from this device', () => {
  assert.equal(carrierWords(ELSEWHERE), 'On desktop and phone');
  assert.equal(carrierWords({ ...ELSEWHERE, devices: [] }), 'In the bucket, on no device');
  const here = { ...ELSEWHERE, folder: '/home/person/Photos' };
  assert.equal(carrierWords({ ...here, devices: ['laptop'] }), 'On this device only');
  assert.equal(carrierWords({ ...here, devices: ['laptop', 'phone'] }), 'Also on phone');
  assert.equal(listWords(['a', 'b', 'c']), 'a, b and c');
  assert.equal(partWords({ only: ['2025', '2026'] }), 'Only 2 folders of it');
});

test('only what is short and was not read lately is read unasked', () => {
  const lately = new Date(NOW_MS - 60_000).toISOString();
  const longAgo = new Date(NOW_MS - 3_600_000).toISOString();
  const collections = [
    ELSEWHERE,
    { ...ELSEWHERE, id: 'large', toRead: 50_000_000 },
    { ...ELSEWHERE, id: 'lately', readAt: lately },
    { ...ELSEWHERE, id: 'long ago', readAt: longAgo },
    { ...ELSEWHERE, id: 'here', folder: '/home/person/Here' },
  ];
  assert.deepEqual(toReadUnasked(collections, NOW_MS), ['photos-id', 'long ago']);
});

test('what was not sent when a collection left is told', () => {
  const detached = { name: 'Notes', folder: '/home/person/Notes', pending: 0 };
  assert.doesNotMatch(detachedWords(detached), /sent/);
  assert.match(detachedWords({ ...detached, pending: 1 }), /1 change made here was not sent/);
  assert.match(detachedWords({ ...detached, pending: 2 }), /2 changes made here were not sent/);
});
