import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { formatBytes, formatUnits, parseDuration, parsePercent, parseSize } from './units.ts';

suite('amounts in settings', () => {
  test('durations are read and written the same', () => {
    for (const [text, durationMs] of [
      ['5s', 5_000],
      ['90s', 90_000],
      ['10m', 600_000],
      ['2h', 7_200_000],
      ['90d', 7_776_000_000],
    ] as const) {
      assert.equal(parseDuration(text), durationMs);
      assert.equal(formatUnits(durationMs), text);
    }
    assert.equal(parseDuration('1.5 h'), 5_400_000);
    for (const text of ['', '5', 's', '-5s', '5 weeks', '5s and more', '1e9s']) {
      assert.equal(parseDuration(text), undefined, text);
    }
  });

  test('sizes are read and written the same', () => {
    for (const [text, sizeBytes] of [
      ['999B', 999],
      ['500kB', 500_000],
      ['1500kB', 1_500_000],
      ['2GB', 2_000_000_000],
    ] as const) {
      assert.equal(parseSize(text), sizeBytes);
      assert.equal(formatBytes(sizeBytes), text);
    }
    assert.equal(parseSize('1.5 MB'), 1_500_000);
    assert.equal(parseSize('64KB'), 64_000);
    for (const text of ['', '5', 'MB', '-5MB', '5MiB', '5 Mbit']) {
      assert.equal(parseSize(text), undefined, text);
    }
  });

  test('a share is a number of per cent up to a hundred', () => {
    assert.deepEqual(['25%', '25', '0', '100 %', '101', '-1', 'half', ''].map(parsePercent), [
      25,
      25,
      0,
      100,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
