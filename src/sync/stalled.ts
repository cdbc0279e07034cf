/** S13: nobody waits for the dead. */
import { collectionIds, deleteNote, getNote, setNote } from '../replica/meta.ts';
import { peerOf } from '../replica/peers.ts';
import { adoptedNumber } from './adopters.ts';
import { missingNeeds } from './apply.ts';
import { endIdentity } from './ends.ts';
import { type Engine, selfId } from './engine.ts';
import type { Trouble } from './kind.ts';
import { retiredDevices } from './retired.ts';

/** What came of reading one device's head in a pull. */
export type ReadOutcome =
  /** The head was read, with all that it names. */
  | { readonly kind: 'sound' }
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'trouble';
      readonly trouble: Trouble;
      /** True where the head itself was read, with its list of condemned blobs (rule S12). */
      readonly isHeadRead: boolean;
      /** True where nobody can read the head itself, with whatever key or Satchel. */
      readonly isHeadDamaged: boolean;
      readonly isKeyMissing: boolean;
    };

/** A number that its author's head has lacked for so long is not coming any more. */
const GIVEN_UP_MS = 60 * 60 * 1000;
/** A head that is not there, or damaged, may be slow to arrive, or be written again by its device. */
const UNREAD_GIVEN_UP_MS = 24 * GIVEN_UP_MS;

/**
 * A number that others need, and that its author's head has not shown for an hour, is ended at the
 * head's number, or at that of an adopter's copy (rule S14). What could not be read shows nothing:
 * only heads soundly read in this very pull count, and, after a day, heads that are not there, or that
 * are damaged where a person has removed the device; those end at what was last read of them here.
 * @returns true where something was ended.
 */
export function endStalled(engine: Engine, outcomes: ReadonlyMap<string, ReadOutcome>): boolean {
  const { db, clock } = engine;
  let isNews = false;
  for (const collection of collectionIds(db)) {
    for (const [device, n] of missingNeeds(engine, collection)) {
      const outcome = outcomes.get(device);
      if (outcome === undefined || device === selfId(engine)) continue;
      const isLeft = isDamagedAndLeft(engine, device, outcome);
      const [lacks, unread] = [`lacks:${device}:${n}`, `unread:${device}:${n}`];
      if (!isLeft) deleteNote(db, collection, unread);
      if (outcome.kind === 'trouble' && !isLeft) continue;
      const note = isLeft ? unread : lacks;
      const shown = shownNumber(engine, collection, device);
      if (shown >= n) {
        deleteNote(db, collection, note);
        continue;
      }
      // A clock that was ahead when the wait began must not make it last until then.
      const since = Math.min(Number(getNote(db, collection, note) ?? clock.now()), clock.now());
      setNote(db, collection, note, String(since));
      const givenUpMs = outcome.kind === 'sound' ? GIVEN_UP_MS : UNREAD_GIVEN_UP_MS;
      if (clock.now() - since <= givenUpMs) continue;
      endIdentity(engine, device, collection, shown);
      isNews = true;
    }
  }
  return isNews;
}

/** True for a head that nobody can read, of a device that a person has removed. */
function isDamagedAndLeft(engine: Engine, device: string, outcome: ReadOutcome): boolean {
  return outcome.kind === 'trouble' && outcome.isHeadDamaged && retiredDevices(engine).has(device);
}

/** How far a device's head, as last read, or those who keep its commits reach. */
function shownNumber(engine: Engine, collection: string, device: string): number {
  const read = peerOf(engine.db, device)?.numbers?.[collection] ?? 0;
  return Math.max(read, adoptedNumber(engine, collection, device));
}
