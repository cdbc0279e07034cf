import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LookPlace, lookPath, lookPlaceOf } from './look-place.ts';

test('an address leads back to what was looked at, whatever it is called', () => {
  const places: readonly LookPlace[] = [
    { collection: 'c1', folder: '' },
    { collection: 'c1', folder: 'a & b/100% ü', file: 'a & b/100% ü/what?.md' },
  ];
  for (const place of places) {
    const path = lookPath(place);
    assert.deepEqual(lookPlaceOf(path.slice(path.indexOf('?'))), place);
  }
  assert.equal(lookPlaceOf(''), undefined);
});
