/** Copies of a device as a disk image makes them: its home and the folder that it carries. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pair } from './pair.ts';

/** Starts another machine from the laptop's disk. Returns its folder. */
export function cloneLaptop(pair: Pair, name: string): string {
  const { root } = pair.place;
  const folder = join(root, `${name}-files/Notes`);
  copy(join(root, 'laptop'), join(root, name));
  copy(pair.here, folder);
  // Two machines have the same paths; here they have to differ.
  const settings = join(root, name, 'settings.json');
  writeFileSync(settings, readFileSync(settings, 'utf8').replaceAll(pair.here, folder));
  const marker = join(folder, '.satchel/attached.json');
  const home = join(root, 'laptop');
  writeFileSync(marker, readFileSync(marker, 'utf8').replaceAll(home, join(root, name)));
  return folder;
}

/** Keeps the laptop as it is now; call the result with what to put back of it later. */
export function backUpLaptop(pair: Pair): (what: { readonly isFolderToo: boolean }) => void {
  const { root } = pair.place;
  const home = join(root, 'laptop');
  copy(home, join(root, 'backup/home'));
  copy(pair.here, join(root, 'backup/folder'));
  return ({ isFolderToo }) => {
    replace(join(root, 'backup/home'), home);
    if (isFolderToo) replace(join(root, 'backup/folder'), pair.here);
  };
}

function replace(from: string, to: string): void {
  rmSync(to, { recursive: true });
  copy(from, to);
}

function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
}
