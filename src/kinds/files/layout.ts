/** Where things are inside an attached folder. A place is a path relative to it, with `/`. */
import { join } from 'node:path';
import { SATCHEL_FOLDER } from './names.ts';

/** The absolute path of a place. The place has to be a safe one: nothing is checked here. */
export function pathOf(root: string, place: string): string {
  return join(root, ...place.split('/'));
}

/** What is ours in the folder. */
export function ownFolder(root: string): string {
  return join(root, SATCHEL_FOLDER);
}

/** Files on their way: same file system as the places they go to, so that a rename moves them. */
export function tmpFolder(root: string): string {
  return join(root, SATCHEL_FOLDER, 'tmp');
}

export function trashFolder(root: string): string {
  return join(root, SATCHEL_FOLDER, 'trash');
}

/** The folders a place is in, the nearest first; none for a place at the root. */
export function foldersAbove(place: string): string[] {
  const folders: string[] = [];
  for (let end = place.lastIndexOf('/'); end > 0; end = place.lastIndexOf('/', end - 1)) {
    folders.push(place.slice(0, end));
  }
  return folders;
}
