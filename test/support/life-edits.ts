/** What a person does to a folder in a random life: few names, so that devices meet in them. */
import type { Dice } from './dice.ts';
import type { MapFolder } from './map-kind.ts';

const NAMES = ['a', 'b', 'c', 'd/e', 'pic.png'] as const;

export interface Edit {
  /** Makes a new name the only one of its kind. */
  readonly number: number;
  /** Draws what is saved if anything is; it is asked once, whatever the edit turns out to be. */
  text(): string;
}

/** Saves a file, or deletes or renames one of those that are there. */
export function editOne(dice: Dice, folder: MapFolder, { number, text }: Edit): void {
  const name = dice.pick(NAMES);
  const present = [...folder.keys()];
  const roll = dice.below(10);
  const content = text();
  if (roll < 6 || present.length === 0) folder.set(name, content);
  else if (roll < 8) folder.delete(dice.pick(present));
  else {
    const from = dice.pick(present);
    const moved = folder.get(from);
    folder.delete(from);
    if (moved !== undefined) folder.set(`${from}${number}`, moved);
  }
}
