/** What a running process holds, as Linux tells it in `/proc` (proc(5)). */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { systemCode } from '../../src/base/errors.ts';
import type { Environment, Place, Running } from './satchel.ts';

const HEAP_WRITER = import.meta.resolve('./soak-heap-writer.ts');

/**
 * By default glibc gives each thread an arena, and what is freed in one is of no use to another: the
 * resident memory creeps for hours, though nothing is held. (In half an hour at some eight times the
 * pace, `malloc_info` told of 14 to 17 MB in use throughout, beside 13 MB that stood free at first and
 * 26 MB in the end.) With one arena it tells what a process holds.
 */
const ONE_ARENA = { MALLOC_ARENA_MAX: '1' };

export interface Held {
  readonly rssBytes: number;
  readonly descriptors: number;
  readonly threads: number;
}

export interface WatchedProcess {
  readonly running: Running;
  /** @throws Error where it has ended. */
  look(): Promise<Held>;
  /** The bytes of its JavaScript heap and buffers that are in use once garbage is collected. */
  lookAtHeap(): Promise<number>;
}

/** Starts Satchel in a way that lets its heap be looked at. */
export function startWatched(
  place: Place,
  device: string,
  args: readonly string[],
  env: Environment,
): WatchedProcess {
  const heap = join(place.root, `heap-${device}`);
  const more = { ...ONE_ARENA, NODE_OPTIONS: `--import=${HEAP_WRITER}`, SATCHEL_TEST_HEAP: heap };
  const running = place.start(device, args, { ...env, ...more });
  const pidOf = async (): Promise<number> => {
    const { pid, exitCode } = running.process;
    if (pid !== undefined && exitCode === null) return pid;
    const { out, err } = await running.ended;
    throw new Error(`satchel ${args.join(' ')} on ${device} has ended: ${out}${err}`);
  };
  return {
    running,
    async look() {
      const folder = `/proc/${await pidOf()}`;
      const status = readFileSync(`${folder}/status`, 'utf8');
      return {
        rssBytes: figure(status, 'VmRSS') * 1024,
        descriptors: readdirSync(`${folder}/fd`).length,
        threads: figure(status, 'Threads'),
      };
    },
    async lookAtHeap() {
      rmSync(heap, { force: true });
      process.kill(await pidOf(), 'SIGUSR2');
      for (let text = ''; ; text = readIfThere(heap)) {
        if (text !== '') return Number(text);
        await pidOf();
        await pause(20);
      }
    },
  };
}

function figure(status: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1];
  if (found === undefined) throw new Error(`/proc tells no ${name}`);
  return Number(found);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  }
}
