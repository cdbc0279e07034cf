import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { barAt, barCountWords, barDayWords, barHeight, barsOf, type Days } from './bars.ts';

const NOW_MS = new Date(2027, 5, 15, 14, 0).getTime();

function day(date: string, written: number, deleted = 0): Days[number] {
  return { day: date, written, deleted, bytes: 0 };
}

suite('the bars of the time line', () => {
  test('each day has one, up to today, also where nothing was saved', () => {
    const bars = barsOf([day('2027-06-12', 3), day('2027-06-14', 1, 2)], NOW_MS);
    assert.deepEqual(
      bars.slice(-4).map(({ written, deleted }) => [written, deleted]),
      [
        [3, 0],
        [0, 0],
        [1, 2],
        [0, 0],
      ],
    );
    assert.equal(bars.at(-4)?.fromMs, new Date(2027, 5, 12).getTime());
    assert.equal(bars.at(-4)?.toMs, new Date(2027, 5, 13).getTime() - 1);
    assert.equal(bars.at(-1)?.toMs, new Date(2027, 5, 16).getTime() - 1);
  });

  test('a first day is one bar among those of a month, and not the whole line', () => {
    const bars = barsOf([day('2027-06-15', 3014)], NOW_MS);
    assert.equal(bars.length, 30);
    assert.equal(bars[0]?.fromMs, new Date(2027, 4, 17).getTime());
    assert.equal(bars.at(-1)?.written, 3014);
    assert.ok(bars.slice(0, -1).every(({ written }) => written === 0));
  });

  test('years fit as well, without a save lost or a gap between', () => {
    const days = [day('2019-01-01', 5), day('2023-07-07', 7, 1), day('2027-06-15', 11)];
    const bars = barsOf(days, NOW_MS);
    assert.ok(bars.length <= 120, `${bars.length}`);
    assert.equal(
      bars.reduce((sum, { written }) => sum + written, 0),
      23,
    );
    assert.equal(
      bars.reduce((sum, { deleted }) => sum + deleted, 0),
      1,
    );
    for (const [index, { fromMs }] of bars.entries()) {
      if (index > 0) assert.equal(fromMs, (bars[index - 1]?.toMs ?? 0) + 1);
    }
    assert.ok((bars[0]?.fromMs ?? 0) <= new Date(2019, 0, 1).getTime());
  });

  test('a device whose clock is ahead has its bar, too', () => {
    const bars = barsOf([day('2027-06-15', 1), day('2027-06-17', 1)], NOW_MS);
    assert.deepEqual(
      bars.slice(-3).map(({ written }) => written),
      [1, 0, 1],
    );
  });

  test('every moment lies in a bar', () => {
    const bars = barsOf([day('2027-06-12', 3)], NOW_MS);
    assert.equal(barAt(bars, new Date(2027, 5, 12, 23, 59).getTime()), 26);
    assert.equal(barAt(bars, new Date(2027, 5, 13).getTime()), 27);
    assert.equal(barAt(bars, 0), 0);
    assert.equal(barAt(bars, NOW_MS * 2), 29);
    assert.deepEqual(barsOf([], NOW_MS), []);
  });

  test('are told in words, and a quiet day is seen beside a loud one', () => {
    const bar = barsOf([day('2027-06-12', 1, 2)], NOW_MS).at(-4);
    assert.ok(bar !== undefined);
    assert.equal(barDayWords(bar, NOW_MS), '12 June');
    assert.equal(barCountWords(bar), '1 save, 2 deletions');
    assert.equal(barCountWords({ ...bar, written: 0, deleted: 0 }), 'nothing saved');
    const week = { ...bar, toMs: new Date(2027, 5, 18, 23).getTime() };
    assert.equal(barDayWords(week, NOW_MS), '12 June – 18 June');
    assert.equal(barDayWords({ ...bar, fromMs: bar.fromMs }, 0), '12 June 2027');
    const today = barsOf([day('2027-06-15', 1)], NOW_MS).at(-1);
    assert.equal(today && barDayWords(today, NOW_MS), 'Today');
    assert.ok(barHeight(1, 1_000_000) >= 0.05);
    assert.equal(barHeight(5, 5), 1);
    assert.equal(barHeight(0, 0), 0);
  });
});
