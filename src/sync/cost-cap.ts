/** How polls are slowed so that a month's requests stay below what a person set. Pure. */

export interface Spending {
  /** What requests and transfers have cost so far this month. */
  readonly spent: number;
  /** What they may cost in the whole month, what is paid anyway taken off; may be below zero. */
  readonly budget: number;
  /** How much of the month is over, 0 to 1. */
  readonly monthShare: number;
}

/** Polls are never slower than this because of costs … */
const SLOWEST_POLL_MS = 60 * 60 * 1000;
/** … nor by more than this factor. */
const MOST_STRETCH = 60;
/**
 * Spent evenly, nine tenths of the budget are gone at the month's end. Being ahead of that is free
 * until it is a tenth of the budget, where polls are slowest: what is left then is for saves.
 */
const EVEN_SHARE = 0.9;
const AHEAD_SHARE = 1 - EVEN_SHARE;

/**
 * By what factor polls are to be slower than usual; 1 where they are not. It grows with how far the
 * spending is ahead of an even one, so that it settles where the budget lasts to the end of the
 * month. Saves are never held back.
 */
export function pollStretch({ spent, budget, monthShare }: Spending): number {
  if (budget <= 0) return MOST_STRETCH;
  const ahead = (spent / budget - EVEN_SHARE * monthShare) / AHEAD_SHARE;
  return MOST_STRETCH ** Math.min(1, Math.max(0, ahead));
}

/** The delay before a poll, slowed by a factor. What is slow by a person's choice stays so. */
export function stretchedDelayMs(delayMs: number, stretch: number): number {
  return Math.max(delayMs, Math.min(delayMs * stretch, SLOWEST_POLL_MS));
}
