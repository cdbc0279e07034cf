/** Adding up what the bucket was asked, month by month. */
import { SatchelError } from '../base/errors.ts';
import type { Clock } from '../base/ports.ts';
import type { Database } from '../replica/database.ts';
import { addUsage } from '../replica/usage.ts';
import type { MeteredStore } from '../store/meter.ts';

/**
 * A function that adds what was counted since it was last called. Where the replica cannot be
 * written just then, the next call does it: counting must not fail a command that did its work.
 */
export function usageNoter(db: Database, meter: MeteredStore, clock: Clock): () => void {
  let noted = meter.snapshot();
  return () => {
    const now = meter.snapshot();
    const more = { ...meter.since(noted) };
    if (Object.values(more).every((value) => value === 0)) return;
    try {
      addUsage(db, monthOf(clock.now()), more);
      noted = now;
    } catch (error) {
      if (!(error instanceof SatchelError)) throw error;
    }
  };
}

/** Such as `2026-11`, in UTC. */
export function monthOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 7);
}
