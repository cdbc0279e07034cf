import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outlookWords } from './cost.ts';

const NO_CAP = { currency: 'USD', forecast: null, cap: null, slowedBy: 1 } as const;

test('the cap says what it does, and nothing where there are no prices', () => {
  assert.deepEqual(outlookWords({ ...NO_CAP, currency: null, cap: 2, slowedBy: 1 }), []);
  assert.deepEqual(outlookWords(NO_CAP), []);
  assert.deepEqual(outlookWords({ ...NO_CAP, forecast: 1.5 }), [
    'This month is heading for 1.5000 USD.',
  ]);
  assert.deepEqual(outlookWords({ ...NO_CAP, cap: 2 }), [
    'To stay below 2 USD: polls are as often as they are set to.',
  ]);
  assert.deepEqual(outlookWords({ ...NO_CAP, forecast: 3, cap: 2, slowedBy: 3.21 }), [
    'This month is heading for 3.0000 USD.',
    'To stay below 2 USD: polls wait 3.2 times as long, and saves leave at once.',
  ]);
});
