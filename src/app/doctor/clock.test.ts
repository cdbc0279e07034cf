import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { clockCheck } from './clock.ts';

const MINUTE_MS = 60_000;

suite("the device's clock against the bucket's", () => {
  const cases = [
    [4 * MINUTE_MS, true, 'ok'],
    [-4 * MINUTE_MS, true, 'ok'],
    [6 * MINUTE_MS, true, 'warning'],
    [14 * MINUTE_MS, true, 'warning'],
    [16 * MINUTE_MS, true, 'problem'],
    [-16 * MINUTE_MS, true, 'problem'],
    [16 * MINUTE_MS, false, 'warning'],
    [undefined, true, 'unknown'],
  ] as const;
  for (const [aheadMs, isSigned, outcome] of cases) {
    const off = aheadMs === undefined ? 'not told' : `${aheadMs / MINUTE_MS} minutes off`;
    test(`${off} is ${outcome}${isSigned ? '' : ' where nothing is signed'}`, () => {
      assert.equal(clockCheck(aheadMs, isSigned).outcome, outcome);
    });
  }

  test('the words say which of the two is behind', () => {
    assert.match(clockCheck(7 * MINUTE_MS, true).message, /clock is 7 minutes behind the/);
    assert.match(clockCheck(-3000 * MINUTE_MS, true).message, /clock is 2 days ahead of the/);
  });
});
