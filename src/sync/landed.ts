/** S9: which numbers of this device its heads told, and which of them are known to have arrived. */

import { appliedUpTo } from '../replica/clocks.ts';
import type { Database } from '../replica/database.ts';
import { collectionIds, getMeta, getNote, setMeta, setNote } from '../replica/meta.ts';
import { type Engine, selfId } from './engine.ts';

/** A head that was about to be written. */
export interface TriedHead {
  readonly nonce: string;
  /** The number of the change that it shows. */
  readonly change: string;
}

/** The head last tried; it may have arrived, or may still do so. */
export function lastTried(db: Database): TriedHead {
  const text = getMeta(db, 'head-tried');
  return text === undefined ? { nonce: '', change: '' } : JSON.parse(text);
}

/** Notes which numbers a head about to be written shows: a lost PUT may still land (rule S9). */
export function noteTried(engine: Engine, head: TriedHead): void {
  const { db } = engine;
  keepLanded(db);
  for (const collection of collectionIds(db)) {
    setNote(db, collection, 'tried', String(appliedUpTo(db, collection, selfId(engine))));
  }
  setMeta(db, 'head-tried', JSON.stringify(head));
}

/** Up to which number heads told of this device's commits, whether they arrived or not. */
export function triedUpTo(db: Database, collection: string): number {
  return Number(getNote(db, collection, 'tried') ?? '0');
}

/** Up to which number a head is known to have been in the bucket. */
export function landedUpTo(db: Database, collection: string): number {
  if (hasLanded(db)) return triedUpTo(db, collection);
  return Number(getNote(db, collection, 'landed') ?? '0');
}

/** Keeps what is known to have arrived, before the head last tried is no more the last one. */
export function keepLanded(db: Database): void {
  if (!hasLanded(db)) return;
  for (const collection of collectionIds(db)) {
    setNote(db, collection, 'landed', String(triedUpTo(db, collection)));
  }
}

/** Forgets all of a collection's numbers: under a new identity none was told. */
export function forgetTried(db: Database, collection: string): void {
  setNote(db, collection, 'tried', '0');
  setNote(db, collection, 'landed', '0');
}

/** A head that shows the same change tells the same numbers. */
function hasLanded(db: Database): boolean {
  return lastTried(db).change === getMeta(db, 'head-acknowledged');
}
