/** One `putOut` under way: what it has done, what stood in its way, and what it still has to see. */
import type { Shown, Trouble } from '../../sync/kind.ts';
import type { Job, Surroundings } from './plan.ts';
import type { Vault } from './workings.ts';

/** How the work on one record ended. */
export type Outcome =
  | { readonly kind: 'done' }
  /** A person's change, or something unknown, is in the way: it has to be taken in first. */
  | { readonly kind: 'blocked'; readonly reason: string }
  /** It cannot be done here, whatever is taken in. */
  | { readonly kind: 'refused'; readonly reason: string };

export const DONE: Outcome = { kind: 'done' };
export const CHANGED: Outcome = {
  kind: 'blocked',
  reason: 'it was changed here meanwhile; this is taken in first',
};

export interface PutOutRound {
  readonly vault: Vault;
  surroundings: Surroundings;
  /** Files that wait in `.satchel/tmp` for their new place. */
  readonly lifted: Set<string>;
  /** What is in its place and not noted yet, see `notePlacedFiles`. */
  readonly unnoted: Shown[];
  /** Records that are to be looked at although they were not stale. */
  readonly queue: Set<string>;
  readonly failed: Trouble[];
  readonly blocked: Set<string>;
  /** Folders that keep their spelling, as what is in them does not agree on another. */
  readonly keptSpellings: Set<string>;
  again: boolean;
  versions: number;
  bytes: number;
}

export function startRound(vault: Vault, surroundings: Surroundings): PutOutRound {
  return {
    vault,
    surroundings,
    lifted: new Set(),
    unnoted: [],
    queue: new Set(),
    failed: [],
    blocked: new Set(),
    keptSpellings: new Set(),
    again: false,
    versions: 0,
    bytes: 0,
  };
}

/**
 * Notes how a job ended. What is blocked for the first time asks for another round; what is
 * blocked twice running is told.
 */
export function noteOutcome(round: PutOutRound, job: Job, outcome: Outcome): void {
  if (outcome.kind === 'done') return;
  if (outcome.kind === 'blocked') {
    round.blocked.add(job.record);
    if (!round.vault.memory.blocked.has(job.record)) {
      round.again = true;
      return;
    }
  }
  round.failed.push({ path: job.title, error: outcome.reason });
}
