/** Choices made from a Random, so that a seed repeats a whole run. */
import type { Random } from '../../src/base/ports.ts';

export interface Dice {
  /** An integer in `0 .. below-1`. */
  below(below: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
}

export function createDice(random: Random): Dice {
  const unit = (): number => {
    const bytes = random.bytes(6);
    return Buffer.from(bytes).readUIntBE(0, 6) / 2 ** 48;
  };
  const below = (limit: number): number => Math.floor(unit() * limit);
  return {
    below,
    chance: (probability) => unit() < probability,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
  };
}
