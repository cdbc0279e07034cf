/** How far this computer's clock is off, as last heard from the bucket: kept for the next command. */
import { SatchelError } from '../base/errors.ts';
import type { Database } from '../replica/database.ts';
import { addEvent } from '../replica/events.ts';
import { getMeta, setMeta } from '../replica/meta.ts';
import type { AppContext } from './context.ts';
import { clockWarning } from './corrected-clock.ts';

/** What is added to this computer's clock, milliseconds. */
export function clockOffset(db: Database): number {
  return Number(getMeta(db, 'clock-offset') ?? '0');
}

/**
 * A clock that is far off is told once, and again when that changes. It is heard with any answer of
 * the bucket, which is no worse for a replica that cannot be written just then: the next command
 * hears it again.
 */
export function noteClockOffset(context: AppContext, db: Database, offsetMs: number): void {
  const message =
    offsetMs === 0
      ? 'The clock of this computer agrees with the bucket again.'
      : clockWarning(offsetMs);
  if (offsetMs !== 0) context.notice(message);
  try {
    db.transaction(() => {
      setMeta(db, 'clock-offset', String(offsetMs));
      addEvent(db, { time: context.clock.now() + offsetMs, kind: 'warning', message });
    });
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
  }
}
