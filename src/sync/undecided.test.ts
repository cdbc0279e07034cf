import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTwoDevices } from '../../test/support/device.ts';
import {
  awaitMissing,
  isUndecided,
  noteDecided,
  noteUndecided,
  UndecidedError,
} from './undecided.ts';

const HOUR_MS = 60 * 60 * 1000;

test('S9: the hour for what is missing begins with the first look that missed it', async () => {
  const { a, clock } = await openTwoDevices();
  const missed = (): void => awaitMissing(a.engine, 'an archive');
  // The key came a day later: only then could anything be missed.
  noteUndecided(a.engine);
  clock.advance(24 * HOUR_MS);
  assert.throws(missed, UndecidedError);
  clock.advance(HOUR_MS / 2);
  assert.throws(missed, UndecidedError);
  clock.advance(HOUR_MS);
  missed();
  assert.equal(isUndecided(a.engine), true);
  noteDecided(a.engine);
  assert.equal(isUndecided(a.engine), false);
});

test('S9: a clock that was ahead does not make it longer', async () => {
  const { a, clock } = await openTwoDevices();
  clock.advance(1000 * HOUR_MS);
  assert.throws(() => awaitMissing(a.engine, 'an archive'), UndecidedError);
  clock.advance(-1000 * HOUR_MS);
  assert.throws(() => awaitMissing(a.engine, 'an archive'), UndecidedError);
  clock.advance(2 * HOUR_MS);
  awaitMissing(a.engine, 'an archive');
});
