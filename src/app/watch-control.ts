/** What a program that runs the loop for others adds to it. The command `watch` has none of it. */

import type { SyncResult } from '../api/status.ts';
import type { Session } from './session.ts';
import type { Due } from './watch-due.ts';

/** The loop, as those see it who have something for it. */
export interface LoopHandle {
  /** There is work: look at once. */
  wake(): void;
  /** Something was saved: it leaves for the bucket by rule S11. */
  changed(): void;
  /** Polls at once. */
  hurry(): void;
  /** Another device is being set up: looks for it in the bucket (rule S11). */
  expectDevice(): void;
  /** When the next poll is due, milliseconds of the monotonic clock. */
  nextPollMs(): number;
}

/**
 * Runs a round now, of the named collections or all of them, whatever their schedules say.
 * @throws SatchelError as `runSync`.
 */
export type RoundNow = (names: readonly string[] | undefined) => Promise<SyncResult>;

/**
 * Work for which no round may be under way. What it rejects with ends the loop, so it hands failures
 * to whoever waits for it by itself.
 */
export type WatchWork = (session: Session, roundNow: RoundNow) => Promise<void>;

export interface WatchControl {
  /** Called when the loop begins. */
  started(loop: LoopHandle): void;
  /** Work that waits for its turn between two rounds; undefined for none. */
  nextWork(): WatchWork | undefined;
  /** A change was noticed in the folder of a collection. */
  noticed(collection: string): void;
  began(due: Due): void;
  /** It came to its end; without a result where it failed, or was only a look. */
  ended(due: Due, result: SyncResult | undefined): void;
}
