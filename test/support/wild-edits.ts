/** What a person may do to a folder between two rounds, drawn from dice. */
import { appendFileSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Hand, moveTo, toggleExecutable } from './hand.ts';
import { filesOf, foldersOf, noise } from './trees.ts';

export interface Person extends Hand {
  readonly name: string;
}

/** Few of them, so that devices meet in the same ones; some are a file here and a folder there. */
const FOLDERS = ['', 'Journal', 'Trips', 'Trips/Alps', 'x'];
const NAMES = ['a.md', 'b.md', 'ä ✅.txt', 'x', 'pic.png'];

/** Does one thing. Returns it in words, for the story of a life that failed. */
export function editFolder(person: Person): string {
  const { dice } = person;
  const roll = dice.below(100);
  if (roll < 35) return writeNote(person);
  if (roll < 50) return append(person);
  if (roll < 62) return move(person, filesOf(person.folder));
  if (roll < 70) return move(person, foldersOf(person.folder));
  if (roll < 80) return remove(person, filesOf(person.folder));
  if (roll < 83) return remove(person, foldersOf(person.folder));
  if (roll < 94) return attach(person);
  if (roll < 97) return toggleExecutable(person);
  return makeFolder(person);
}

function writeNote(person: Person): string {
  const number = person.next();
  const line = `${person.name} wrote ${number}\n`;
  return write(person, line.repeat(1 + person.dice.below(40)), `note ${number}`);
}

function attach(person: Person): string {
  const number = person.next();
  const isHuge = person.dice.chance(0.1);
  const sizeBytes = isHuge ? 9_000_000 : 1_000 + person.dice.below(600_000);
  return write(person, noise(number, sizeBytes), `${sizeBytes} bytes, number ${number},`);
}

function write({ folder, dice }: Person, content: string | Uint8Array, words: string): string {
  const path = join(dice.pick(FOLDERS), dice.pick(NAMES));
  const target = join(folder, path);
  if (!canHold(folder, path)) return `could not write ${path}`;
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
  return `wrote ${words} to ${path}`;
}

function append({ name, folder, dice, next }: Person): string {
  const files = filesOf(folder);
  if (files.length === 0) return 'had nothing to append to';
  const path = dice.pick(files);
  appendFileSync(join(folder, path), `${name} appended ${next()}\n`);
  return `appended to ${path}`;
}

function move(person: Person, from: readonly string[]): string {
  const { folder, dice } = person;
  const name = () => join(dice.pick(FOLDERS), dice.pick(NAMES));
  return moveTo(person, from, name, (path) => canHold(folder, path));
}

function remove({ folder, dice }: Person, paths: readonly string[]): string {
  if (paths.length === 0) return 'had nothing to delete';
  const path = dice.pick(paths);
  rmSync(join(folder, path), { recursive: true });
  return `deleted ${path}`;
}

function makeFolder({ folder, dice, next }: Person): string {
  const path = join(dice.pick(FOLDERS), `folder ${next()}`);
  if (!canHold(folder, path)) return `could not make ${path}`;
  mkdirSync(join(folder, path), { recursive: true });
  return `made the folder ${path}`;
}

/** True where no file is in the way above, and no folder at the path itself. */
function canHold(folder: string, path: string): boolean {
  for (let above = dirname(path); above !== '.'; above = dirname(above)) {
    const stat = statSync(join(folder, above), { throwIfNoEntry: false });
    if (stat !== undefined && !stat.isDirectory()) return false;
  }
  return statSync(join(folder, path), { throwIfNoEntry: false })?.isDirectory() !== true;
}
