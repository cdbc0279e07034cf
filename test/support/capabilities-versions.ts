/** Which version of its program a test server runs, as its script starts it. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestServer } from './servers.ts';
import { ROOT } from './source-files.ts';

/** The programs that come from the system, and how they are asked. */
const PROGRAMS: Readonly<Record<string, readonly [command: string, ...args: readonly string[]]>> = {
  s3: ['radosgw', '--version'],
  's3-versioned': ['radosgw', '--version'],
  'dav-apache': ['/usr/sbin/apache2', '-v'],
  'dav-rclone': ['rclone', 'version'],
};

/** Such as `16.2.15`. The others are built by their scripts, which say of which version. */
export async function versionOf({ id, name, script }: TestServer): Promise<string> {
  const program = PROGRAMS[id];
  if (program === undefined) return pinnedVersion(script);
  const [command, ...args] = program;
  const { stdout } = await promisify(execFile)(command, args);
  return /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? fail(`${name} does not tell its version: ${stdout}`);
}

/** A version that is a commit is told by its day (https://go.dev/ref/mod#pseudo-versions). */
export function pinnedVersion(script: string): string {
  const text = readFileSync(join(ROOT, 'scripts', script), 'utf8');
  const [, version] = /^version=v(\S+)$/m.exec(text) ?? [];
  if (version === undefined) return fail(`scripts/${script} names no version`);
  const [, year, month, day] = /-(\d{4})(\d\d)(\d\d)\d{6}-[0-9a-f]{12}$/.exec(version) ?? [];
  return year === undefined ? version : `of ${year}-${month}-${day}`;
}

function fail(message: string): never {
  throw new Error(message);
}
