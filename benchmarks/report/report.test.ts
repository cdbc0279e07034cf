import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resultsMarkdown } from './markdown.ts';
import { plotsOf } from './plots.ts';
import { mergeParts, type Part } from './results.ts';
import { barPlot, linePlot, powers, roundTicks } from './svg.ts';
import { table } from './table.ts';
import { isReached, targetsOf } from './targets.ts';
import { digits, sizeWords, timeWords } from './words.ts';

/** Notes of which each peer was timed three times. */
function notesPart(wallMs: Readonly<Record<string, number>>): Part {
  const steps = ['first push', 'no change', 'fresh pull'];
  return {
    workload: 'notes',
    title: 'Notes',
    date: '2026-11-21T10:00:00.000Z',
    durationMs: 60_000,
    command: 'npm run bench',
    seed: 1,
    machine: 'a machine',
    versions: { Satchel: '1.2.3' },
    labels: { satchel: 'Satchel', rclone: 'rclone copy' },
    samples: steps.flatMap((step) =>
      Object.entries(wallMs).flatMap(([peer, ms]) =>
        [ms, ms * 2, ms / 2].map((wall, index) => ({
          workload: 'notes 10000',
          step,
          peer,
          round: index + 1,
          wallMs: wall,
          cpuMs: 100,
          peakRssBytes: 50_000_000,
        })),
      ),
    ),
    counts: [],
    figures: [],
  };
}

test('numbers keep three digits that count, and thousands are set apart', () => {
  assert.deepEqual([0, 0.0341, 0.5, 1.266, 31.52, 135, 1350, 1_234_567].map(digits), [
    '0',
    '0.034',
    '0.50',
    '1.27',
    '31.5',
    '135',
    '1,350',
    '1,234,567',
  ]);
});

test('times and sizes come with the unit that fits', () => {
  assert.deepEqual([12.34, 999, 1266, 135_000].map(timeWords), [
    '12.3 ms',
    '999 ms',
    '1.27 s',
    '135 s',
  ]);
  assert.deepEqual([64, 999, 1000, 2_100_000, 5e12].map(sizeWords), [
    '64 B',
    '999 B',
    '1.00 kB',
    '2.10 MB',
    '5,000 GB',
  ]);
});

test('the columns of a table stand below each other', () => {
  const lines = table(['', 'Time'], [['a longer name', '1 s']]).split('\n');
  assert.deepEqual(lines, [
    '|               | Time |',
    '| ------------- | ---: |',
    '| a longer name |  1 s |',
  ]);
});

test('a target compares medians of the same run', () => {
  const push = targetsOf([notesPart({ satchel: 100, rclone: 1500 })]).find(({ name }) =>
    name.startsWith('10,000 notes: first push against rclone'),
  );
  assert.equal(push?.ratio, 15);
  assert.equal(push !== undefined && isReached(push), true);
});

test('a share that is to be small is not reached by a large one', () => {
  const share = (satchel: number) =>
    targetsOf([notesPart({ satchel, rclone: 1000 })]).find(({ name }) =>
      name.startsWith('10,000 notes: nothing to do'),
    );
  const [small, large] = [share(150), share(600)];
  assert.equal(small?.ratio, 0.15);
  assert.equal(small !== undefined && isReached(small), true);
  assert.equal(large !== undefined && isReached(large), false);
});

test('what was not measured is said to be so', () => {
  const page = resultsMarkdown([notesPart({ satchel: 100 })], []);
  assert.match(page, /photos, encrypted, against restic .*not measured/);
  assert.match(page, /Satchel +\| +100 ms/);
});

test('versions are told of programs that were measured', () => {
  const versions = { Node: '24', rclone: '1.76', restic: '0.14', kopia: '0.23' };
  const former = { ...notesPart({ satchel: 1, 'rclone-tuned': 2 }), versions };
  const later: Part = {
    ...notesPart({ restic: 1 }),
    workload: 'scan',
    versions: { restic: '0.19' },
  };
  const page = resultsMarkdown([former, later], []);
  assert.match(page, /Versions: Node 24, rclone 1\.76, restic 0\.19\./);
});

test('a workload measured again takes the place of the former one, in the given order', () => {
  const [old, fresh] = [notesPart({ satchel: 1 }), notesPart({ satchel: 2 })];
  const scan: Part = { ...old, workload: 'scan' };
  assert.deepEqual(mergeParts([scan, old], [fresh], ['notes', 'scan']), [fresh, scan]);
});

test('ticks surround the values', () => {
  assert.deepEqual(powers([0.05, 12]), [0.01, 0.1, 1, 10, 100]);
  assert.deepEqual(powers([10]), [10, 100]);
  assert.deepEqual(roundTicks([4.2]), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(roundTicks([97]), [0, 20, 40, 60, 80, 100]);
});

test('more goes further right and up, and names of axes are not markup', () => {
  const svg = linePlot(
    'A & B',
    { label: 'notes', isLogarithmic: true },
    { label: 'seconds < 10', isLogarithmic: false },
    [
      {
        label: 'Satchel',
        points: [
          [10, 1],
          [1000, 5],
        ],
      },
    ],
  );
  const [, points = ''] = /polyline points="([^"]+)"/.exec(svg) ?? [];
  const [[x1 = 0, y1 = 0] = [], [x2 = 0, y2 = 0] = []] = points
    .split(' ')
    .map((point) => point.split(',').map(Number));
  assert.equal(x2 > x1 && y2 < y1, true);
  assert.match(svg, /A &amp; B/);
  assert.match(svg, /seconds &lt; 10/);
});

test('a bar is as long as its value', () => {
  const bar = (value: number) => ({ label: 'x', value, words: '', isOurs: false });
  const svg = barPlot('Bars', 's', [bar(10), bar(5)]);
  const [first = 0, second = 0] = [...svg.matchAll(/<rect x="200" .*? width="([\d.]+)"/g)].map(
    ([, width]) => Number(width),
  );
  assert.equal(first, second * 2);
});

test('notes have a plot for each step', () => {
  const names = plotsOf([notesPart({ satchel: 100, rclone: 200 })]).map(({ name }) => name);
  assert.deepEqual(names, ['notes-first-push.svg', 'notes-fresh-pull.svg', 'notes-no-change.svg']);
});
