/**
 * What Satchel owes the people of a life: every content that one of them saved, until that very
 * person overwrote or deleted it on that device before it had been taken in. Contents are unique:
 * no two saves have the same.
 */
import type { Owed } from './owed.ts';
import { contentsOf } from './trees.ts';

export interface Ledger {
  /** A person made a file of this content. */
  saved(device: string, hash: string, where: string): void;
  /** A person overwrote or deleted a content, having seen it. */
  gaveUp(device: string, hash: string): void;
  /** From now on nothing that is in the folder may be lost, whatever the person does. */
  takenIn(device: string, folder: string): void;
  /** Has to be in a file, a conflict or the history: content hashes, each with where it was seen. */
  owed(): Owed;
  /** Nobody has put an end to it anywhere: it has to be in a file. */
  untouched(): Owed;
  /** What is not in the folder now was put an end to, by a choice that nobody told the ledger of. */
  settle(folder: string): void;
}

export function createLedger(): Ledger {
  /** By device: what its person saved and did not give up. */
  const standing = new Map<string, Owed>();
  const secured: Owed = new Map();
  const untouched: Owed = new Map();
  const of = (device: string): Owed => {
    const found = standing.get(device) ?? new Map();
    standing.set(device, found);
    return found;
  };
  return {
    saved(device, hash, where) {
      of(device).set(hash, `${where} on ${device}`);
      untouched.set(hash, `${where} on ${device}`);
    },
    gaveUp(device, hash) {
      of(device).delete(hash);
      untouched.delete(hash);
    },
    takenIn(device, folder) {
      for (const [hash, path] of contentsOf(folder)) secured.set(hash, `${path} on ${device}`);
    },
    owed: () => new Map([...[...standing.values()].flatMap((map) => [...map]), ...secured]),
    untouched: () => untouched,
    settle(folder) {
      const present = contentsOf(folder);
      for (const hash of untouched.keys()) if (!present.has(hash)) untouched.delete(hash);
    },
  };
}
