/**
 * Measures Satchel against its peers, on one S3 server of this machine:
 *
 *   node benchmarks/run.ts [--only workload,…] [--runs 5] [--seed 1] [--quick]
 *
 * Prints tables and writes `benchmarks/RESULTS.md`, `benchmarks/results.json` and the plots. With
 * `--only`, what is not measured stays in them as it was. `--quick` tries the harness on little
 * data and only prints. `--only none` writes everything anew from `results.json`. Where a round is
 * long, there are three at most, whatever `--runs` says.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildBundle } from '../scripts/build.ts';
import type { Bench, Workload } from './harness/bench.ts';
import { startServer } from './harness/server.ts';
import { findPrograms, makePeers } from './peers/list.ts';
import { describeMachine, findVersions } from './report/machine.ts';
import { resultsMarkdown } from './report/markdown.ts';
import { plotsOf } from './report/plots.ts';
import { mergeParts, type Part, readParts } from './report/results.ts';
import { bigFile } from './workloads/big-file.ts';
import { compression } from './workloads/compression.ts';
import { latency } from './workloads/latency.ts';
import { far, notes } from './workloads/notes.ts';
import { photos } from './workloads/photos.ts';
import { rename } from './workloads/rename.ts';
import { saveCost } from './workloads/save-cost.ts';
import { scan } from './workloads/scan.ts';

const WORKLOADS: readonly Workload[] = [
  notes,
  far,
  photos,
  bigFile,
  latency,
  rename,
  scan,
  saveCost,
  compression,
];
const IDS = WORKLOADS.map(({ id }) => id);
const RAW = join(import.meta.dirname, 'results.json');
const PAGE = join(import.meta.dirname, 'RESULTS.md');
const INTERRUPTED_EXIT_CODE = 130;
const PLOTS = join(import.meta.dirname, 'plots');

interface Wishes {
  readonly workloads: readonly Workload[];
  readonly runs: number;
  readonly seed: number;
  readonly isQuick: boolean;
  /** As it was typed. */
  readonly command: string;
}

function readWishes(args: readonly string[]): Wishes {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: IDS.join(',') },
      runs: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
      quick: { type: 'boolean', default: false },
    },
  });
  const only = values.only === 'none' ? [] : values.only.split(',');
  const unknown = only.find((id) => !IDS.includes(id));
  if (unknown !== undefined) throw new Error(`no workload ${unknown}; there are ${IDS.join(', ')}`);
  const [runs, seed] = [Number(values.runs), Number(values.seed)];
  if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs takes a whole number from 1');
  if (!Number.isInteger(seed)) throw new Error('--seed takes a whole number');
  return {
    workloads: WORKLOADS.filter(({ id }) => only.includes(id)),
    runs,
    seed,
    isQuick: values.quick,
    command: ['npm run bench', ...(args.length === 0 ? [] : ['--', ...args])].join(' '),
  };
}

/**
 * Each workload has a server and a folder of its own below `scratch`: none finds what another left.
 */
async function runWorkload(
  workload: Workload,
  wishes: Wishes,
  programs: ReadonlyMap<string, string>,
  allScratch: string,
): Promise<Part> {
  console.log(`\n== ${workload.title}, seed ${wishes.seed}`);
  const [startMs, date] = [performance.now(), new Date().toISOString()];
  const peers = makePeers(programs);
  const findings = { samples: [], counts: [], figures: [] };
  const server = await startServer(programs.get('versitygw'));
  const scratch = join(allScratch, workload.id);
  await mkdir(scratch);
  const keepsScratch = workload.hasManyFiles === true;
  // Ctrl-C reaches the commands under way as well: gigabytes in memory must not stay behind.
  const interrupted = (): void => {
    void Promise.allSettled([server.stop(), removeFolder(allScratch)]).finally(() =>
      process.exit(INTERRUPTED_EXIT_CODE),
    );
  };
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  const { runs, seed, isQuick } = wishes;
  const tell = (line: string): void => console.log(line);
  const measured = { seed, runs, isQuick, peers, findings };
  const bench: Bench = { server, scratch, keepsScratch, ...measured, tell };
  try {
    await workload.run(bench);
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await server.stop();
    if (!keepsScratch) await removeFolder(scratch);
  }
  return {
    workload: workload.id,
    title: workload.title,
    date,
    durationMs: Math.round(performance.now() - startMs),
    command: wishes.command,
    seed,
    machine: describeMachine(),
    versions: await findVersions(programs),
    labels: Object.fromEntries([...peers].map(([id, { label }]) => [id, label])),
    ...findings,
  };
}

const removeFolder = (path: string): Promise<void> => rm(path, { recursive: true, force: true });

async function writeResults(parts: readonly Part[]): Promise<void> {
  const plots = plotsOf(parts);
  await mkdir(PLOTS, { recursive: true });
  for (const { name, svg } of plots) await writeFile(join(PLOTS, name), svg);
  await writeFile(RAW, `${JSON.stringify(parts)}\n`);
  const pictures = plots.map(({ name, ...plot }) => ({ ...plot, path: `plots/${name}` }));
  await writeFile(PAGE, resultsMarkdown(parts, pictures));
}

async function main(): Promise<void> {
  const wishes = readWishes(process.argv.slice(2));
  await buildBundle();
  const programs = wishes.workloads.length === 0 ? new Map() : await findPrograms();
  const parts: Part[] = [];
  const scratch = await mkdtemp(join(tmpdir(), 'satchel-bench-'));
  try {
    for (const workload of wishes.workloads) {
      parts.push(await runWorkload(workload, wishes, programs, scratch));
      // Written after each workload: what was measured outlives a failure of a later one.
      if (!wishes.isQuick) await writeResults(mergeParts(readParts(RAW), parts, IDS));
    }
  } finally {
    await removeFolder(scratch);
  }
  if (parts.length === 0) await writeResults(mergeParts(readParts(RAW), [], IDS));
  else console.log(`\n${resultsMarkdown(parts, [])}`);
}

await main();
