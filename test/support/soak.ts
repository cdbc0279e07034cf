/** Two devices that `watch` for a long time while people work: what the processes hold meanwhile. */
import assert from 'node:assert/strict';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { systemCode } from '../../src/base/errors.ts';
import type { BucketKind, TestBucket } from './buckets.ts';
import { createDice } from './dice.ts';
import { createSeededRandom } from './ports.ts';
import { createPlace, type Place, type Ran } from './satchel.ts';
import { editSteadily, fillSteadily, type SteadyEditor } from './soak-editor.ts';
import type { Sample } from './soak-judge.ts';
import { startWatched, type WatchedProcess } from './soak-process.ts';
import { assertSameTree, type Tree, treeOf } from './trees.ts';

export interface SoakOptions {
  readonly seed: number;
  readonly durationMs: number;
  readonly kind: BucketKind;
  /** Told every minute, in words. */
  readonly tell: (line: string) => void;
}

/** A measure of one process, or of a device. */
export interface Series {
  readonly device: string;
  readonly name: 'rss' | 'heap' | 'descriptors' | 'threads';
  readonly samples: readonly Sample[];
}

/** What is kept of the past, and may grow with each edit. */
export interface Stock {
  readonly edits: number;
  readonly replicaBytes: number;
  readonly objects: number;
  /** Of both devices, of all kinds. */
  readonly requests: number;
}

export interface SoakReport {
  readonly series: readonly Series[];
  /** When caches and the log of the replica had filled. */
  readonly middle: Stock;
  readonly last: Stock;
}

const DEVICES = ['laptop', 'desktop'] as const;
const LOOK_EVERY_MS = 5_000;
const TELL_EVERY_MS = 60_000;
/** The longest pause between two saves: far shorter than people's, so that an hour stands for a day. */
const EDIT_EVERY_MS = 1_500;
/** Far more than two devices that poll every 5 s need to come in step. */
const LATEST_REST_MS = 90_000;

interface Soak {
  readonly options: SoakOptions;
  readonly place: Place;
  readonly bucket: TestBucket;
  readonly editors: readonly SteadyEditor[];
}

