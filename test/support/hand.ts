/** What a hand does to a folder in every life that is drawn from dice. */
import { chmodSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Dice } from './dice.ts';
import { filesOf } from './trees.ts';

export interface Hand {
  readonly folder: string;
  readonly dice: Dice;
  /** A number that nobody gets twice: it makes every content the only one of its kind. */
  next(): number;
}

/**
 * Moves one of these paths, to a name of its own or to the one drawn by `name`, where nothing is
 * there and `canHold` allows it. Returns that in words.
 */
export function moveTo(
  { folder, dice, next }: Hand,
  from: readonly string[],
  name: () => string,
  canHold: (path: string) => boolean = () => true,
): string {
  if (from.length === 0) return 'had nothing to move';
  const path = dice.pick(from);
  const isNewName = dice.chance(0.5);
  const to = isNewName ? `${path} ${next()}` : name();
  const isInside = `${to}/`.startsWith(`${path}/`);
  if (isInside || existsSync(join(folder, to)) || !canHold(to)) return `could not move ${path}`;
  mkdirSync(dirname(join(folder, to)), { recursive: true });
  renameSync(join(folder, path), join(folder, to));
  return `moved ${path} to ${to}`;
}

/** Returns in words what it did. */
export function toggleExecutable({ folder, dice }: Hand): string {
  const files = filesOf(folder);
  if (files.length === 0) return 'had nothing to make executable';
  const path = dice.pick(files);
  const { mode } = statSync(join(folder, path));
  chmodSync(join(folder, path), mode ^ 0o111);
  return `changed the mode of ${path}`;
}
