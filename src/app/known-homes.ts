/**
 * The homes of a person on this computer, so that one daemon serves them all: a list in a file beside
 * the default home.
 */
import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import * as z from 'zod';
import { isSetUp, parseJson, resolveHome, writeAtomically } from './home.ts';

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
 * Adds a home to the list.
 * @param passing a folder whose contents do not last: homes in it are not listed.
 */
export function rememberHome(file: string, home: string, passing: string = tmpdir()): void {
  if (isPassing(home, passing)) return;
  const homes = listedHomes(file);
  if (homes.includes(home)) return;
  mkdirSync(dirname(file), { recursive: true });
  // Those that are gone for good are not looked for at each start for ever.
  const kept = homes.filter((listed) => existsSync(listed));
  writeAtomically(file, `${JSON.stringify({ homes: [...kept, home] }, undefined, 2)}\n`);
}

/** A list that cannot be read is none: homes that are made later are listed anew. */
function listedHomes(file: string): string[] {
  if (!existsSync(file)) return [];
  const parsed = homesSchema.safeParse(parseJson(readFileSync(file, 'utf8')));
  return parsed.success ? parsed.data.homes : [];
}

function isPassing(home: string, passing: string): boolean {
  if (home.split(sep).includes('.satchel-demo')) return true;
  return [passing, realPath(passing)].some((folder) => `${home}${sep}`.startsWith(folder + sep));
}

function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}
