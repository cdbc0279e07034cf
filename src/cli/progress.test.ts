import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rateOf } from '../base/rate.ts';
import { createProgress, renderProgress } from './progress.ts';
import { cellWidth } from './width.ts';

const view = {
  step: 'Uploading',
  done: 1_200_000,
  total: 2_100_000,
  unit: 'bytes',
  ratePerSecond: 380_000,
};

test('a line tells share, amounts, rate and time left', () => {
  assert.equal(
    renderProgress(view, 100),
    'Uploading  [###########---------]   57%  1.2 MB of 2.1 MB  380 kB/s  2.4 s left',
  );
});

test('without a total there is neither a bar nor a time left', () => {
  const line = renderProgress({ ...view, total: undefined, unit: 'files', done: 1234 }, 100);
  assert.equal(line, 'Uploading  1,234 files  380,000/s');
});

test('100 % is said only of what is complete, and never more', () => {
  assert.match(renderProgress({ ...view, done: 2_099_999 }, 100), / 99%/);
  assert.match(renderProgress({ ...view, done: 2_100_000 }, 100), /#\] {2}100%/);
  assert.match(renderProgress({ ...view, done: 3_000_000 }, 100), /#\] {2}100%/);
});

test('no work at all divides by nothing', () => {
  const line = renderProgress({ ...view, done: 0, total: 0, ratePerSecond: undefined }, 100);
  assert.equal(line, 'Uploading  0 B of 0 B');
});

test('a line fits the terminal, and a name in it cannot drive it', () => {
  for (const cells of [1, 10, 40]) assert.ok(cellWidth(renderProgress(view, cells)) <= cells);
  assert.match(renderProgress({ ...view, step: 'a\r\x1b[K' }, 100), /^a\\r\\x1b\[K/);
});

test('a rate comes from what happened in between, not from where the work began', () => {
  assert.equal(rateOf([]), undefined);
  assert.equal(rateOf([{ timeMs: 0, done: 5 }]), undefined);
  assert.equal(
    rateOf([
      { timeMs: 0, done: 1_000 },
      { timeMs: 2_000, done: 1_500 },
    ]),
    250,
  );
});

function onScreen() {
  const written: string[] = [];
  let nowMs = 0;
  const progress = createProgress({
    write: (text) => written.push(text),
    widthCells: () => 80,
    monotonicMs: () => nowMs,
  });
  return {
    progress,
    written,
    at(timeMs: number, step: string, done: number) {
      nowMs = timeMs;
      progress.update(step, done, 100, 'files');
    },
  };
}

test('short work shows nothing, and erases nothing', () => {
  const screen = onScreen();
  for (let timeMs = 0; timeMs < 500; timeMs += 50) screen.at(timeMs, 'Reading', timeMs / 50);
  screen.progress.end();
  assert.deepEqual(screen.written, []);
});

test('long work appears, is drawn at most ten times a second, and is erased at the end', () => {
  const screen = onScreen();
  for (let timeMs = 0; timeMs <= 1_500; timeMs += 10) screen.at(timeMs, 'Reading', timeMs / 15);
  assert.ok(screen.written.length >= 9 && screen.written.length <= 11, `${screen.written.length}`);
  assert.match(screen.written[0] ?? '', /^\rReading {2}\[.*\/s.*left\x1b\[K$/);
  screen.progress.end();
  assert.equal(screen.written.at(-1), '\r\x1b[K');
});

test('the next step of long work is there at once; new work after the end waits again', () => {
  const screen = onScreen();
  screen.at(0, 'Reading', 0);
  screen.at(600, 'Reading', 50);
  screen.at(610, 'Uploading', 0);
  assert.match(screen.written.at(-1) ?? '', /Uploading/);
  screen.progress.end();
  const count = screen.written.length;
  screen.at(620, 'Reading', 0);
  assert.equal(screen.written.length, count);
});
