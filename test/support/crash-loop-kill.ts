/** Killing real Satchel processes with SIGKILL from outside, at a moment measured in work done. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type LastMoment,
  lastMoment,
  type Phase,
  readTrace,
  workDone,
} from './crash-loop-trace.ts';
import type { Environment, Place, Ran, Running } from './satchel.ts';

const TRACE_WRITER = import.meta.resolve('./crash-loop-trace-writer.ts');

/** When to kill: after so many records of the trace, and then so much later. */
export interface Aim {
  /** Only records of this phase count; undefined for all. */
  readonly phase: Phase | undefined;
  readonly records: number;
  readonly thenMs: number;
}

export interface Target {
  readonly device: string;
  readonly args: readonly string[];
  readonly env: Environment;
  readonly aim: Aim;
}

/** What became of a process that was to be killed. */
export interface Shot {
  /** Such as `sync`. */
  readonly command: string;
  readonly device: string;
  /** False where it had ended by itself. */
  readonly wasKilled: boolean;
  /** True where it had done as much as its aim asks. */
  readonly wasAtAim: boolean;
  /** Where it stood when it died. */
  readonly moment: LastMoment;
  readonly records: number;
  readonly ran: Ran;
}

export interface KillOptions {
  /** Whoever reaches the aim first takes all others along: a power cut, seen by processes. */
  readonly together: boolean;
  /** Called again and again while they run. */
  readonly meanwhile?: () => Promise<void>;
}

/** So long after its first step, what never gets to its aim is killed: a `watch` with nothing to do. */
const LATEST_MS = 6_000;
/** What shows no step at all by then hangs, which is a failure. */
const LATEST_START_MS = 120_000;

let traces = 0;

/** Starts all of them at once, and kills each. */
export async function killEach(
  place: Place,
  targets: readonly Target[],
  { together, meanwhile }: KillOptions,
): Promise<readonly Shot[]> {
  const started = targets.map((target) => start(place, target));
  const stop = new AbortController();
  const busy = keepBusy(meanwhile, stop.signal);
  const aims = started.map(async (one) => {
    await reachAim(one);
    if (together) for (const other of started) other.running.process.kill('SIGKILL');
    else one.running.process.kill('SIGKILL');
  });
  try {
    await Promise.all(aims);
    const ends = await Promise.all(started.map(({ running }) => running.ended));
    return started.map((one, index) => toShot(one, ends[index]));
  } finally {
    stop.abort();
    await busy;
    for (const { running, trace } of started) {
      running.process.kill('SIGKILL');
      rmSync(trace, { force: true });
    }
  }
}

interface Started {
  readonly target: Target;
  readonly running: Running;
  readonly trace: string;
}

function start(place: Place, target: Target): Started {
  traces += 1;
  const trace = join(place.root, `trace-${traces}`);
  const options = `${target.env.NODE_OPTIONS ?? ''} --import=${TRACE_WRITER}`;
  const env = { ...target.env, NODE_OPTIONS: options, SATCHEL_TEST_TRACE: trace };
  return { target, running: place.start(target.device, target.args, env), trace };
}

/** Resolves where the aim is reached, the process ended, or it takes too long. */
async function reachAim({ target, running, trace }: Started): Promise<void> {
  const { aim } = target;
  let latestMs = performance.now() + LATEST_START_MS;
  let isSeen = false;
  while (workDone(trace, aim.phase) < aim.records && performance.now() < latestMs) {
    if (hasEnded(running)) return;
    // From its first step on, for a process that a slow machine had no time to start shows nothing.
    if (!isSeen && workDone(trace) > 0) {
      isSeen = true;
      latestMs = performance.now() + LATEST_MS;
    }
    await pause(1);
  }
  if (workDone(trace) === 0) throw new Error(`${target.args[0]} on ${target.device} does nothing`);
  if (aim.thenMs > 0) await pause(aim.thenMs);
}

function hasEnded({ process }: Running): boolean {
  return process.exitCode !== null || process.signalCode !== null;
}

async function keepBusy(
  meanwhile: (() => Promise<void>) | undefined,
  signal: AbortSignal,
): Promise<void> {
  while (meanwhile !== undefined && !signal.aborted) await meanwhile();
}

function toShot({ target, running, trace }: Started, ran: Ran | undefined): Shot {
  if (ran === undefined) throw new Error('a process ended without a word');
  const records = readTrace(trace);
  return {
    command: target.args[0] ?? '',
    device: target.device,
    wasKilled: running.process.signalCode === 'SIGKILL',
    wasAtAim: workDone(trace, target.aim.phase) >= target.aim.records,
    moment: lastMoment(records),
    records: records.length,
    ran,
  };
}

/** In a few words, for the story of a life. */
export function shotWords({ command, device, wasKilled, moment, records, ran }: Shot): string {
  if (!wasKilled) return `${command} on ${device} ended before: ${ran.exitCode} ${ran.err.trim()}`;
  const { underWay, last } = moment;
  const where =
    underWay.length > 0 ? `during ${underWay.join(', ')}` : `after ${last ?? 'nothing yet'}`;
  return `${command} on ${device} killed ${where} (${records} records)`;
}
