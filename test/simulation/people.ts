/** What people do in their folders: any of it, at any time, also while Satchel looks at them. */
import { dirname, join } from 'node:path';
import { systemCode } from '../../src/base/errors.ts';
import type { SimulatedDisk } from './disk.ts';
import type { Plan } from './faults.ts';
import type { Generator } from './generator.ts';
import type { Machine } from './machine.ts';
import { hashOf, type Oracle } from './oracle.ts';
import { VAULT_ROOT } from './program.ts';

/** Few, so that people meet in the same files. */
const NAMES = ['a.md', 'b.md', 'c.md', 'd/e.md', 'd/f.md', 'pic.png'] as const;
/** Names that some disks take for one, and for some of those above. */
const ALIKE = ['A.md', 'D/e.md', 'd/F.md', 'caf\u00e9.md', 'cafe\u0301.md'] as const;
/** Long enough for a blob, and few: so what was there before comes back at times. Others are unique. */
const LONG_CONTENTS = 4;
const LONG_LINES = 2_500;

export interface People {
  /** Somebody does something in the folder of a machine. Returns it in words. */
  edit(machine: Machine): string;
  /** Somebody writes so many files that nobody else has. */
  fill(machine: Machine, count: number): void;
  /**
   * Somebody gives a file a new name while somebody else, at another machine, goes on writing in it.
   * Returns it in words.
   */
  renameAndEdit(renaming: Machine, editing: Machine): string;
  /** Somebody deletes everything in the folder of a machine. Returns how many files it were. */
  deleteAll(machine: Machine): number;
}

export interface PeopleInputs {
  readonly dice: Generator;
  readonly oracle: Oracle;
  readonly plan: Plan;
}

export function createPeople(inputs: PeopleInputs): People {
  let written = 0;
  return {
    edit(machine) {
      written += 1;
      return attempt(() => new Hand(inputs, machine, written).doSomething());
    },
    fill(machine, count) {
      for (let file = 0; file < count; file += 1) {
        written += 1;
        new Hand(inputs, machine, written).writeNew();
      }
    },
    renameAndEdit(renaming, editing) {
      written += 1;
      const hand = new Hand(inputs, renaming, written);
      const there = new Hand(inputs, editing, written);
      const place = hand.placeInCommonWith(there);
      if (place === undefined) return 'found no file in common';
      const renamed = attempt(() => hand.rename(place));
      return `${renamed}; there: ${attempt(() => there.writeAgain(place))}`;
    },
    deleteAll(machine) {
      written += 1;
      return new Hand(inputs, machine, written).removeAll();
    },
  };
}

function attempt(act: () => string): string {
  try {
    return act();
  } catch (error) {
    // What an editor would tell its user: no space, no such file by now.
    if (systemCode(error) === undefined) throw error;
    return `failed: ${systemCode(error)}`;
  }
}

/** One person at one machine, for one thing to do. */
class Hand {
  readonly #dice: Generator;
  readonly #oracle: Oracle;
  readonly #plan: Plan;
  readonly #machine: Machine;
  readonly #disk: SimulatedDisk;
  readonly #number: number;

  constructor({ dice, oracle, plan }: PeopleInputs, machine: Machine, number: number) {
    this.#dice = dice;
    this.#oracle = oracle;
    this.#plan = plan;
    this.#machine = machine;
    this.#disk = machine.disk;
    this.#number = number;
  }

  doSomething(): string {
    const files = this.#files();
    const roll = this.#dice.below(100);
    if (roll < 40 || files.length === 0) return this.#write(this.#newPlace());
    if (roll < 60) return this.#write(this.#dice.pick(files));
    if (roll < 72) return this.#move(this.#dice.pick(files));
    if (roll < 84) return this.#remove(this.#dice.pick(files));
    if (roll < 88) return this.#renameFolder();
    if (roll < 91) return this.#removeFolder();
    if (roll < 96) return this.#swap(this.#dice.pick(files), this.#dice.pick(files));
    return this.#changeMode(this.#dice.pick(files));
  }

