/** Runs one command and tells what it took: wall time, processor time, memory. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface Command {
  readonly argv: readonly string[];
  /** The whole environment but for PATH: what lies about on this machine changes nothing. */
  readonly env: Readonly<Record<string, string>>;
  /** Exit codes besides 0 that are no failure. */
  readonly mayExit?: readonly number[];
}

export interface Usage {
  readonly wallMs: number;
  /** Of the process and all that it waited for, user and system. */
  readonly cpuMs: number;
  /** Of the largest process. */
  readonly peakRssBytes: number;
}

/** GNU time asks the kernel for what a process and its children used (getrusage(2)). */
const TIME = '/usr/bin/time';

/** @throws Error with the end of what the command said, where it fails. */
export async function measure(command: Command, scratch: string): Promise<Usage> {
  if (!existsSync(TIME)) throw new Error(`${TIME} is missing: install the package "time" (Linux)`);
  const report = join(scratch, 'time.txt');
  const argv = [TIME, '-q', '-f', '%U %S %M', '-o', report, ...command.argv];
  const startMs = performance.now();
  await run({ ...command, argv });
  const wallMs = performance.now() - startMs;
  const words = (await readFile(report, 'utf8')).trim().split(/\s+/);
  const [userSeconds = 0, systemSeconds = 0, peakKib = 0] = words.slice(-3).map(Number);
  await rm(report);
  return {
    wallMs,
    cpuMs: Math.round((userSeconds + systemSeconds) * 1000),
    peakRssBytes: peakKib * 1024,
  };
}

/**
 * Runs a command to its end and returns what it wrote to stdout.
 * @throws Error with the end of what the command said, where it fails.
 */
export async function run(command: Command): Promise<string> {
  const [program = '', ...args] = command.argv;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...command.env },
  });
  const out: Buffer[] = [];
  const all: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    out.push(chunk);
    all.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => all.push(chunk));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (exitCode !== 0 && !command.mayExit?.includes(exitCode ?? -1)) {
    const words = Buffer.concat(all).toString('utf8').slice(-2000);
    throw new Error(`"${command.argv.join(' ')}" ended with ${exitCode}:\n${words}`);
  }
  return Buffer.concat(out).toString('utf8');
}
