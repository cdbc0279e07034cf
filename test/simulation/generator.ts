/**
 * The one source of chance of a simulated run. A seed of 64 bits decides every choice in it: what
 * people do, what fails, who goes on first, and the bytes that devices take for unpredictable.
 */
import type { Random } from '../../src/base/ports.ts';
import type { Dice } from '../support/dice.ts';

export interface Generator extends Dice, Random {
  /** A number of `0 <= x < 1`. */
  unit(): number;
  /** An integer of `from .. to`, both included. */
  between(from: number, to: number): number;
  /** An integer of `1 .. most`, as often near one as near the other end, by its logarithm. */
  longTail(most: number): number;
}

const SEED_LIMIT = 2n ** 64n;

/**
 * A seed as a person types it: decimal, or hexadecimal after `0x`.
 * @throws RangeError where it is no number of 64 bits.
 */
export function parseSeed(text: string): bigint {
  if (!/^(?:\d+|0x[\da-f]+)$/i.test(text)) throw new RangeError(`"${text}" is no seed`);
  const seed = BigInt(text);
  if (seed >= SEED_LIMIT) throw new RangeError(`the seed ${text} has more than 64 bits`);
  return seed;
}

/** The seed of the `index`-th run of a series: far from its neighbours, and the same every time. */
export function seedOfRun(first: bigint, index: number): bigint {
  return (first + BigInt(index)) % SEED_LIMIT;
}

/** SFC32 by Chris Doty-Humphrey (PractRand), public domain algorithm: small, fast, well mixed. */
export function createGenerator(seed: bigint): Generator {
  let a = Number(seed & 0xffffffffn) | 0;
  let b = Number((seed >> 32n) & 0xffffffffn) | 0;
  let c = 0x9e3779b9 | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 15; round += 1) next();
  const unit = (): number => next() / 2 ** 32;
  const below = (limit: number): number => Math.floor(unit() * limit);
  return {
    unit,
    below,
    between: (from, to) => from + below(to - from + 1),
    longTail: (most) =>
      Math.max(1, Math.min(most, Math.floor(Math.exp(unit() * Math.log(most + 1))))),
    chance: (probability) => unit() < probability,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
    bytes(count) {
      const bytes = new Uint8Array(count);
      for (let offset = 0; offset < count; offset += 1) bytes[offset] = next() & 0xff;
      return bytes;
    },
  };
}
