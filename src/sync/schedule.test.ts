/** S11: when collections are carried, and how often the bucket is asked. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isScheduled, nextTurnMs, parseSchedule, pollDelayMs, type Schedule } from './schedule.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const at = (text: string): number => new Date(text).getTime();

function schedule(text: string): Schedule {
  const parsed = parseSchedule(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

suite('S11: schedules', () => {
  test('what is no schedule is refused', () => {
    for (const text of ['', 'weekly', 'daily', 'daily 24:00', 'daily 7:30', 'hourly 5']) {
      assert.equal(parseSchedule(text), undefined, text);
    }
  });

  test('automatic is always due, manual never', () => {
    assert.ok(isScheduled(schedule('automatic'), at('2026-05-01T10:00'), at('2026-05-01T10:00')));
    assert.ok(!isScheduled(schedule('manual'), undefined, at('2026-05-01T10:00')));
  });

  test('hourly is due an hour after the last time', () => {
    const last = at('2026-05-01T10:00');
    assert.ok(!isScheduled(schedule('hourly'), last, last + HOUR_MS - 1));
    assert.ok(isScheduled(schedule('hourly'), last, last + HOUR_MS));
    assert.ok(isScheduled(schedule('hourly'), undefined, last));
  });

  test('daily is due once after its time, and makes up for a day that the computer slept', () => {
    const daily = schedule('daily 07:30');
    const last = at('2026-05-01T07:31');
    assert.ok(!isScheduled(daily, last, at('2026-05-01T23:59')));
    assert.ok(!isScheduled(daily, last, at('2026-05-02T07:29')));
    assert.ok(isScheduled(daily, last, at('2026-05-02T07:30')));
    assert.ok(isScheduled(daily, last, at('2026-05-04T03:00')));
  });

  test('the next turn is the moment from which it is due, and the one told', () => {
    const last = at('2026-05-01T10:00');
    const now = last + HOUR_MS / 2;
    assert.equal(nextTurnMs(schedule('automatic'), last, now), undefined);
    assert.equal(nextTurnMs(schedule('manual'), last, now), undefined);
    for (const text of ['hourly', 'daily 07:30', 'daily 23:15']) {
      const next = nextTurnMs(schedule(text), last, now);
      assert.ok(next !== undefined && next > now, text);
      assert.ok(!isScheduled(schedule(text), last, next - 1), text);
      assert.ok(isScheduled(schedule(text), last, next), text);
      assert.equal(nextTurnMs(schedule(text), undefined, now), now);
    }
  });

  test('a clock that was set back does not stop it', () => {
    const now = at('2026-05-01T10:00');
    for (const text of ['hourly', 'daily 07:30']) {
      assert.ok(isScheduled(schedule(text), now + 400 * DAY_MS, now), text);
    }
  });
});

suite('S11: polls', () => {
  const intervals = { activeMs: 11, remoteMs: 12, quietMs: 13, idleMs: 14 };
  const delay = (sinceLocalMs: number, sinceRemoteMs: number, failures = 0): number =>
    pollDelayMs(
      { nowMs: 0, lastLocalMs: -sinceLocalMs, lastRemoteMs: -sinceRemoteMs, failures },
      intervals,
    );

  test('each state has its interval, which a person may set', () => {
    assert.equal(delay(HOUR_MS, 59_000), 12);
    assert.equal(delay(60_000, HOUR_MS), 11);
    assert.equal(delay(5 * 60_000, HOUR_MS), 13);
    assert.equal(delay(HOUR_MS, HOUR_MS), 14);
  });

  test('failures back off from five seconds to five minutes, whatever is set', () => {
    assert.deepEqual(
      [1, 2, 3, 7, 50].map((failures) => delay(HOUR_MS, HOUR_MS, failures)),
      [5_000, 10_000, 20_000, 300_000, 300_000],
    );
  });
});
