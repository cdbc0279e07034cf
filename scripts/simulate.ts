/**
 * Runs the whole-engine simulation: `npm run simulate -- --seed 1 --runs 1000`. With a seed alone it
 * repeats that one run. See docs/testing.md.
 *
 *   --seed <n>      the first seed, decimal or 0x…; a new one by default
 *   --runs <n>      how many runs, with one seed after another; 100, or 1 with `--seed` alone
 *   --minutes <n>   stops after so long, or after `--runs` where those are given and end sooner
 *   --workers <n>   processes that share the runs; 1 by default
 *   --harsh         lets faults strike where they hurt, in four runs of ten
 *   --trace         prints every event of the run (with one run only)
 *
 * The exit code is 1 where a rule is broken, where no run was made, and where a fault that runs may
 * have never happened in two thousand of them or more.
 */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../src/base/errors.ts';
import { Counters } from '../test/simulation/counters.ts';
import { HAPPENINGS } from '../test/simulation/faults.ts';
import { parseSeed, seedOfRun } from '../test/simulation/generator.ts';
import { runSimulation } from '../test/simulation/run.ts';
import { INVARIANTS, type InvariantId } from '../test/simulation/violations.ts';
import { minutesOf, readOptions, refuse, wholeNumber } from './options.ts';

/** What one worker reports of one run. */
interface Report {
  readonly seed: string;
  readonly violations: readonly { readonly id: InvariantId; readonly details: string }[];
  readonly counters: Readonly<Record<string, number>>;
}

interface Work {
  readonly first: bigint;
  readonly runs: number;
  readonly workers: number;
  /** Milliseconds since the Unix epoch. */
  readonly endMs: number;
}

const values = readOptions({
  options: {
    seed: { type: 'string' },
    runs: { type: 'string' },
    minutes: { type: 'string' },
    workers: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
    harsh: { type: 'boolean', default: false },
    // For the processes that this one starts.
    offset: { type: 'string', default: '0' },
    worker: { type: 'boolean', default: false },
  },
});

const MINUTE_MS = 60_000;
/** So many runs meet everything; the rarest, deletions that are approved, in about eleven of them. */
const RUNS_FOR_EVERYTHING = 2_000;
const minutes = values.minutes === undefined ? undefined : minutesOf('minutes', values.minutes);
const isTimed = minutes !== undefined;
const standardRuns = isTimed ? Number.MAX_SAFE_INTEGER : values.seed === undefined ? 100 : 1;
const work: Work = {
  first: values.seed === undefined ? randomBytes(8).readBigUInt64BE() : seedOf(values.seed),
  runs: values.runs === undefined ? standardRuns : wholeNumber('runs', values.runs, 1),
  workers: wholeNumber('workers', values.workers, 1),
  endMs: isTimed ? Date.now() + minutes * MINUTE_MS : Number.POSITIVE_INFINITY,
};

if (values.worker) await runShare(work, Number(values.offset), (report) => process.send?.(report));
else await runAll(work);

function seedOf(text: string): bigint {
  try {
    return parseSeed(text);
  } catch (error) {
    return refuse(`--seed: ${messageOf(error)}`);
  }
}

/** Every `workers`-th run, beginning with the one of that number. */
async function runShare(
  { first, runs, workers, endMs }: Work,
  offset: number,
  onReport: (report: Report) => void,
): Promise<void> {
  for (let index = offset; index < runs && Date.now() < endMs; index += workers) {
    const keepsTrace = values.trace && runs === 1;
    const options = { keepsTrace, mayBeHarsh: values.harsh };
    const result = await runSimulation(seedOfRun(first, index), options);
    for (const line of result.lines) console.log(line);
    const { violations, counters } = result;
    onReport({ seed: String(result.seed), violations, counters });
  }
}

async function runAll(all: Work): Promise<void> {
  const startMs = performance.now();
  const counters = new Counters(HAPPENINGS);
  const broken = new Map<InvariantId, Set<string>>();
  let runs = 0;
  const onReport = (report: Report): void => {
    runs += 1;
    counters.addAll(report.counters);
    for (const { id, details } of report.violations) {
      broken.set(id, (broken.get(id) ?? new Set()).add(report.seed));
      console.log(`${id} seed ${report.seed}: ${details}`);
    }
  };
  console.log(`seed ${all.first}`);
  if (all.workers > 1) await runInProcesses(all, onReport);
  else await runShare(all, 0, onReport);
  const seconds = (performance.now() - startMs) / 1000;
  if (runs > 0) printSummary(runs, seconds, counters, broken);
  const problem = doubt(runs, counters);
  if (problem !== undefined) console.error(problem);
  process.exitCode = broken.size === 0 && problem === undefined ? 0 : 1;
}

async function runInProcesses(
  { first, runs, workers }: Work,
  onReport: (report: Report) => void,
): Promise<void> {
  const shares = Array.from({ length: workers }, (_, offset) => {
    const args = ['--worker', '--seed', `${first}`, '--runs', `${runs}`];
    args.push('--workers', `${workers}`, '--offset', `${offset}`);
    if (values.minutes !== undefined) args.push('--minutes', values.minutes);
    const child = fork(fileURLToPath(import.meta.url), args);
    child.on('message', (message) => onReport(toReport(message)));
    return new Promise<void>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code) => {
        if (code === 0) resolve();
        else reject(new Error(`a worker ended with ${code}`));
      });
    });
  });
  await Promise.all(shares);
}

function toReport(message: unknown): Report {
  if (typeof message !== 'object' || message === null || !('counters' in message)) {
    throw new TypeError('a worker said something else than what a run found');
  }
  // Only `runShare` of this file talks to this process.
  return message as Report;
}

/** Why runs that broke nothing prove less than they claim. */
function doubt(runs: number, counters: Counters): string | undefined {
  if (runs === 0) return 'no run was made: nothing is tested';
  const absent = HAPPENINGS.filter((name) => !counters.has(name));
  if (runs < RUNS_FOR_EVERYTHING || absent.length === 0) return undefined;
  return `never happened in ${runs} runs, so that less is tested than it seems: ${absent.join(', ')}`;
}

function printSummary(
  runs: number,
  seconds: number,
  counters: Counters,
  broken: ReadonlyMap<InvariantId, ReadonlySet<string>>,
): void {
  console.log(
    `\n${runs} runs in ${seconds.toFixed(1)} s, ${(runs / seconds).toFixed(1)} per second`,
  );
  for (const [name, count] of Object.entries(counters.toRecord())) {
    console.log(
      `  ${String(count).padStart(9)}  ${name}${count === 0 ? '  (never happened)' : ''}`,
    );
  }
  for (const [id, rule] of Object.entries(INVARIANTS)) {
    const seeds = [...broken].find(([brokenId]) => brokenId === id)?.[1];
    const verdict =
      seeds === undefined ? 'kept' : `BROKEN by ${[...seeds].slice(0, 10).join(', ')}`;
    console.log(`${id} ${rule}: ${verdict}`);
  }
}
