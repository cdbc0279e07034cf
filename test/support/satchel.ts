/** Runs the real command line as a shell would, in homes of its own. */
import { type SpawnOptionsWithoutStdio, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './source-files.ts';

/** What a person runs: the bundle, which `npm run test:life` builds first. */
const PROGRAM = join(ROOT, 'bin/satchel.js');

/** Obviously one for tests. */
export const TEST_PASSPHRASE = 'a passphrase for tests only';

export interface Ran {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
  /** What `--json` printed, taken for what the test expects it to be. */
  json<T = unknown>(): T;
}

export interface Running {
  readonly process: ReturnType<typeof spawn>;
  /** Resolves once stdout or stderr holds the text. */
  waitFor(text: string): Promise<void>;
  readonly ended: Promise<Ran>;
}

/** What differs from the usual environment; undefined takes a variable away. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface PlaceOptions {
  /** For every command: credentials, for instance. */
  readonly env?: Environment;
  /** Runs every command as this user, and takes root to do so. */
  readonly uid?: number;
}

export interface Place {
  /** A folder that is removed by `remove`. */
  readonly root: string;
  readonly bucket: string;
  /** Runs satchel in the home of a device, such as `laptop`. */
  run(device: string, args: readonly string[], env?: Environment): Promise<Ran>;
  start(device: string, args: readonly string[], env?: Environment): Running;
  /** Makes a folder and all in it the user's for whom commands run. */
  give(path: string): void;
  /** Ends what still runs there, and removes the folder. */
  remove(): void;
}

export function createPlace(options: PlaceOptions = {}): Place {
  const root = mkdtempSync(join(tmpdir(), 'satchel-cli-'));
  const { uid } = options;
  const launch = uid === undefined ? { nodeOptions: [], program: PROGRAM } : launchAs(uid);
  if (uid !== undefined) chownSync(root, uid, uid);
  const started: Running[] = [];
  const start: Place['start'] = (device, args, env = {}) => {
    const home = { SATCHEL_HOME: join(root, device) };
    const whole = { ...baseEnv(root), ...options.env, ...home, ...env };
    const running = startSatchel([...launch.nodeOptions, launch.program, ...args], {
      cwd: root,
      env: whole,
    });
    started.push(running);
    return running;
  };
  return {
    root,
    bucket: join(root, 'bucket'),
    start,
    run: (device, args, env) => start(device, args, env).ended,
    give(path) {
      if (uid === undefined) return;
      chownSync(path, uid, uid);
      for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
        chownSync(join(path, name), uid, uid);
      }
    },
    remove: () => {
      for (const { process } of started) process.kill('SIGKILL');
      // A program that is killed may still finish the write that it is at.
      rmSync(root, { recursive: true, force: true, maxRetries: 10 });
      if (launch.program !== PROGRAM) {
        rmSync(join(launch.program, '../..'), { recursive: true, force: true });
      }
    },
  };
}

interface Launch {
  readonly nodeOptions: readonly string[];
  readonly program: string;
}

/**
 * Node starts as root, for the checkout may be root's alone, and becomes the user before a line of
 * Satchel runs; the program it then reads is a copy that everyone may read.
 */
function launchAs(uid: number): Launch {
  const folder = mkdtempSync(join(tmpdir(), 'satchel-program-'));
  for (const part of ['bin', 'dist', 'package.json']) {
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  }
  for (const name of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
    chmodSync(join(folder, name), 0o755);
  }
  const become = `process.setgroups([]);process.setgid(${uid});process.setuid(${uid});`;
  return {
    nodeOptions: ['--import', `data:text/javascript,${become}`],
    program: join(folder, 'bin/satchel.js'),
  };
}

function baseEnv(root: string): Record<string, string> {
  const { PATH = '' } = process.env;
  // A developer's own keychain is none of a test's business.
  return {
    PATH,
    HOME: root,
    SATCHEL_PASSPHRASE: TEST_PASSPHRASE,
    SATCHEL_KEYCHAIN: 'off',
    TZ: 'UTC',
  };
}

function startSatchel(args: readonly string[], options: SpawnOptionsWithoutStdio): Running {
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  let look = (): void => {};
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    look();
  });
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      resolve({ exitCode, out, err, json: () => JSON.parse(out) });
    });
  });
  return {
    process: child,
    ended,
    async waitFor(text) {
      const seen = new Promise<void>((resolve) => {
        look = () => {
          if (out.includes(text) || err.includes(text)) resolve();
        };
        look();
      });
      const early = ended.then((ran) => {
        throw new Error(`satchel ended without "${text}": ${ran.exitCode} ${ran.out} ${ran.err}`);
      });
      await Promise.race([seen, early]);
    },
  };
}

/** The files of a folder with their text, Satchel's own left out. */
export function filesOf(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith('.satchel'))
    .sort();
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}
