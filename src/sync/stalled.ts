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
      readonly isKeyMissing: boolean;
    };

/** A number that its author's head has lacked for so long is not coming any more. */
const GIVEN_UP_MS = 60 * 60 * 1000;
/** A head that is not there, or damaged, may be slow to arrive, or be written again by its device. */
const MISSING_GIVEN_UP_MS = 24 * GIVEN_UP_MS;

/**
 * A number that others need, and that its author's head has not shown for an hour, is ended at the
 * head's number, or at that of an adopter's copy (rule S14). What could not be read shows nothing:
 * only heads soundly read in this very pull count, and, after a day, heads that are not there, or
 * are damaged and of a device that a person has removed.
 * @returns true where something was ended.
 */
export function endStalled(engine: Engine, outcomes: ReadonlyMap<string, ReadOutcome>): boolean {
  const { db, clock } = engine;
  let isNews = false;
  for (const collection of collectionIds(db)) {
    for (const [device, n] of missingNeeds(engine, collection)) {
      const note = `lacks:${device}:${n}`;
      const shown = shownNumber(engine, collection, device, outcomes.get(device));
      if (shown === undefined || device === selfId(engine)) continue;
      if (shown.n >= n) {
        deleteNote(db, collection, note);
        continue;
      }
      // A clock that was ahead when the wait began must not make it last until then.
      const since = Math.min(Number(getNote(db, collection, note) ?? clock.now()), clock.now());
      setNote(db, collection, note, String(since));
      if (clock.now() - since <= shown.givenUpMs) continue;
      endIdentity(engine, device, collection, shown.n);
      isNews = true;
    }
  }
  return isNews;
}

/** What the bucket shows of a device by this pull; undefined where that cannot be said. */
function shownNumber(
  engine: Engine,
  collection: string,
  device: string,
  outcome: ReadOutcome | undefined,
): { readonly n: number; readonly givenUpMs: number } | undefined {
  if (outcome === undefined) return undefined;
  // What a later key opens is not lost.
  const isAwaited =
    outcome.kind === 'trouble' && (outcome.isKeyMissing || !retiredDevices(engine).has(device));
  if (isAwaited) return undefined;
  const own = peerOf(engine.db, device)?.numbers?.[collection] ?? 0;
  const n = Math.max(own, adoptedNumber(engine, collection, device));
  return { n, givenUpMs: outcome.kind === 'sound' ? GIVEN_UP_MS : MISSING_GIVEN_UP_MS };
}
