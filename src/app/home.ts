/** The home of a device: settings, key, replica and lock, readable by their owner alone. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import * as z from 'zod';
import { messageOf, SatchelError, systemCode } from '../base/errors.ts';
import { APP } from './version.ts';

const settingsSchema = z.looseObject({
  format: z.literal(1),
  /** The program that wrote them last: should a later one change the format, it can be named. */
  app: z.string().optional(),
  bucket: z.string(),
  insecureTls: z.boolean().optional(),
  repository: z.string(),
  encryption: z.enum(['aes-256-gcm', 'none']),
  deviceName: z.string(),
  /** Where key and bucket credentials are kept; in files of the home where it is not said. */
  secrets: z
    .looseObject({
      place: z.enum(['file', 'keychain', 'session']),
      /** What its entries in the keychain are called: a home can be moved. */
      account: z.string().optional(),
      /** True where a person entered credentials for the bucket, which are kept as well. */
      credentials: z.boolean().optional(),
    })
    .optional(),
  /** What a person set for this device; see `setting-keys.ts`. */
  preferences: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  /** True while the daemon leaves out everything. */
  paused: z.boolean().optional(),
  /** Collections on this device, by id; each with the name it was last known by. */
  collections: z.record(
    z.string(),
    z.looseObject({
      kind: z.string(),
      folder: z.string(),
      name: z.string().optional(),
      /** The subfolders that are carried here, relative to the folder; the whole by default. */
      only: z.array(z.string()).optional(),
      /** When `watch` carries it; see `parseSchedule`. */
      schedule: z.string().optional(),
      /** True while the daemon leaves it out. */
      paused: z.boolean().optional(),
      /** `on` for detailed traces in the text log. */
      debug: z.string().optional(),
    }),
  ),
});

/** Enough of a later format to say what to do. */
const newerSchema = z.looseObject({ format: z.int().min(2), app: z.string().optional() });

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
    return join(env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'Satchel');
  }
  return join(xdgFolder(env.XDG_DATA_HOME, '.local/share'), 'satchel');
}

/**
 * A base folder of the XDG Base Directory Specification, which has one that is empty or relative
 * ignored: anything else would depend on the working folder.
 * @param standard relative to the folder of the person.
 */
export function xdgFolder(given: string | undefined, standard: string): string {
  return given !== undefined && isAbsolute(given) ? given : join(homedir(), standard);
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

/** @throws SatchelError `usage` where the home is not set up. */
export function requireSetUp(home: string): void {
  if (!isSetUp(home)) throw notSetUp(home);
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
  const value = parseJson(text);
  const parsed = settingsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const newer = newerSchema.safeParse(value);
  if (newer.success) throw newerSettings(home, newer.data.app);
  throw new SatchelError('damaged', `The settings in ${settingsPath(home)} cannot be read.`, {
    hint: 'Correct the file, or move it away and run "satchel join" again: folders are matched, not copied.',
  });
}

/**
 * The settings as they are now: a command may change them while `watch` runs. Where they cannot be
 * read, those that were good before stay in force.
 */
export function liveSettings(home: string, first: Settings): () => Settings {
  let settings = first;
  let seen: string | undefined;
  return () => {
    const stat = statSync(settingsPath(home), { throwIfNoEntry: false });
    if (stat === undefined) return settings;
    // Each change is a new file: two within one tick of the disk's clock differ in that at least.
    const found = `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
    if (found === seen) return settings;
    seen = found;
    try {
      settings = readSettings(home);
    } catch (error) {
      if (!(error instanceof SatchelError)) throw error;
    }
    return settings;
  };
}

export function writeSettings(home: string, settings: Settings): void {
  makeHome(home);
  const written = { ...settings, app: APP };
  writeAtomically(settingsPath(home), `${JSON.stringify(written, undefined, 2)}\n`);
}

/** Changes the settings as they are by now: what another command set meanwhile stays. */
export function changeSettings(home: string, change: (settings: Settings) => Settings): void {
  writeSettings(home, change(readSettings(home)));
}

/** Sets the replica's files aside under a name that tells when; returns the new name. */
export function setReplicaAside(
  home: string,
  nowMs: number,
  reason: 'damaged' | 'other-repository' = 'damaged',
): string {
  const stamp = new Date(nowMs).toISOString().replace(/[:.]/g, '-');
  const aside = join(home, `replica.${reason}-${stamp}.sqlite`);
  for (const suffix of ['', '-wal', '-shm']) {
    const path = `${replicaPath(home)}${suffix}`;
    if (existsSync(path)) renameSync(path, `${aside}${suffix}`);
  }
  return aside;
}

/**
 * Begins a copy of a replica of an older schema: SQLite writes the `partial` file, `finish` gives
 * it its name and returns that.
 */
export function startReplicaCopy(
  home: string,
  schema: number,
): { readonly partial: string; readonly finish: () => string } {
  const kept = join(home, `replica.schema-${schema}.sqlite`);
  const partial = `${kept}.partial`;
  rmSync(partial, { force: true });
  createPrivately(partial);
  const finish = (): string => {
    renameSync(partial, kept);
    return kept;
  };
  return { partial, finish };
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

/** Writes a file that only its owner reads: whole, or not at all. */
export function writeAtomically(path: string, text: string): void {
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

/** No draft takes this long: an older one is of a process that died, and may hold a key. */
const DRAFT_LIFE_MS = 60_000;

/** Removes what `writeAtomically` began in the home and a dead process could not finish. */
export function sweepDrafts(home: string, nowMs: number): void {
  for (const name of readdirSync(home)) {
    if (!/\.json\.\d+\.tmp$/.test(name)) continue;
    const path = join(home, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined && nowMs - stat.mtimeMs > DRAFT_LIFE_MS) rmSync(path, { force: true });
  }
}

/** The value of a JSON text, or undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function newerSettings(home: string, app = 'a newer Satchel'): SatchelError {
  return new SatchelError(
    'damaged',
    `The settings in ${settingsPath(home)} are of a newer format.`,
    {
      hint: `Install ${app} or newer again. Nothing was changed.`,
    },
  );
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
