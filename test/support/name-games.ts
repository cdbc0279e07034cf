/**
 * People who play with names: a few files under a handful of names, twins in case and Unicode form
 * among them, that swap, go round, are renamed, deleted and made anew on two devices. One seed
 * decides everything.
 */
import assert from 'node:assert/strict';
import { linkSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { TestContext } from 'node:test';
import { createDice, type Dice } from './dice.ts';
import { FOLDS_ALL } from './folding-disk.ts';
import { createSeededRandom } from './ports.ts';
import { openVaultDevices, type VaultDevice, type VaultDevices } from './vault-devices.ts';

const FOLDERS = ['', 'd/', 'D/', 'e/', 'f/g/'] as const;
const NAMES = ['a', 'b', 'c', 'A', 'é'.normalize('NFC'), 'é'.normalize('NFD'), 'd'] as const;
const STEPS = 14;
/** Files that stay, so that no disk is ever emptied. */
const ANCHORS = ['anchor 1', 'anchor 2'] as const;

interface Game {
  readonly devices: VaultDevices;
  readonly dice: Dice;
  /** Contents that a person put somewhere, and those that one saw and took away. */
  readonly made: Set<string>;
  readonly gone: Set<string>;
  readonly log: string[];
  count: number;
}

/** Plays one game, and makes sure that nothing was lost and the devices agree. */
export async function playNames(t: TestContext, seed: number): Promise<void> {
  const dice = createDice(createSeededRandom(seed));
  const folding = dice.pick([{}, {}, { b: FOLDS_ALL }, { a: FOLDS_ALL, b: FOLDS_ALL }]);
  const devices = await openVaultDevices(t, { seed, folding });
  const log = [`disks that fold: ${Object.keys(folding).join() || 'none'}`];
  const game: Game = { devices, dice, made: new Set(), gone: new Set(), log, count: 0 };
  for (const name of ANCHORS) await devices.a.put(name, name);
  try {
    for (let step = 0; step < STEPS; step += 1) {
      const name = dice.pick(['a', 'b'] as const);
      const words = dice.chance(0.3)
        ? await syncOne(devices[name])
        : await act(game, devices[name]);
      log.push(`${name}: ${words}`);
    }
    await untilQuiet(game);
    await check(game, Object.keys(folding).length === 0);
  } catch (error) {
    throw new Error(`TEST_SEED=${seed}\n${log.join('\n')}`, { cause: error });
  }
}

async function syncOne(device: VaultDevice): Promise<string> {
  await device.sync();
  return 'synced';
}

async function act(game: Game, device: VaultDevice): Promise<string> {
  const { dice } = game;
  const files = pathsOf(device, false);
  const roll = dice.below(20);
  if (files.length === 0 || roll < 5) return write(game, device, somePath(game));
  if (roll < 6) return makeLink(game, device, somePath(game));
  if (roll < 7) return hardLink(game, device, dice.pick(files), somePath(game));
  if (roll < 8) return remove(game, device, dice.pick(files));
  if (roll < 9) return write(game, device, dice.pick(files));
  if (roll < 13) return move(game, device, dice.pick(files), somePath(game));
  if (roll < 16) return rotate(game, device, files, roll < 14 ? 2 : 3);
  const folders = pathsOf(device, true);
  if (folders.length === 0) return 'had no folder';
  if (roll < 18) return rotate(game, device, folders, dice.pick([2, 3]));
  return move(game, device, dice.pick(folders), dice.pick(['d', 'D', 'e', 'h', 'f/h']));
}

function somePath({ dice }: Game): string {
  return dice.pick(FOLDERS) + dice.pick(NAMES);
}

async function write(game: Game, device: VaultDevice, path: string): Promise<string> {
  if (!canHold(device, path)) return `could not write ${path}`;
  const before = contentAt(device, path);
  if (before?.startsWith('->') === true) return `left the link ${path} alone`;
  if (before !== undefined) game.gone.add(before);
  game.count += 1;
  const text = `content ${game.count}`;
  game.made.add(text);
  await device.put(path, text);
  return `wrote ${text} to ${path}`;
}

async function makeLink(game: Game, device: VaultDevice, path: string): Promise<string> {
  if (!canHold(device, path) || isThere(device, path)) return `could not link ${path}`;
  game.count += 1;
  const target = `target ${game.count}`;
  game.made.add(`-> ${target}`);
  await device.link(path, target);
  return `linked ${path} to ${target}`;
}

function hardLink(game: Game, device: VaultDevice, from: string, to: string): string {
  const { at } = device;
  const isPossible = canHold(device, to) && !isThere(device, to) && isThere(device, parentOf(to));
  if (!isPossible) return `could not give ${from} a second name`;
  linkSync(at(from), at(to));
  game.log.push(`  (${contentAt(device, to)})`);
  return `gave ${from} the second name ${to}`;
}

async function remove(game: Game, device: VaultDevice, path: string): Promise<string> {
  const before = contentAt(device, path);
  if (before !== undefined) game.gone.add(before);
  await device.remove(path);
  return `deleted ${path}`;
}

async function move(game: Game, device: VaultDevice, from: string, to: string): Promise<string> {
  const isRespelled = device.at(from) === device.at(to);
  if (from === to || `${to}/`.startsWith(`${from}/`)) return `left ${from} alone`;
  if (!isRespelled && (!canHold(device, to) || lstat(device, to)?.isDirectory() === true)) {
    return `could not move ${from} to ${to}`;
  }
  const isFolder = lstat(device, from)?.isDirectory() === true;
  if (!isRespelled && isFolder && isThere(device, to)) return `could not move ${from} to ${to}`;
  const before = isRespelled ? undefined : contentAt(device, to);
  // Of two names for one file, moving one onto the other does nothing.
  const isSameFile = lstat(device, from)?.ino === lstat(device, to)?.ino;
  if (before !== undefined && !isSameFile) game.gone.add(before);
  await device.move(from, to);
  return `moved ${from} to ${to}`;
}

async function rotate(
  { dice }: Game,
  device: VaultDevice,
  paths: readonly string[],
  count: number,
): Promise<string> {
  const chosen = [...new Set(Array.from({ length: count }, () => dice.pick(paths)))];
  const isNested = chosen.some((one) => chosen.some((other) => other.startsWith(`${one}/`)));
  if (chosen.length < 2 || isNested) return 'had nothing to rotate';
  const [first = '', ...rest] = chosen.toReversed();
  await device.move(first, 'aside');
  let free = first;
  for (const path of rest) {
    await device.move(path, free);
    free = path;
  }
  await device.move('aside', free);
  return `rotated ${chosen.join(' > ')}`;
}

async function untilQuiet({ devices }: Game): Promise<void> {
  const { a, b } = devices;
  for (let turn = 0; turn < 12; turn += 1) {
    const reports = [await a.sync(), await b.sync()];
    const isQuiet = reports.every(
      ({ published, applied }) => published.versions + applied.versions === 0,
    );
    if (!isQuiet || turn < 2) continue;
    for (const { failed } of reports) assert.deepEqual(failed, []);
    return;
  }
  assert.fail('the devices do not come to rest');
}

async function check({ devices, made, gone }: Game, areEqual: boolean): Promise<void> {
  const { a, b } = devices;
  const [here, there] = [await a.tree(), await b.tree()];
  const conflicts = a.conflicts();
  assert.deepEqual([...b.conflicts()].sort(), [...conflicts].sort(), 'conflicts are the same');
  if (conflicts.length === 0) {
    assert.deepEqual(contentsOf(there), contentsOf(here), 'contents differ');
    if (areEqual) assert.deepEqual(there, here, 'the folders differ');
  }
  const kept = new Set([...contentsOf(here), ...contentsOf(there)]);
  const lost = [...made].filter((content) => !gone.has(content) && !kept.has(content));
  assert.deepEqual(lost, [], 'contents that nobody took away are nowhere');
}

function contentsOf(tree: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(tree)
    .filter(([path]) => !path.endsWith('/'))
    .map(([, content]) => content)
    .sort();
}

function contentAt(device: VaultDevice, path: string): string | undefined {
  const stat = lstat(device, path);
  if (stat?.isSymbolicLink() === true) return `-> ${readlinkSync(device.at(path))}`;
  return stat?.isFile() === true ? readFileSync(device.at(path), 'utf8') : undefined;
}

function lstat(device: VaultDevice, path: string) {
  return lstatSync(device.at(path), { throwIfNoEntry: false });
}

function isThere(device: VaultDevice, path: string): boolean {
  return lstat(device, path) !== undefined;
}

/** True where everything above is a folder or free, and nothing but a file is at the path. */
function canHold(device: VaultDevice, path: string): boolean {
  for (let above = parentOf(path); above !== ''; above = parentOf(above)) {
    const stat = lstat(device, above);
    if (stat !== undefined && !stat.isDirectory()) return false;
  }
  return lstat(device, path)?.isDirectory() !== true;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Sorted, so that the same dice find the same path; without the anchors. */
function pathsOf({ root }: VaultDevice, areFolders: boolean): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory() === areFolders)
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => path !== '.satchel' && !path.startsWith('.satchel/'))
    .filter((path) => !ANCHORS.some((anchor) => anchor === path))
    .sort();
}
