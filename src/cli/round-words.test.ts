import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CollectionResult } from '../api/status.ts';
import { collectionWords, costWords, leftOutWords, troubleWords } from './round-words.ts';

const QUIET: CollectionResult = {
  name: 'Notes',
  published: { versions: 0, bytes: 0 },
  applied: { versions: 0, bytes: 0 },
  conflicts: 0,
  held: 0,
  failed: [],
  leftOut: [],
};

test('a collection is in step, or the words say what came, went and waits', () => {
  assert.equal(collectionWords(QUIET), 'in step');
  const busy: CollectionResult = {
    ...QUIET,
    published: { versions: 1, bytes: 1_400 },
    applied: { versions: 2, bytes: 0 },
    conflicts: 1,
    held: 3,
    failed: [{ path: 'a', error: 'it is locked' }],
  };
  assert.equal(
    collectionWords(busy),
    '1 change sent (1.4 kB), 2 changes brought here, 1 conflict, 3 deletions held, 1 problem',
  );
});

test('what a round cost is told in requests, bytes and time', () => {
  const requests = { get: 2, put: 1, list: 1, delete: 0, bytesUp: 1_400, bytesDown: 32 };
  assert.equal(
    costWords({ collections: [], unreadable: [], requests, durationMs: 320 }),
    '4 requests, 1.4 kB up, 32 B down, 0.3 s',
  );
});

test('a problem is that of a file, or of the whole collection', () => {
  assert.equal(troubleWords('Notes', 'a.md', 'it is locked'), 'Notes/a.md: it is locked');
  assert.equal(troubleWords('Notes', '', 'the folder is gone'), 'Notes: the folder is gone');
});

test('what a folder holds and is not carried is named, the first few of many', () => {
  assert.equal(leftOutWords(QUIET), undefined);
  const leftOut = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ path: `l${index}`, error: 'symbolic link' }));
  assert.equal(
    leftOutWords({ ...QUIET, leftOut: leftOut(1) }),
    'Notes: 1 entry is not carried: l0 (symbolic link); list it in .satchelignore to silence this.',
  );
  assert.match(
    leftOutWords({ ...QUIET, leftOut: leftOut(7) }) ?? '',
    /^Notes: 7 entries are not carried: l0 \(.*, l4 \(symbolic link\), …; list them in /,
  );
});

test('what lies outside a selection is not to be ignored on all devices', () => {
  const outside = { path: 'b.md', error: 'it is outside the chosen subfolders' };
  const words = leftOutWords({ ...QUIET, leftOut: [outside] });
  assert.match(words ?? '', /1 entry is not carried: b\.md/);
  assert.doesNotMatch(words ?? '', /satchelignore/);
});
