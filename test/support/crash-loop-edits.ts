/**
 * What a person does to a folder while Satchel works in it. Unlike `wild-edits.ts`, nothing here
 * minds that files move underfoot, and each act is told to the ledger: what it made, and what it
 * put an end to with the person's knowledge.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemCode } from '../../src/base/errors.ts';
import type { Ledger } from './crash-loop-ledger.ts';
import { type Hand, moveTo, toggleExecutable } from './hand.ts';
import { filesOf, foldersOf, hashOf, noise } from './trees.ts';

export interface Editor extends Hand {
  readonly device: string;
  /** A folder on the same disk that Satchel does not carry: where editors keep their drafts. */
  readonly drafts: string;
  readonly ledger: Ledger;
}

/** Few of them, so that devices meet in the same ones. */
const FOLDERS = ['', 'Journal', 'Trips', 'Trips/Alps'];
const NAMES = ['a.md', 'b.md', 'c.md', 'ä ✅.txt', 'pic.png'];

/** What becomes of acts on a tree that changes underfoot. */
const UNDERFOOT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY']);

/** Does one thing. Returns it in words, for the story of a life that failed. */
export function editOnce(editor: Editor): string {
  const { dice } = editor;
  const roll = dice.below(100);
  try {
    if (roll < 30) return saveText(editor);
    if (roll < 45) return savePicture(editor);
    if (roll < 62) return change(editor);
    if (roll < 77) return move(editor, filesOf(editor.folder));
    if (roll < 84) return move(editor, foldersOf(editor.folder));
    if (roll < 93) return remove(editor, filesOf(editor.folder));
    if (roll < 95) return removeFolder(editor);
    return toggleExecutable(editor);
  } catch (error) {
    const code = systemCode(error) ?? '';
    if (!UNDERFOOT.has(code)) throw error;
    return `was too late (${code})`;
  }
}

function saveText(editor: Editor): string {
  const number = editor.next();
  const line = `${editor.device} wrote ${number}\n`;
  const path = join(editor.dice.pick(FOLDERS), editor.dice.pick(NAMES));
  return save(editor, path, Buffer.from(line.repeat(1 + editor.dice.below(40))));
}

function savePicture(editor: Editor): string {
  const isHuge = editor.dice.chance(0.07);
  const sizeBytes = isHuge ? 9_000_000 : 1_000 + editor.dice.below(200_000);
  const path = join(editor.dice.pick(FOLDERS), editor.dice.pick(NAMES));
  return save(editor, path, noise(editor.next(), sizeBytes));
}

/** Opens a file, adds a line, and saves it. */
function change(editor: Editor): string {
  const files = filesOf(editor.folder);
  if (files.length === 0) return 'had nothing to change';
  const path = editor.dice.pick(files);
  const former = readFileSync(join(editor.folder, path));
  const line = Buffer.from(`${editor.device} added ${editor.next()}\n`);
  return save(editor, path, Buffer.concat([former, line]));
}

/** As editors save: in place, or by a draft that takes the name over in one step. */
function save(editor: Editor, path: string, content: Uint8Array): string {
  const { device, folder, drafts, dice, ledger, next } = editor;
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  const former = readIfThere(target);
  const isInPlace = dice.chance(0.4);
  // Before it is there, for Satchel may carry it on at once.
  const hash = hashOf(content);
  const draft = join(drafts, String(next()));
  if (isInPlace) writeFileSync(target, content);
  else {
    writeFileSync(draft, content);
    renameOrDrop(draft, target);
  }
  if (former !== undefined) ledger.gaveUp(device, hashOf(former));
  ledger.saved(device, hash, path);
  return `saved ${hash.slice(0, 8)} as ${path}${isInPlace ? ' in place' : ''}`;
}

function renameOrDrop(draft: string, target: string): void {
  try {
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft);
    throw error;
  }
}

function move(editor: Editor, from: readonly string[]): string {
  const { dice } = editor;
  return moveTo(editor, from, () => join(dice.pick(FOLDERS), dice.pick(NAMES)));
}

function remove({ device, folder, dice, ledger }: Editor, paths: readonly string[]): string {
  if (paths.length === 0) return 'had nothing to delete';
  const path = dice.pick(paths);
  const former = readFileSync(join(folder, path));
  rmSync(join(folder, path));
  ledger.gaveUp(device, hashOf(former));
  return `deleted ${path} (${hashOf(former).slice(0, 8)})`;
}

/** File by file, as `rm -r` does: what appears meanwhile stays. */
function removeFolder(editor: Editor): string {
  const folders = foldersOf(editor.folder);
  if (folders.length === 0) return 'had no folder to delete';
  const path = editor.dice.pick(folders);
  const inside = filesOf(editor.folder).filter((file) => file.startsWith(`${path}/`));
  for (const file of inside) remove(editor, [file]);
  rmSync(join(editor.folder, path), { recursive: true });
  return `deleted the folder ${path} with ${inside.length} files`;
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
