/** What a device does that lacks the repository's newest key: it reads what it can, and waits. */
import { toBase64 } from '../base/bytes.ts';
import { isErrorKind } from '../base/errors.ts';
import { opensNoMore } from '../format/slot.ts';
import { addEvent } from '../replica/events.ts';
import { deleteMeta, getMeta, setMeta } from '../replica/meta.ts';
import type { Engine } from './engine.ts';
import { readSlots } from './slots.ts';

/** A claim that nothing has borne out for so long is one no more. */
const UNMET_MS = 60 * 60 * 1000;

/**
 * True from the moment this device meets what was sealed with a key that it lacks. Until it has
 * that key it publishes nothing: whoever holds the old one may be the reason for the change.
 */
export function isKeyMissing(engine: Engine): boolean {
  return getMeta(engine.db, 'missing-key') !== undefined;
}

/** What a poll met. */
export interface KeyOutcome {
  /** True where something in it was sealed with a key that this device lacks. */
  readonly isMissing: boolean;
  /** True where it read all heads. */
  readonly isFull: boolean;
}

/**
 * Notes after a poll whether a key is missing here. That it was not met again means little: the
 * head may be one that is rarely read, or the bucket may show an older one. So a key that came
 * since ends it; or else that full polls have met nothing of the kind for an hour, and that no slot
 * holds a key which is not here. Then the object only said so: its header, which tells the key, is
 * in the clear, and who can write to the bucket can alter it.
 */
export async function noteMissingKey(engine: Engine, poll: KeyOutcome): Promise<void> {
  const { db, clock, key } = engine;
  const known = String(key.epochs.length);
  const noted = getMeta(db, 'missing-key');
  if (noted === undefined) {
    if (!poll.isMissing) return;
    setMeta(db, 'missing-key', known);
    return tell(
      engine,
      "The repository's key was changed on another device. Nothing is published from here " +
        'until "satchel keys unlock".',
    );
  }
  if (poll.isMissing) return deleteMeta(db, 'missing-key-unmet');
  const isHere = noted !== known;
  if (!isHere) {
    if (!poll.isFull) return;
    const unmetSince = Number(getMeta(db, 'missing-key-unmet') ?? clock.now());
    setMeta(db, 'missing-key-unmet', String(unmetSince));
    if (clock.now() - unmetSince <= UNMET_MS || (await mayBeOffered(engine))) return;
  }
  db.transaction(() => {
    deleteMeta(db, 'missing-key');
    deleteMeta(db, 'missing-key-unmet');
  });
  tell(
    engine,
    isHere
      ? "This device has the repository's new key."
      : "The repository's key was not changed after all: an object that said so was altered in " +
          'the bucket. This device publishes again. Look at who can write to the bucket.',
  );
}

/** A changed key is in the slots before anything is sealed with it. */
async function mayBeOffered({ store, key }: Engine): Promise<boolean> {
  const known = key.epochs.slice(1).map(({ tag }) => toBase64(tag));
  try {
    const slots = await readSlots(store);
    return slots.length === 0 || slots.some(({ slot }) => !opensNoMore(slot, known));
  } catch (error) {
    if (!isErrorKind(error, 'damaged')) throw error;
    return true;
  }
}

function tell({ db, clock }: Engine, message: string): void {
  addEvent(db, { time: clock.now(), kind: 'warning', message });
}
