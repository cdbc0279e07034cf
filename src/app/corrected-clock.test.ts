import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '../../test/support/ports.ts';
import { CLOCK_TOLERATED_MS, clockWarning, correctedClock } from './corrected-clock.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

function bench(knownOffsetMs = 0) {
  const machine = createManualClock(Date.UTC(2026, 4, 1));
  const changes: number[] = [];
  const clock = correctedClock(machine, knownOffsetMs, (offsetMs) => changes.push(offsetMs));
  const hear = (differenceMs: number): void => clock.noteServerDate(machine.now() + differenceMs);
  return { machine, clock, changes, hear };
}

test('a clock that is days off runs by the server, and that is told once', () => {
  for (const differenceMs of [2 * DAY_MS, -2 * DAY_MS]) {
    const { machine, clock, changes, hear } = bench();
    hear(differenceMs);
    hear(differenceMs + 900);
    machine.advance(5000);
    hear(differenceMs - 900);
    assert.equal(clock.now(), machine.now() + differenceMs);
    assert.deepEqual(changes, [differenceMs]);
  }
});

test('what may be the network is left alone', () => {
  const { machine, clock, changes, hear } = bench();
  for (const differenceMs of [CLOCK_TOLERATED_MS, -CLOCK_TOLERATED_MS, 1]) hear(differenceMs);
  assert.equal(clock.now(), machine.now());
  assert.deepEqual(changes, []);
});

test('a clock at the border of what is tolerated is told once', () => {
  const { changes, hear } = bench();
  const borderMs = CLOCK_TOLERATED_MS + 500;
  for (const differenceMs of [borderMs, borderMs - 1000, borderMs, borderMs - 1000]) {
    hear(differenceMs);
  }
  assert.deepEqual(changes, [borderMs]);
});

test('a server that cannot know the time is not believed', () => {
  const { machine, clock, changes } = bench();
  for (const dateMs of [0, Date.UTC(2000, 0, 1), Date.UTC(9999, 0, 1), 8.64e15]) {
    clock.noteServerDate(dateMs);
  }
  assert.equal(clock.now(), machine.now());
  assert.deepEqual(changes, []);
});

test('a clock that is set right, or set anew, is told again', () => {
  const { machine, clock, changes, hear } = bench(2 * DAY_MS);
  assert.equal(clock.now(), machine.now() + 2 * DAY_MS, 'what was known before the first answer');
  hear(DAY_MS);
  hear(MINUTE_MS);
  hear(MINUTE_MS);
  assert.equal(clock.now(), machine.now());
  assert.deepEqual(changes, [DAY_MS, 0]);
});

test('the warning says how far, and which way', () => {
  assert.match(clockWarning(2 * DAY_MS), /is 2 days behind; .*until it is set right\.$/);
  assert.match(clockWarning(-2 * 60 * MINUTE_MS), /is 2 hours ahead; /);
  assert.match(clockWarning(6 * MINUTE_MS), /is 6 minutes behind; /);
});

test("the server's time is told to the second, however small the difference", () => {
  const { machine, clock, hear } = bench();
  assert.equal(clock.serverNow(), machine.now(), 'a bucket without a clock');
  hear(-4 * MINUTE_MS);
  machine.advance(30_000);
  assert.equal(clock.serverNow(), machine.now() - 4 * MINUTE_MS);
  assert.equal(clock.now(), machine.now());
});
