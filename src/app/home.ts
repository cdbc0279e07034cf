/** The home of a device: settings, key, replica and lock, readable by their owner alone. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { fromBase64, toBase64 } from '../base/bytes.ts';
import { messageOf, SatchelError, systemCode } from '../base/errors.ts';
import { KEY_BYTES } from '../format/repository-key.ts';

const settingsSchema = z.looseObject({
  format: z.literal(1),
  bucket: z.string(),
  insecureTls: z.boolean().optional(),
  repository: z.string(),
  encryption: z.enum(['aes-256-gcm', 'none']),
  deviceName: z.string(),
  /** Collections on this device, by id; each with the name it was last known by. */
  collections: z.record(
    z.string(),
    z.looseObject({ kind: z.string(), folder: z.string(), name: z.string().optional() }),
  ),
});

export type Settings = z.infer<typeof settingsSchema>;

/** Where the home is: `--home`, SATCHEL_HOME, or the platform's place for such data. */
export function resolveHome(
  option: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string {
  const given = option ?? env.SATCHEL_HOME;
  if (given !== undefined && given !== '') return resolve(given);
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Satchel');
  if (platform === 'win32') {
    return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'Satchel');
  }
  return join(env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'satchel');
}

export function replicaPath(home: string): string {
  return join(home, 'replica.sqlite');
}

/** Creates a file that only its owner reads, if it is not there: SQLite's files follow its mode. */
export function createPrivately(path: string): void {
  writeFileSync(path, '', { flag: 'a', mode: 0o600 });
}

export function isSetUp(home: string): boolean {
  return existsSync(settingsPath(home));
}

/** @throws SatchelError `usage` where the home is not set up, `damaged` where it cannot be read. */
export function readSettings(home: string): Settings {
  let text: string;
  try {
    text = readFileSync(settingsPath(home), 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw notSetUp(home);
    throw new SatchelError('internal', `Cannot read ${settingsPath(home)}: ${messageOf(error)}.`);
  }
  const parsed = settingsSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new SatchelError('damaged', `The settings in ${settingsPath(home)} cannot be read.`, {
    hint: 'Correct the file, or move it away and run "satchel join" again: folders are matched, not copied.',
  });
}

export function writeSettings(home: string, settings: Settings): void {
  makeHome(home);
  writeAtomically(settingsPath(home), `${JSON.stringify(settings, undefined, 2)}\n`);
}

/** The repository's secret root key on this device; undefined where it is not encrypted. */
export function readRootKey(home: string, settings: Settings): Uint8Array | undefined {
  if (settings.encryption === 'none') return undefined;
  const path = keyPath(home);
  try {
    const parsed = z.object({ root: z.string() }).safeParse(parseJson(readFileSync(path, 'utf8')));
    const root = parsed.success ? fromBase64(parsed.data.root) : undefined;
    if (root?.length === KEY_BYTES) return root;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') {
      throw new SatchelError('internal', `Cannot read ${path}: ${messageOf(error)}.`);
    }
  }
  throw new SatchelError('refused', `The repository key in ${path} is missing or damaged.`, {
    hint: 'Move settings.json away and run "satchel join" with the passphrase or the recovery key.',
  });
}

export function writeRootKey(home: string, root: Uint8Array): void {
  makeHome(home);
  writeAtomically(keyPath(home), `${JSON.stringify({ root: toBase64(root) })}\n`);
}

/** Sets the replica's files aside under a name that tells when; returns the new name. */
export function setReplicaAside(home: string, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replace(/[:.]/g, '-');
  const aside = join(home, `replica.damaged-${stamp}.sqlite`);
  for (const suffix of ['', '-wal', '-shm']) {
    const path = `${replicaPath(home)}${suffix}`;
    if (existsSync(path)) renameSync(path, `${aside}${suffix}`);
  }
  return aside;
}

export function makeHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    // A folder that was there before may be open to others; keys and content go into it.
    chmodSync(home, 0o700);
  } catch (error) {
    throw new SatchelError('internal', `Cannot create the home ${home}: ${messageOf(error)}.`, {
      hint: 'Choose another place with --home or SATCHEL_HOME.',
    });
  }
}

function settingsPath(home: string): string {
  return join(home, 'settings.json');
}

function keyPath(home: string): string {
  return join(home, 'key.json');
}

function writeAtomically(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { mode: 0o600, flush: true });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new SatchelError('internal', `Cannot write ${path}: ${messageOf(error)}.`, {
      hint: 'Look whether the disk is full and the folder is yours.',
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notSetUp(home: string): SatchelError {
  return new SatchelError(
    'usage',
    `This device is not set up yet: there is no Satchel in ${home}.`,
    {
      hint: 'Run "satchel init <bucket-url>", or "satchel join <bucket-url>" for a repository that exists.',
    },
  );
}
