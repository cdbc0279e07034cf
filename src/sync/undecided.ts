/**
 * S9: a device that finds a head under its identity which it did not write, and cannot tell yet how
 * far both lives are the same, decides nothing: the end that it would announce stays for good.
 */
import { SatchelError } from '../base/errors.ts';
import { deleteMeta, getMeta, setMeta } from '../replica/meta.ts';
import type { Engine } from './engine.ts';

/** Thrown by a look at the own head that has to be repeated: something may still be on its way. */
export class UndecidedError extends SatchelError {}

/** What the other life wrote may be lost for ever; after so long it is decided without. */
const GIVEN_UP_MS = 60 * 60 * 1000;

/**
 * True from a look at the own head that could not tell what it means until one that does. Meanwhile
 * nothing is published: it might go over what that head alone tells.
 */
export function isUndecided({ db }: Pick<Engine, 'db'>): boolean {
  return getMeta(db, 'undecided-since') !== undefined;
}

/** Notes that this look decided nothing, for a reason that does not pass with time. */
export function noteUndecided({ db }: Engine): void {
  setMeta(db, 'undecided-since', '');
}

/** Notes that this look tells what the own head means. */
export function noteDecided(engine: Pick<Engine, 'db'>): void {
  if (!isUndecided(engine)) return;
  deleteMeta(engine.db, 'undecided-since');
  deleteMeta(engine.db, 'moved-since');
}

/**
 * @throws UndecidedError for an hour from the first time on.
 */
export function awaitMissing({ db, clock }: Engine, path: string): void {
  // A clock that was ahead then has been set right since.
  const since = Math.min(Number(getMeta(db, 'undecided-since') || clock.now()), clock.now());
  setMeta(db, 'undecided-since', String(since));
  if (clock.now() - since > GIVEN_UP_MS) return;
  throw new UndecidedError(
    'damaged',
    `This device was restored or copied, and the object ${path}, from the time since, cannot be read.`,
    {
      hint: 'It may still be on its way. Until it comes, for an hour at most, nothing is published.',
    },
  );
}
