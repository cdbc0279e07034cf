import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Settings } from './home.ts';
import { pollIntervals, prunesMonthly, transferLimits } from './preferences.ts';
import { SETTING_KEYS, settingKey, UNBOUNDED } from './setting-keys.ts';

function withPreferences(preferences: NonNullable<Settings['preferences']>): Settings {
  return {
    format: 1,
    bucket: 'file:///bucket',
    repository: 'r',
    encryption: 'none',
    deviceName: 'd',
    collections: {},
    preferences,
  };
}

suite('settings in the terms of those parts that heed them', () => {
  test('what was set holds, the standard elsewhere', () => {
    const settings = withPreferences({ 'limit.up': 500_000, transfers: 3, prune: 'off' });
    assert.deepEqual(transferLimits(settings), {
      upBytesPerSecond: 500_000,
      downBytesPerSecond: undefined,
      transfers: 3,
    });
    assert.equal(prunesMonthly(settings), false);
    assert.equal(pollIntervals(settings).activeMs, 5000);
  });

  test('what a hand wrote that cannot be counts as the standard', () => {
    for (const value of ['many', '', -1, 0.5, Number.NaN]) {
      const all = Object.fromEntries(SETTING_KEYS.map(({ name }) => [name, value]));
      const settings = withPreferences(all);
      assert.deepEqual(transferLimits(settings), transferLimits(withPreferences({})), `${value}`);
      assert.deepEqual(pollIntervals(settings), pollIntervals(withPreferences({})), `${value}`);
    }
  });

  test('a monthly cap is an amount of money, or off', () => {
    const cap = settingKey('cost.cap');
    const amounts = ['2', '0.50', '0.5', 'off', ' 12.25 '].map(cap.parse);
    assert.deepEqual(amounts, [2, 0.5, 0.5, UNBOUNDED, 12.25]);
    assert.deepEqual(
      amounts.map((value) => cap.format(value ?? '')),
      ['2', '0.50', '0.50', 'off', '12.25'],
    );
    for (const text of ['0', '0.00', '-1', '1.234', '1e3', '2 USD', '1000000', '']) {
      assert.equal(cap.parse(text), undefined, text);
    }
  });

  test('every value that a setting takes holds as it was written', () => {
    for (const key of SETTING_KEYS) {
      const value = key.parse(key.format(key.standard));
      assert.deepEqual(value, key.standard, key.name);
    }
    const settings = withPreferences({ 'limit.down': 1_234_567, 'poll.idle': 90_061_000 / 2 });
    assert.equal(transferLimits(settings).downBytesPerSecond, 1_234_567);
    assert.equal(pollIntervals(settings).idleMs, 45_030_500);
  });
});
