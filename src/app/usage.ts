/** Adding up what the bucket was asked, by month and by day. */
import { SatchelError } from '../base/errors.ts';
import type { Clock } from '../base/ports.ts';
import { addDailyUsage, dropDaysBefore } from '../replica/daily.ts';
import type { Database } from '../replica/database.ts';
import { addUsage } from '../replica/usage.ts';
import type { OpenedStore } from './store.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** As long as events are kept. */
const KEPT_DAYS = 90;

/**
 * A function that adds what was counted since it was last called. Where the replica cannot be
 * written just then, the next call does it: counting must not fail a command that did its work.
 */
export function usageNoter(
  db: Database,
  { meter, retries }: Pick<OpenedStore, 'meter' | 'retries'>,
  clock: Clock,
): () => void {
  let noted = meter.snapshot();
  let notedRetries = retries();
  return () => {
    const [now, nowRetries] = [meter.snapshot(), retries()];
    const more = { ...meter.since(noted) };
    if (Object.values(more).every((value) => value === 0)) return;
    try {
      const timeMs = clock.now();
      db.transaction(() => {
        addUsage(db, monthOf(timeMs), more);
        addDailyUsage(db, dayOf(timeMs), { ...more, retries: nowRetries - notedRetries });
        dropDaysBefore(db, dayOf(timeMs - KEPT_DAYS * DAY_MS));
      });
      noted = now;
      notedRetries = nowRetries;
    } catch (error) {
      if (!(error instanceof SatchelError)) throw error;
    }
  };
}

/** Such as `2026-11`, in UTC. */
export function monthOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 7);
}

/** Such as `2026-11-21`, in UTC. */
export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
