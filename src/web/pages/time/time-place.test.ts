import assert from 'node:assert/strict';
import { test } from 'node:test';
import { folderOf, type TimePlace, timePath, timePlaceOf } from './time-place.ts';

const TOP: TimePlace = {
  collection: undefined,
  at: undefined,
  folder: '',
  hasDeleted: false,
  file: undefined,
  version: undefined,
};

test('an address leads back to what was looked at, whatever it is called', () => {
  const places: readonly TimePlace[] = [
    TOP,
    {
      collection: 'c1',
      at: '2027-03-01T10:00:00.123Z',
      folder: 'a & b/100% ü',
      hasDeleted: true,
      file: 'a & b/100% ü/what?.md',
      version: 'v1',
    },
  ];
  for (const place of places) {
    assert.deepEqual(timePlaceOf(new URL(timePath(place), 'http://page').search), place);
  }
  assert.equal(timePath(TOP), '/time');
});

test('an address that somebody spoiled shows the present', () => {
  assert.deepEqual(timePlaceOf('?at=yesterday&of=&deleted=1'), TOP);
});

test('the folder of a file', () => {
  assert.equal(folderOf('a/b/c.md'), 'a/b');
  assert.equal(folderOf('c.md'), '');
});
