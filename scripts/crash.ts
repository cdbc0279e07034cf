/**
 * The long campaign of crashes: lives of two or three devices whose real processes are killed while
 * they work, with everything compared after each batch.
 *
 *   npm run crash -- --runs 50                       on a folder
 *   npm run crash -- --runs 20 --bucket s3://…       under fresh prefixes that go again
 *   npm run crash -- --runs 1 --seed 1035            one life again; --keep leaves what failed
 *
 * One run is one life of six batches. Credentials come from the environment. The exit code is 1
 * where anything was lost, left over, or different, and where too few kills met a process at work.
 */
import { messageOf } from '../src/base/errors.ts';
import { bucketsOn, directoryBucket } from '../test/support/buckets.ts';
import { liveCrashLife } from '../test/support/crash-loop.ts';
import type { Shot } from '../test/support/crash-loop-kill.ts';
import { tallyLines, tallyOf } from '../test/support/crash-loop-tally.ts';
import { chooseSeed } from '../test/support/ports.ts';
import { buildBundle } from './build.ts';
import { readOptions, wholeNumber } from './options.ts';

const BATCHES = 6;
/** So many of a campaign's processes have to be killed at work, and in mid-step. */
const LEAST_AT_WORK = 0.3;
const LEAST_IN_MID_STEP = 0.05;

const values = readOptions({
  options: {
    runs: { type: 'string', default: '10' },
    bucket: { type: 'string' },
    seed: { type: 'string', default: String(chooseSeed()) },
    keep: { type: 'boolean', default: false },
  },
});
const runs = wholeNumber('runs', values.runs, 1);
const firstSeed = wholeNumber('seed', values.seed);
const kind = values.bucket === undefined ? directoryBucket : bucketsOn('a server', values.bucket);

await buildBundle();
const startMs = performance.now();
const shots: Shot[] = [];
const failed: number[] = [];
for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
  try {
    const more = await liveCrashLife({ seed, batches: BATCHES, kind, keep: values.keep });
    shots.push(...more);
    const { aimed, atWork, inMidStep } = tallyOf(more).total;
    console.log(`seed ${seed}: ok, ${atWork} of ${aimed} killed at work, ${inMidStep} in mid-step`);
  } catch (error) {
    failed.push(seed);
    console.error(`seed ${seed}: FAILED\n${messageOf(error)}\n`);
  }
}
const tally = tallyOf(shots);
for (const line of tallyLines(tally)) console.log(line);
const { aimed, atWork, inMidStep } = tally.total;
const isMet = atWork >= aimed * LEAST_AT_WORK && inMidStep >= aimed * LEAST_IN_MID_STEP;
if (!isMet) console.error('too few kills met a process at work: this campaign proves little');
const minutes = ((performance.now() - startMs) / 60_000).toFixed(1);
const verdict = failed.length === 0 ? 'all well' : `failed: seeds ${failed.join(', ')}`;
console.log(`${runs} lives on ${kind.name} in ${minutes} minutes: ${verdict}`);
process.exitCode = failed.length === 0 && isMet ? 0 : 1;
