/**
 * The merge against random histories (test/simulation/merge-fuzz.test.ts), for as long as one likes:
 *
 *   node scripts/fuzz.ts [--seed N] [--runs M] [--workers W]
 *
 * Prints histories per second, and the first that breaks a rule, shrunk. The same seed makes the same
 * histories, whatever the number of workers.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type Failure, findFailure, shrink } from '../test/simulation/merge-fuzz-campaign.ts';
import { REAL_RULES } from '../test/simulation/merge-fuzz-rules.ts';
import { chooseSeed } from '../test/support/ports.ts';
import { readOptions, wholeNumber } from './options.ts';

/** How many histories a worker looks through before it asks for more. */
const SLICE = 10_000;
const REPORT_EVERY = 100_000;

interface Slice {
  readonly from: number;
  readonly to: number;
}

async function main(): Promise<void> {
  const values = readOptions({
    options: {
      seed: { type: 'string', default: String(chooseSeed()) },
      runs: { type: 'string', default: String(REPORT_EVERY) },
      workers: { type: 'string', default: '1' },
    },
  });
  const seed = wholeNumber('seed', values.seed);
  const runs = wholeNumber('runs', values.runs, 1);
  const workers = wholeNumber('workers', values.workers, 1);
  console.log(`merge fuzz: seed ${seed}, ${runs} histories, ${workers} worker(s)`);
  const startMs = performance.now();
  const perSecond = (done: number): string =>
    `${Math.round((done / (performance.now() - startMs)) * 1000)} histories per second`;
  const failures = await campaign(seed, runs, workers, (done) => {
    if (done % REPORT_EVERY === 0) console.log(`  ${done} done, ${perSecond(done)}`);
  });
  const [failure] = failures.toSorted((a, b) => a.index - b.index);
  if (failure !== undefined) {
    const { index, message } = failure;
    console.error(`seed ${seed}, history ${index}: ${message}\n${shrink(REAL_RULES, failure)}`);
    process.exitCode = 1;
    return;
  }
  const seconds = Math.round((performance.now() - startMs) / 1000);
  console.log(`${runs} histories passed in ${seconds} s, ${perSecond(runs)}`);
}

/** Hands out slices until all are done or one has failed. */
async function campaign(
  seed: number,
  runs: number,
  workers: number,
  onDone: (done: number) => void,
): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL(import.meta.url), { workerData: seed });
    while (next < runs && failures.length === 0) {
      const slice = { from: next, to: Math.min(next + SLICE, runs) };
      next = slice.to;
      const failure = await ask(worker, slice);
      if (failure !== undefined) failures.push(failure);
      done += slice.to - slice.from;
      onDone(done);
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: workers }, work));
  return failures;
}

function ask(worker: Worker, slice: Slice): Promise<Failure | undefined> {
  return new Promise((resolve, reject) => {
    worker.once('message', (failure) => {
      worker.off('error', reject);
      resolve(failure);
    });
    worker.once('error', reject);
    worker.postMessage(slice);
  });
}

function answer(seed: number): void {
  parentPort?.on('message', ({ from, to }: Slice) => {
    parentPort?.postMessage(findFailure(REAL_RULES, seed, from, to));
  });
}

if (isMainThread) await main();
else answer(workerData);
