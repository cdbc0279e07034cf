/**
 * A soak: two devices run `satchel watch` while people work on both, and memory, descriptors and
 * threads have to stay level. Takes Linux, whose `/proc` tells them.
 *
 *   npm run soak -- --minutes 60                      on a folder
 *   npm run soak -- --minutes 60 --bucket s3://…      under a fresh prefix that goes again
 *
 * The exit code is 1 where something grows beyond its bound or the folders differ in the end, and
 * where a series is "unclear": a short run cannot tell everything, and has to run for longer.
 */
import { bucketsOn, directoryBucket } from '../test/support/buckets.ts';
import { chooseSeed } from '../test/support/ports.ts';
import { type Series, type SoakReport, soak } from '../test/support/soak.ts';
import {
  type Bound,
  judge,
  judgeAll,
  type Trend,
  trendOf,
  type Verdict,
} from '../test/support/soak-judge.ts';
import { buildBundle } from './build.ts';
import { minutesOf, readOptions, wholeNumber } from './options.ts';

const MEGABYTE = 1_000_000;

/** What each measure may do after the first half of the run. */
const BOUNDS: Readonly<Record<Series['name'], Bound>> = {
  rss: { kind: 'growth', perHour: 5 * MEGABYTE },
  heap: { kind: 'growth', perHour: 2 * MEGABYTE },
  descriptors: { kind: 'range', most: 2 },
  threads: { kind: 'range', most: 2 },
};

/** What an edit may leave behind for good: its version on two devices, and its content. */
const PER_EDIT = { replicaBytes: 8_000, objects: 2, requests: 30 };

async function main(): Promise<boolean> {
  const values = readOptions({
    options: {
      minutes: { type: 'string', default: '60' },
      bucket: { type: 'string' },
      seed: { type: 'string', default: String(chooseSeed()) },
    },
  });
  const minutes = minutesOf('minutes', values.minutes);
  const seed = wholeNumber('seed', values.seed);
  const kind = values.bucket === undefined ? directoryBucket : bucketsOn('a server', values.bucket);
  await buildBundle();
  console.log(`soak of ${minutes} minutes on ${kind.name}, seed ${seed}`);
  const report = await soak({ seed, durationMs: minutes * 60_000, kind, tell: console.log });
  console.log(
    ['process', 'measure', 'lowest', 'highest', 'per hour', 'verdict'].map(cell).join(''),
  );
  const verdict = judgeAll(report.series.map(tellSeries));
  const isStockFine = tellStock(report);
  if (verdict === 'unclear') {
    console.error(`${minutes} minutes are too few to tell whether all is level: run it for longer`);
  }
  return isStockFine && verdict === 'level';
}

function tellSeries({ device, name, samples }: Series): Verdict {
  const trend = trendOf(samples);
  const verdict = judge(trend, BOUNDS[name]);
  console.log([device, name, ...figures(name, trend), verdict].map(cell).join(''));
  return verdict;
}

function figures(name: Series['name'], trend: Trend | undefined): readonly string[] {
  if (trend === undefined) return ['-', '-', '-'];
  const { lowest, highest, perHour, errorPerHour } = trend;
  const isBytes = name === 'rss' || name === 'heap';
  const text = (value: number): string =>
    isBytes ? `${(value / MEGABYTE).toFixed(1)} MB` : value.toFixed(0);
  return [text(lowest), text(highest), `${text(perHour)} ± ${text(2 * errorPerHour)}`];
}

function cell(text: string, index: number): string {
  return index < 2 ? text.padEnd(13) : text.padStart(index === 4 ? 20 : 11);
}

/** Growth that is meant, for history is kept: measured for each edit of the second half. */
function tellStock({ middle, last }: SoakReport): boolean {
  const edits = last.edits - middle.edits;
  console.log(`${last.edits} edits, the folders equal in the end. Of each edit stay, or it took:`);
  const names = ['replicaBytes', 'objects', 'requests'] as const;
  return names
    .map((name) => {
      const perEdit = (last[name] - middle[name]) / Math.max(1, edits);
      const isFine = perEdit <= PER_EDIT[name];
      const verdict = isFine ? 'fine' : `more than ${PER_EDIT[name]}`;
      console.log(`  ${name.padEnd(13)} ${perEdit.toFixed(2)} (${last[name]} now): ${verdict}`);
      return isFine;
    })
    .every(Boolean);
}

process.exitCode = (await main()) ? 0 : 1;
