/** Copying a folder for the tour to work on, and comparing two folders byte for byte. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cp, lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { systemCode } from '../../src/base/errors.ts';
import { IGNORE_FILE, parseIgnoreRules } from '../../src/kinds/files/ignore.ts';
import { SATCHEL_FOLDER, unsafePathReason } from '../../src/kinds/files/names.ts';

/**
 * Copies what Satchel would carry of a folder; the original is only read. What it would leave out
 * (ignored files, links, the marker of a real Satchel) stays behind, so that afterwards everything
 * in the copy has to be on the other device.
 * @returns how many files and folders were left out.
 */
export async function copyCarried(from: string, to: string): Promise<number> {
  const rules = parseIgnoreRules(await readIfThere(join(from, IGNORE_FILE)));
  let leftOut = 0;
  await cp(from, to, {
    recursive: true,
    preserveTimestamps: true,
    filter: async (source) => {
      const path = source.slice(from.length).replaceAll('\\', '/').replace(/^\//, '');
      if (path === '') return true;
      if (path === SATCHEL_FOLDER) return false;
      const stat = await lstat(source);
      const isCarried =
        (stat.isFile() || stat.isDirectory()) &&
        unsafePathReason(path) === undefined &&
        !rules.ignores(path, stat.isDirectory());
      if (!isCarried) leftOut += 1;
      return isCarried;
    },
  });
  return leftOut;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** What is in a folder, Satchel's own part left out: each path with what has to be equal of it. */
export interface Contents {
  readonly entries: ReadonlyMap<string, string>;
  readonly files: number;
  readonly bytes: number;
}

export async function contentsOf(root: string): Promise<Contents> {
  const entries = new Map<string, string>();
  let files = 0;
  let bytes = 0;
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (path === SATCHEL_FOLDER) continue;
      if (entry.isDirectory()) {
        entries.set(path, 'a folder');
        waiting.push(path);
        continue;
      }
      const stat = await lstat(join(root, path));
      files += 1;
      bytes += stat.size;
      const executable = (stat.mode & 0o100) !== 0 ? ', executable' : '';
      entries.set(
        path,
        `${stat.size} bytes, SHA-256 ${await hashOf(join(root, path))}${executable}`,
      );
    }
  }
  return { entries, files, bytes };
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Every difference as a line; none where the folders are equal. */
export function differences(a: Contents, b: Contents): readonly string[] {
  const paths = new Set([...a.entries.keys(), ...b.entries.keys()]);
  return [...paths].sort().flatMap((path) => {
    const [inA = 'nothing', inB = 'nothing'] = [a.entries.get(path), b.entries.get(path)];
    return inA === inB ? [] : [`${path}: ${inA} here, ${inB} there`];
  });
}
