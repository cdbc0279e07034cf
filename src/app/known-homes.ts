/**
 * The homes of a person on this computer, so that one daemon serves them all: a list in a file beside
 * the default home.
 */
import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import * as z from 'zod';
import { messageOf, SatchelError } from '../base/errors.ts';
import type { AppContext } from './context.ts';
import { isSetUp, parseJson, resolveHome, writeAtomically } from './home.ts';
import { errorWords } from './trouble.ts';

type Env = Readonly<Record<string, string | undefined>>;

const FILE = 'satchel-homes.json';
const homesSchema = z.looseObject({ homes: z.array(z.string()) });

/** Where the list is, whatever SATCHEL_HOME says. */
export function knownHomesFile(env: Env, platform: NodeJS.Platform): string {
  const { SATCHEL_HOME: _chosen, ...others } = env;
  return join(dirname(resolveHome(undefined, others, platform)), FILE);
}

/** The homes of the list that are set up, in the order in which they were made. */
export function readKnownHomes(file: string): string[] {
  return listedHomes(file).filter(isSetUp);
}

/**
 * Lets the daemon of this person know of a home that was just made. Where that cannot be, a notice
 * tells: the home is there all the same, and its recovery key has yet to be shown.
 */
export function listHome({ home, notice }: AppContext, env: Env): void {
  const file = knownHomesFile(env, process.platform);
  try {
    rememberHome(file, home);
  } catch (error) {
    notice(
      `This home is not listed in ${file}: ${errorWords(error)} "satchel up" finds it all the same ` +
        'where --home (or SATCHEL_HOME) names it.',
    );
  }
}

/**
 * Adds a home to the list.
 * @param passing a folder whose contents do not last: homes in it are not listed.
 * @throws SatchelError, or what the system has against the folder.
 */
export function rememberHome(file: string, home: string, passing: string = tmpdir()): void {
  if (isPassing(home, passing)) return;
  const homes = listedHomes(file);
  if (homes.includes(home)) return;
  mkdirSync(dirname(file), { recursive: true });
  // None is taken off: one that is not there may be on a drive that comes back.
  writeAtomically(file, `${JSON.stringify({ homes: [...homes, home] }, undefined, 2)}\n`);
}

/** A list that is none is begun anew by the next home that is made. */
function listedHomes(file: string): string[] {
  if (!existsSync(file)) return [];
  const parsed = homesSchema.safeParse(parseJson(readText(file)));
  return parsed.success ? parsed.data.homes : [];
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new SatchelError('internal', `Cannot read ${file}: ${messageOf(error)}.`, {
      hint: 'Look whether the file is yours, or name homes with --home: it only lists them.',
    });
  }
}

function isPassing(home: string, passing: string): boolean {
  if (home.split(sep).includes('.satchel-demo')) return true;
  return [passing, realPath(passing)].some((folder) => `${home}${sep}`.startsWith(folder + sep));
}

function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}
