/** The folders of this computer, for a person who chooses one. */
import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, parse, resolve, sep } from 'node:path';
import type { AnswerOf } from '../api/route.ts';
import type { foldersRoute } from '../api/setup.ts';
import { forEachConcurrently } from '../base/concurrency.ts';
import { SatchelError, systemCode } from '../base/errors.ts';

export type Folders = AnswerOf<typeof foldersRoute>;

/** A folder with more in it than that is shown in part: nobody looks through it by eye. */
const SHOWN_MAX = 1_000;
const LOOKS_AT_ONCE = 8;

/**
 * A folder as a person types it: absolute, or with `~` for their own.
 * @throws SatchelError `usage` for any other: relative to what, nobody can tell here.
 */
export function typedFolder(typed: string): string {
  const text = typed.trim();
  if (text === '~') return homedir();
  if (text.startsWith('~/') || text.startsWith(`~${sep}`)) return join(homedir(), text.slice(2));
  if (isAbsolute(text)) return resolve(text);
  throw new SatchelError('usage', `"${text}" is not a whole path.`, {
    hint: `Begin at the top, such as ${join(homedir(), 'Notes')}.`,
  });
}

/**
 * The folders in a folder; of one that is not there, those in the nearest one that is. Hidden ones
 * are left out.
 * @param typed the person's own folder where it is undefined.
 * @throws SatchelError `usage` where it cannot be read.
 */
export async function browseFolders(typed: string | undefined): Promise<Folders> {
  const wanted = typed === undefined ? homedir() : typedFolder(typed);
  const folder = await nearestFolder(wanted);
  const names = await foldersIn(folder);
  const shown = names.slice(0, SHOWN_MAX);
  const counts = new Map<string, number>();
  await forEachConcurrently(shown, LOOKS_AT_ONCE, async (name) => {
    counts.set(name, await countFiles(join(folder, name)));
  });
  const folders = shown.map((name) => ({
    name,
    path: join(folder, name),
    files: counts.get(name) ?? 0,
  }));
  const isTop = folder === parse(folder).root;
  const parent = isTop ? null : dirname(folder);
  return { folder, isThere: folder === wanted, parent, folders };
}

async function nearestFolder(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true || path === dirname(path)) return path;
  return await nearestFolder(dirname(path));
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort((a, b) => a.localeCompare(b));
  } catch (error) {
    const isForbidden = systemCode(error) === 'EACCES' || systemCode(error) === 'EPERM';
    const why = isForbidden ? 'You may not read' : 'This computer cannot read';
    throw new SatchelError('usage', `${why} ${folder}.`, {
      hint: 'Choose another folder.',
      cause: error,
    });
  }
}

/** What cannot be read has nothing to show. */
async function countFiles(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).length;
}
