/** `satchel up` as a process to be measured, and what the kernel says of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Command } from './measure.ts';

export interface Daemon {
  /** Opens its page, once. */
  readonly link: string;
  /** @throws Error where the system has no `/proc`. */
  used(): Promise<Used>;
  end(): Promise<void>;
}

export interface Used {
  readonly rssBytes: number;
  /** Since it began, user and system; the kernel counts in hundredths of a second. */
  readonly cpuMs: number;
}

/** How long a tick of the kernel is (USER_HZ, which is 100 on every Linux that Node runs on). */
const TICK_MS = 10;

/** @param command `satchel up --json`. */
export async function startDaemon(command: Command): Promise<Daemon> {
  const [program = '', ...args] = command.argv;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...command.env },
  });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const link = await linkOf(child);
  return {
    link,
    used: () => usedBy(child.pid ?? 0),
    async end() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Its first line says where it is; the others are read so that it never waits for a reader. */
async function linkOf(child: ChildProcess): Promise<string> {
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    words = `${words}${chunk}`.slice(-2000);
  });
  return await new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`satchel up ended with ${code}:\n${words}`)));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const told: { readonly event: string; readonly link?: string } = JSON.parse(line);
      if (told.event === 'up' && told.link !== undefined) resolve(told.link);
    });
  });
}

/** proc(5): fields 14 and 15 of `stat`, after a name in brackets that may hold anything. */
async function usedBy(pid: number): Promise<Used> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kib = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
  return { rssBytes: kib * 1024, cpuMs: ticks * TICK_MS };
}
