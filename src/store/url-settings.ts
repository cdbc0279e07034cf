/** What the kinds of bucket URL read in the same way: settings in the query, and plain paths. */
import { isAbsolute, resolve } from 'node:path';
import { SatchelError } from '../base/errors.ts';
import type { BucketOverrides } from './bucket-settings.ts';

type OverrideName = keyof BucketOverrides;

/** How each override is called in a URL's query, and in messages. */
const QUERY_NAMES: Readonly<Record<OverrideName, string>> = {
  endpoint: 'endpoint',
  region: 'region',
  profile: 'profile',
  pathStyle: 'path-style',
  provider: 'provider',
  storageClass: 'storage-class',
  sse: 'sse',
  sseKeyId: 'sse-key',
  caFile: 'ca-file',
  user: 'user',
};

/** A path of folders has at most this many bytes, which leaves room for our keys below it. */
const MAX_PATH_BYTES = 800;

/** What a person reads who put a secret into a URL. */
export interface SecretRule {
  readonly message: string;
  readonly hint: string;
}

/**
 * The settings in a query, by the names of the overrides. Throws `usage` for unknown or repeated
 * ones, and with the words of `secrets` for what looks like one.
 */
export function readQuery(
  query: URLSearchParams,
  known: readonly OverrideName[],
  scheme: string,
  secrets: SecretRule,
): ReadonlyMap<OverrideName, string> {
  const settings = new Map<OverrideName, string>();
  for (const [text, value] of query) {
    const name = known.find((candidate) => QUERY_NAMES[candidate] === text);
    if (name === undefined) {
      if (/key|secret|token|pass|credential/i.test(text)) {
        throw usage(secrets.message, secrets.hint);
      }
      throw usage(
        `${scheme} URL has no setting called ${JSON.stringify(text)}`,
        `Known are ${known.map((candidate) => QUERY_NAMES[candidate]).join(', ')}.`,
      );
    }
    if (settings.has(name)) throw usage(`the setting ${text} is given twice`, 'Keep one of them.');
    settings.set(name, value);
  }
  return settings;
}

/** The query, with its `?`, that spells the settings which are defined; empty for none. */
export function formatQuery(
  settings: Readonly<Record<string, unknown>>,
  names: readonly OverrideName[],
): string {
  const query = names.flatMap((name) => {
    const value = settings[name];
    if (value === undefined) return [];
    // Slashes and colons are lawful in a query and keep an endpoint readable.
    const text = encodeURIComponent(String(value)).replaceAll('%2F', '/').replaceAll('%3A', ':');
    return [`${QUERY_NAMES[name]}=${text}`];
  });
  return query.length === 0 ? '' : `?${query.join('&')}`;
}

/** Throws `usage` for an override that this kind of bucket does not have. */
export function refuseOthers(
  overrides: BucketOverrides,
  known: readonly OverrideName[],
  whose: string,
): void {
  for (const name of Object.keys(QUERY_NAMES) as OverrideName[]) {
    if (overrides[name] === undefined || known.includes(name)) continue;
    throw usage(
      `${whose} has no ${QUERY_NAMES[name].replaceAll('-', ' ')}`,
      'That setting is for another kind of bucket: leave it out.',
    );
  }
}

/**
 * The decoded path of a URL without a slash at either end. Throws `usage` for one that is no
 * plain path; `what` names it, `example` shows one.
 */
export function readPath(pathname: string, what: string, example: string): string {
  let path: string;
  try {
    path = decodeURIComponent(pathname).replace(/^\//, '').replace(/\/$/, '');
  } catch {
    throw usage(`${what} has a broken %-escape`, 'Write %25 for a "%".');
  }
  if (path === '') return '';
  const isPlain = path.split('/').every((name) => name !== '' && name !== '.' && name !== '..');
  if (!isPlain || hasControlCharacter(path)) {
    throw usage(`${what} is not a plain path`, `Write it like ${example}.`);
  }
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw usage(`${what} is longer than ${MAX_PATH_BYTES} bytes`, 'Choose a shorter one.');
  }
  return path;
}

/** Spells a path so that `readPath` reads it back. */
export function formatPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/**
 * Where the certificate authorities are, absolute. An override is what a person types and may be
 * relative to the working folder; a URL is kept and must mean the same everywhere.
 */
export function readCaFile(
  override: string | undefined,
  inUrl: string | undefined,
): string | undefined {
  if (override !== undefined) return resolve(checkedText('ca-file', override));
  if (inUrl === undefined) return undefined;
  if (!isAbsolute(checkedText('ca-file', inUrl))) {
    throw usage('the ca-file in the URL is not an absolute path', 'Write ca-file=/path/to/ca.pem.');
  }
  return resolve(inUrl);
}

export function checkedWord(name: string, value: string, example: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(value)) {
    throw usage(`the ${name} is not a plain word`, `Write it like ${name}=${example}.`);
  }
  return value;
}

export function checkedText(name: string, value: string): string {
  if (value === '' || hasControlCharacter(value)) {
    throw usage(`the ${name} is empty or unreadable`, `Leave ${name} out to use the default.`);
  }
  return value;
}

function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/** Throws `usage`, with `hint`, for what is no URL at all. */
export function parseUrl(text: string, hint: string): URL {
  if (!URL.canParse(text)) throw usage('the bucket URL cannot be read', hint);
  return new URL(text);
}

export function usage(message: string, hint: string): SatchelError {
  return new SatchelError('usage', message, { hint });
}
