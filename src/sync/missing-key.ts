/** What a device does that lacks the repository's newest key: it reads what it can, and waits. */
import { addEvent } from '../replica/events.ts';
import { deleteMeta, getMeta, setMeta } from '../replica/meta.ts';
import type { Engine } from './engine.ts';

/**
 * True from the moment this device meets what was sealed with a key that it lacks. Until it has
 * that key it publishes nothing: whoever holds the old one may be the reason for the change.
 */
export function isKeyMissing(engine: Engine): boolean {
  return getMeta(engine.db, 'missing-key') !== undefined;
}

/**
 * Notes after a poll whether something in it was sealed with a key that this device lacks. That it
 * was not met again means nothing: the head may be one that is rarely read, or the bucket may show
 * an older one. Only a key that came since ends it.
 */
export function noteMissingKey(engine: Engine, isMissing: boolean): void {
  const { db, clock, key } = engine;
  const known = String(key.epochs.length);
  const noted = getMeta(db, 'missing-key');
  if (isMissing ? noted !== undefined : noted === undefined || noted === known) return;
  if (isMissing) setMeta(db, 'missing-key', known);
  else deleteMeta(db, 'missing-key');
  addEvent(db, {
    time: clock.now(),
    kind: 'warning',
    message: isMissing
      ? "The repository's key was changed on another device. Nothing is published from here " +
        'until "satchel keys unlock".'
      : "This device has the repository's new key.",
  });
}