/** @throws AssertionError where a process ends or the folders are not equal in the end. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const place = createPlace();
  const bucket = await options.kind.make(place.root);
  const dice = createDice(createSeededRandom(options.seed));
  const editors = DEVICES.map((device): SteadyEditor => {
    const folder = join(place.root, `${device}-files`);
    mkdirSync(folder);
    return { device, folder, dice, edits: 0 };
  });
  const watched: WatchedProcess[] = [];
  try {
    const life: Soak = { options, place, bucket, editors };
    await setUp(life);
    for (const { device } of editors)
      watched.push(startWatched(place, device, ['watch'], bucket.env));
    for (const { running } of watched) await running.waitFor('Watching.');
    const report = await watchThem(life, watched);
    await endInStep(life, watched);
    return report;
  } finally {
    for (const { running } of watched) running.process.kill('SIGKILL');
    await bucket.empty();
    place.remove();
  }
}

async function setUp(life: Soak): Promise<void> {
  const { bucket, editors } = life;
  const [first, second] = editors;
  assert.ok(first !== undefined && second !== undefined);
  for (const editor of editors) fillSteadily(editor);
  await must(life, first.device, 'init', bucket.url, '--device', first.device);
  await must(life, first.device, 'add', 'vault', first.folder, '--name', 'Notes');
  await must(life, first.device, 'sync');
  await must(life, second.device, 'join', bucket.url, '--device', second.device);
  await must(life, second.device, 'attach', 'Notes', second.folder);
  await must(life, second.device, 'sync');
}

async function watchThem(life: Soak, watched: readonly WatchedProcess[]): Promise<SoakReport> {
  const { durationMs, tell } = life.options;
  const startMs = performance.now();
  const elapsedMs = (): number => performance.now() - startMs;
  const series = DEVICES.map(emptySeries);
  let middle = await stockOf(life);
  const stop = new AbortController();
  const editing = keepEditing(life, stop.signal);
  let toldMs = 0;
  try {
    while (elapsedMs() < durationMs) {
      await pause(LOOK_EVERY_MS);
      for (const [index, one] of series.entries()) await note(one, watched[index], elapsedMs);
      if (elapsedMs() - toldMs < TELL_EVERY_MS) continue;
      if (toldMs < durationMs / 2) middle = await stockOf(life);
      toldMs = elapsedMs();
      for (const [index, one] of series.entries()) await noteHeap(one, watched[index], elapsedMs);
      tell(`${Math.round(toldMs / 60_000)} min: ${series.map(lastWords).join('; ')}`);
    }
  } finally {
    stop.abort();
    await editing;
  }
  const last = await stockOf(life);
  return { series: series.flatMap(toSeries), middle, last };
}

interface DeviceSamples {
  readonly device: string;
  readonly rss: Sample[];
  readonly heap: Sample[];
  readonly descriptors: Sample[];
  readonly threads: Sample[];
}

function emptySeries(device: string): DeviceSamples {
  return { device, rss: [], heap: [], descriptors: [], threads: [] };
}

async function note(
  { rss, descriptors, threads }: DeviceSamples,
  watched: WatchedProcess | undefined,
  elapsedMs: () => number,
): Promise<void> {
  const held = await watched?.look();
  if (held === undefined) return;
  const atMs = elapsedMs();
  rss.push({ atMs, value: held.rssBytes });
  descriptors.push({ atMs, value: held.descriptors });
  threads.push({ atMs, value: held.threads });
}

async function noteHeap(
  { heap }: DeviceSamples,
  watched: WatchedProcess | undefined,
  elapsedMs: () => number,
): Promise<void> {
  const value = await watched?.lookAtHeap();
  if (value !== undefined) heap.push({ atMs: elapsedMs(), value });
}

function toSeries({ device, rss, heap, descriptors, threads }: DeviceSamples): readonly Series[] {
  return [
    { device, name: 'rss', samples: rss },
    { device, name: 'heap', samples: heap },
    { device, name: 'descriptors', samples: descriptors },
    { device, name: 'threads', samples: threads },
  ];
}

function lastWords({ device, rss, heap, descriptors }: DeviceSamples): string {
  const megabytes = (samples: readonly Sample[]): string =>
    `${((samples.at(-1)?.value ?? 0) / 1e6).toFixed(1)} MB`;
  const open = descriptors.at(-1)?.value ?? 0;
  return `${device} ${megabytes(rss)}, heap ${megabytes(heap)}, ${open} descriptors`;
}

async function keepEditing({ editors, options }: Soak, signal: AbortSignal): Promise<void> {
  const dice = createDice(createSeededRandom(options.seed + 1));
  while (!signal.aborted) {
    editSteadily(dice.pick(editors));
    await pause(dice.below(EDIT_EVERY_MS));
  }
}

async function stockOf(life: Soak): Promise<Stock> {
  const { bucket, place, editors } = life;
  let requests = 0;
  for (const { device } of editors) requests += await requestsOf(life, device);
  const sizes = editors.flatMap(({ device }) =>
    ['replica.sqlite', 'replica.sqlite-wal'].map(
      (name) => statSync(join(place.root, device, name), { throwIfNoEntry: false })?.size ?? 0,
    ),
  );
  return {
    edits: editors.reduce((sum, editor) => sum + editor.edits, 0),
    replicaBytes: sizes.reduce((sum, size) => sum + size, 0),
    objects: (await bucket.store.list('')).objects.length,
    requests,
  };
}

interface CostDocument {
  readonly months: readonly {
    readonly get: number;
    readonly put: number;
    readonly list: number;
    readonly delete: number;
  }[];
}

async function requestsOf(life: Soak, device: string): Promise<number> {
  const { months } = (await must(life, device, 'cost', '--json')).json<CostDocument>();
  const counts = months.map((month) => month.get + month.put + month.list + month.delete);
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Nobody edits any more: the folders become equal, and both processes end when they are told to. */
async function endInStep({ editors }: Soak, watched: readonly WatchedProcess[]): Promise<void> {
  const trees = () => editors.map(({ folder }) => treeOf(folder, { mtimes: false }));
  const latestMs = performance.now() + LATEST_REST_MS;
  while (performance.now() < latestMs && !areAlike(trees)) await pause(1_000);
  const [here = {}, there = {}] = trees();
  assertSameTree(there, here, 'the folders are not in step after the soak');
  for (const { running } of watched) {
    running.process.kill('SIGTERM');
    const { exitCode, err } = await running.ended;
    assert.equal(exitCode, 0, `watch ended with ${exitCode}: ${err}`);
  }
}

/** False, too, where a file goes while its folder is read: then they are still at work. */
function areAlike(trees: () => readonly Tree[]): boolean {
  try {
    const [here, there] = trees().map((tree) => JSON.stringify(tree));
    return here === there;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}

async function must({ place, bucket }: Soak, device: string, ...args: string[]): Promise<Ran> {
  const ran = await place.run(device, args, bucket.env);
  assert.equal(ran.exitCode, 0, `${device}: satchel ${args.join(' ')}\n${ran.out}${ran.err}`);
  return ran;
}
