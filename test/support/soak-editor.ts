/**
 * A person who works for hours on a folder that stays as large as it is: notes are written again,
 * some go and others come, a few change their names.
 */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dice } from './dice.ts';
import { noise, save } from './trees.ts';

const NOTES = 150;
const PICTURES = 10;
const PICTURE_BYTES = 60_000;

export interface SteadyEditor {
  /** Whose files they are: each person keeps to a subfolder, so that nothing is in conflict. */
  readonly device: string;
  readonly folder: string;
  readonly dice: Dice;
  /** Counts every edit. */
  edits: number;
}

/** What is there before the first edit. */
export function fillSteadily({ device, folder }: SteadyEditor): void {
  for (let index = 0; index < NOTES; index += 1) {
    save(folder, `${device}/note ${index}.md`, `note ${index} of ${device}\n`.repeat(20));
  }
  for (let index = 0; index < PICTURES; index += 1) {
    save(folder, `${device}/picture ${index}.png`, noise(index, PICTURE_BYTES));
  }
}

/** One edit: of ten, seven change a note, one a picture, one deletes or adds, one renames. */
export function editSteadily(editor: SteadyEditor): void {
  const { device, folder, dice } = editor;
  editor.edits += 1;
  const note = join(folder, device, `note ${dice.below(NOTES)}.md`);
  const roll = dice.below(10);
  if (roll === 0) {
    const picture = join(folder, device, `picture ${dice.below(PICTURES)}.png`);
    writeFileSync(picture, noise(editor.edits, PICTURE_BYTES));
  } else if (roll === 1 && existsSync(note)) rmSync(note);
  else if (roll === 2 && existsSync(note)) {
    const name = `note ${dice.below(NOTES)}.md`;
    renameSync(note, join(folder, device, name));
  } else {
    const line = `edit ${editor.edits} of ${device}\n`;
    writeFileSync(note, line.repeat(1 + dice.below(60)));
  }
}
