/** A device of the tour: a home, a folder, and the program that a person would run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { type SyncResult, syncResultSchema } from '../../src/api/status.ts';

const ROOT = join(import.meta.dirname, '../..');

export class TourError extends Error {}

export interface Device {
  /** `laptop`, `desktop`. */
  readonly name: string;
  readonly home: string;
  readonly folder: string;
}

interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const PASSPHRASE = 'only for the tour, not a secret';
/** `sync` ends so where a conflict waits for a person. */
const ATTENTION_EXIT_CODE = 3;

/** Runs the program for the devices of one tour, until the signal aborts. */
export class Runner {
  readonly #signal: AbortSignal;
  readonly #program: readonly string[];

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    // A checkout that was not built runs from its sources: slower, and otherwise the same.
    this.#program = existsSync(join(ROOT, 'dist/satchel.js'))
      ? [join(ROOT, 'bin/satchel.js')]
      : [join(ROOT, 'src/cli/main.ts')];
  }

  /** Runs a command and shows it with what it printed. */
  async show(device: Device, ...args: readonly string[]): Promise<void> {
    announce(device, args);
    const { stdout, stderr } = await this.#run(device, args, [0]);
    for (const line of `${stdout}${stderr}`.trimEnd().split('\n')) {
      console.log(line === '' ? '' : `    ${line}`);
    }
  }

  /** Runs a command and keeps what it printed to itself. */
  async quietly(device: Device, ...args: readonly string[]): Promise<void> {
    announce(device, args);
    await this.#run(device, args, [0]);
  }

  /** Syncs a device once. A conflict is an outcome; a file that could not be carried is a failure. */
  async sync(device: Device): Promise<SyncResult> {
    announce(device, ['sync']);
    const args = ['sync', '--json'];
    const { stdout } = await this.#run(device, args, [0, ATTENTION_EXIT_CODE]);
    const outcome = syncResultSchema.parse(JSON.parse(stdout));
    for (const { path, error } of outcome.collections.flatMap((part) => part.failed)) {
      throw new TourError(`"${path}" was not carried on the ${device.name}: ${error}`);
    }
    return outcome;
  }

  async #run(
    device: Device,
    args: readonly string[],
    expected: readonly number[],
  ): Promise<Finished> {
    this.#signal.throwIfAborted();
    const finished = await finish(this.#start(device, args), this.#signal);
    this.#signal.throwIfAborted();
    if (expected.includes(finished.exitCode)) return finished;
    const said = (finished.stderr || finished.stdout).trim();
    throw new TourError(
      `"satchel ${args.join(' ')}" on the ${device.name} ended with exit code ` +
        `${finished.exitCode}:\n${said}`,
    );
  }

  #start(device: Device, args: readonly string[]): ChildProcess {
    return spawn(process.execPath, [...this.#program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        SATCHEL_HOME: device.home,
        SATCHEL_PASSPHRASE: PASSPHRASE,
        SATCHEL_KEYCHAIN: 'off',
        ...(hasColour() ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
      },
    });
  }
}

async function finish(child: ChildProcess, signal: AbortSignal): Promise<Finished> {
  const chunks: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  child.stdout?.on('data', (chunk: Buffer) => chunks.stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.stderr.push(chunk));
  const stop = (): void => {
    child.kill('SIGTERM');
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? 1));
    });
    const text = (name: 'stdout' | 'stderr'): string => Buffer.concat(chunks[name]).toString();
    return { exitCode, stdout: text('stdout'), stderr: text('stderr') };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function announce({ name }: Device, args: readonly string[]): void {
  const words = args.map((arg) => (/^[\w./:@=-]+$/.test(arg) ? arg : `"${arg}"`));
  console.log(`  ${dim(`${name} $`)} ${bold(`satchel ${words.join(' ')}`)}`);
}

function hasColour(): boolean {
  return process.stdout.isTTY === true && !process.env.NO_COLOR;
}

/** `styleText` leaves colours out by itself: no terminal, or NO_COLOR. */
export function bold(text: string): string {
  return styleText('bold', text, { stream: process.stdout });
}

function dim(text: string): string {
  return styleText('dim', text, { stream: process.stdout });
}