  #newPlace(): string {
    return this.#dice.chance(0.7) ? this.#someName() : `note ${this.#number}.md`;
  }

  #someName(): string {
    const isAlike = this.#plan.foldingShare > 0 && this.#dice.chance(0.4);
    return this.#dice.pick(isAlike ? ALIKE : NAMES);
  }

  #write(place: string): string {
    const path = at(place);
    const before = this.#read(path);
    const content = this.#content();
    this.#noteSecondName(place, before);
    this.#disk.person.makeFolder(dirname(path));
    if (this.#dice.chance(0.3)) this.#disk.person.save(path, content);
    else this.#writeInPlace(path, content, before, place);
    return this.#noted(
      `wrote "${content.slice(0, 24).trim()}" to ${place}`,
      before,
      content,
      place,
    );
  }

  /** A full disk leaves the beginning of what was written, which is then what is there. */
  #writeInPlace(path: string, content: string, before: string | undefined, place: string): void {
    try {
      this.#disk.person.write(path, content);
    } catch (error) {
      const left = this.#read(path);
      if (left !== undefined) this.#oracle.noteRepeated(left);
      if (left !== before) this.#noted(`half wrote ${place}`, before, left, place);
      throw error;
    }
  }

  #content(): string {
    if (this.#dice.chance(this.#plan.longShare)) {
      const own = `long of ${this.#machine.name} ${this.#number}\n`.repeat(LONG_LINES);
      const { isHarsh, hasOwnBlobs } = this.#plan;
      if (isHarsh && this.#dice.chance(0.5)) return own;
      const content = `long ${this.#dice.below(LONG_CONTENTS)}\n`.repeat(LONG_LINES);
      if (!isHarsh && hasOwnBlobs && this.#number % 2 === 0) return own;
      this.#oracle.noteRepeated(content);
      return content;
    }
    return `${this.#machine.name} wrote ${this.#number}\n`;
  }

  #move(place: string): string {
    const to = this.#dice.chance(0.6) ? this.#newName() : this.#someName();
    return to === place ? 'left it where it was' : this.#moveTo(place, to);
  }

  /** A name that no file ever had. */
  #newName(): string {
    return `moved ${this.#number}.md`;
  }

  #moveTo(place: string, to: string): string {
    this.#disk.person.makeFolder(dirname(at(to)));
    const isSameFile = this.#inodeOf(to) === this.#inodeOf(place);
    const replaced = isSameFile ? undefined : this.#read(at(to));
    const moved = this.#read(at(place));
    this.#disk.person.move(at(place), at(to));
    const { name, looks } = this.#machine;
    if (replaced !== undefined) {
      this.#oracle.note(name, `moved over ${to}`, replaced, undefined, { place: to, looks });
    }
    if (moved !== undefined) {
      this.#oracle.noteArrival(name, looks, moved, to);
      if (to.startsWith('moved ')) this.#oracle.noteMove(name, moved, place, to);
    }
    return `moved ${place} to ${to}`;
  }

  #remove(place: string): string {
    const before = this.#read(at(place));
    this.#noteSecondName(place, before);
    this.#disk.person.remove(at(place));
    return this.#noted(`deleted ${place}`, before, undefined, place);
  }

  /**
   * A power cut in the midst of a swap may leave a file its second name, where Satchel had put it
   * aside. What was written to it meanwhile may be nowhere else, so Satchel brings it back.
   */
  #noteSecondName(place: string, content: string | undefined): void {
    if (content === undefined || !this.#disk.person.hasOtherNames(at(place))) return;
    this.#oracle.touchText(content, 'interrupted');
  }

  rename(place: string): string {
    return this.#moveTo(place, this.#newName());
  }

  writeAgain(place: string): string {
    return this.#write(place);
  }

  /** A file that has the same content for both, which nobody moved or wrote twice. */
  placeInCommonWith(other: Hand): string | undefined {
    const common = this.#below('').filter(([place, content]) => {
      const isFirstOfAll =
        this.#oracle.isUnique(hashOf(content)) && this.#oracle.touchCount(hashOf(content)) === 0;
      return isFirstOfAll && other.#read(at(place)) === content;
    });
    return common.length === 0 ? undefined : this.#dice.pick(common)[0];
  }

  writeNew(): void {
    this.#write(`note ${this.#number}.md`);
  }

  removeAll(): number {
    const files = this.#files();
    for (const place of files) {
      // The guard holds a mass, and drops what was saved elsewhere meanwhile (rule S8). With the
      // deletion goes what was to be sent before it: the file is what it was before both.
      const held = this.#read(at(place));
      if (held !== undefined) this.#oracle.touchLineOf(held, 'held');
      this.#remove(place);
    }
    return files.length;
  }

  #inodeOf(place: string): bigint | undefined {
    return this.#disk.person.stat(at(place))?.inode;
  }

  #renameFolder(): string {
    const folder = this.#pickFolder();
    if (folder === undefined) return 'found no folder';
    const to = `folder ${this.#number}`;
    const files = this.#below(folder);
    this.#disk.person.move(at(folder), at(to));
    for (const [place, content] of files) {
      this.#oracle.touchText(content, 'moved');
      this.#oracle.noteMove(this.#machine.name, content, place, to + place.slice(folder.length));
    }
    return `renamed the folder ${folder} to ${to}`;
  }

  #removeFolder(): string {
    const folder = this.#pickFolder();
    if (folder === undefined) return 'found no folder';
    const files = this.#below(folder);
    for (const [place, content] of files) this.#noteSecondName(place, content);
    this.#disk.person.remove(at(folder));
    for (const [place, content] of files)
      this.#noted(`deleted ${place}`, content, undefined, place);
    return `deleted the folder ${folder}`;
  }

  /** As a program does that keeps a copy: two files change places. */
  #swap(one: string, other: string): string {
    if (one === other) return 'had nothing to swap';
    const { person } = this.#disk;
    const aside = at(`.swap ${this.#number}`);
    const { name, looks } = this.#machine;
    const contents = [this.#read(at(one)), this.#read(at(other))];
    for (const [index, to] of [other, one].entries()) {
      const content = contents[index];
      if (content !== undefined) this.#oracle.noteSwapped(name, looks, content, to);
    }
    person.move(at(one), aside);
    person.move(at(other), at(one));
    person.move(aside, at(other));
    return `swapped ${one} and ${other}`;
  }

  #changeMode(place: string): string {
    const path = at(place);
    const content = this.#read(path);
    if (content !== undefined) this.#oracle.touchText(content, 'mode changed');
    const isExecutable = this.#disk.person.stat(path)?.isExecutable === true;
    this.#disk.person.setExecutable(path, !isExecutable);
    return `changed the mode of ${place}`;
  }

  #noted(
    what: string,
    before: string | undefined,
    after: string | undefined,
    place: string,
  ): string {
    const { name, looks } = this.#machine;
    const { id } = this.#oracle.note(name, what, before, after, { place, looks });
    return `edit ${id}: ${what}`;
  }

  #files(): string[] {
    return this.#below('')
      .map(([place]) => place)
      .sort();
  }

  /** Files below a folder, with their contents. */
  #below(folder: string): [string, string][] {
    const start = folder === '' ? '' : `${folder}/`;
    return Object.entries(this.#disk.person.tree(VAULT_ROOT)).filter(
      ([place, content]) =>
        place.startsWith(start) && !place.endsWith('/') && !content.startsWith('-> '),
    );
  }

  #pickFolder(): string | undefined {
    const folders = Object.keys(this.#disk.person.tree(VAULT_ROOT))
      .filter((place) => place.endsWith('/'))
      .map((place) => place.slice(0, -1));
    return folders.length === 0 ? undefined : this.#dice.pick(folders.sort());
  }

  #read(path: string): string | undefined {
    const { person } = this.#disk;
    return person.stat(path)?.kind === 'file'
      ? Buffer.from(person.read(path)).toString()
      : undefined;
  }
}

function at(place: string): string {
  return join(VAULT_ROOT, place);
}
