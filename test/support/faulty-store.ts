/**
 * A store that fails the way networks do, from a seed: requests that never arrive, answers that
 * are lost after the work was done, writes that land late. It wraps a store that keeps the
 * contract; turned off it is that store.
 */
import type { Random } from '../../src/base/ports.ts';
import { type ObjectStore, StoreError } from '../../src/store/store.ts';
import { createDice, type Dice } from './dice.ts';

export interface FaultyStore extends ObjectStore {
  /** Faults happen only while this is true. */
  isFaulty: boolean;
  /** Lets the writes land that are still on their way. */
  land(): Promise<void>;
}

export function createFaultyStore(inner: ObjectStore, random: Random): FaultyStore {
  const dice: Dice = createDice(random);
  const late: { readonly key: string; readonly body: Uint8Array }[] = [];
  const lost = (): StoreError => new StoreError('unreachable', 'The reply was lost.', 'soon');
  const landSome = async (chance: number): Promise<void> => {
    while (late.length > 0 && dice.chance(chance)) {
      const write = late.shift();
      if (write !== undefined) await inner.put(write.key, write.body);
    }
  };
  const store: FaultyStore = {
    name: inner.name,
    isFaulty: true,
    async land() {
      await landSome(1.1);
    },
    async get(key, options) {
      await landSome(0.1);
      if (store.isFaulty && dice.chance(0.04)) throw lost();
      // Answers overtake each other.
      for (let turns = dice.below(6); turns > 0; turns -= 1) await undefined;
      return await inner.get(key, options);
    },
    async put(key, body) {
      if (store.isFaulty) {
        if (dice.chance(0.06)) throw lost();
        if (key.startsWith('heads/') && dice.chance(0.06)) {
          late.push({ key, body });
          throw lost();
        }
        if (dice.chance(0.08)) {
          await inner.put(key, body);
          throw lost();
        }
      }
      return await inner.put(key, body);
    },
    async list(prefix) {
      if (store.isFaulty && dice.chance(0.1)) return { objects: [], strange: [] };
      return await inner.list(prefix);
    },
    delete: (key) => inner.delete(key),
    close: () => inner.close(),
  };
  return store;
}
