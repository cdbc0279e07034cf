/** What came of trying a bucket, in words. Pure. */
import type { Tone } from '../../words.ts';
import type { Trial } from './choice.ts';

/** What the bucket is for: to begin in, or to go to with all that is elsewhere. */
export type Purpose = 'begin' | 'move';

type Check = Trial['checks'][number];

export const CHECK_TONES: Readonly<Record<Check['outcome'], Tone>> = {
  ok: 'ok',
  warning: 'warn',
  problem: 'bad',
  unknown: 'idle',
};

export interface TrialWords {
  readonly tone: Tone;
  readonly words: string;
  /** What the button says that goes on; undefined where it cannot go on like this. */
  readonly next?: string;
}

export function trialWords(trial: Trial, purpose: Purpose): TrialWords {
  if (trial.holds === 'missing') {
    return { tone: 'warn', words: 'It is not there yet. Satchel can make it.' };
  }
  if (trial.checks.some(({ outcome }) => outcome === 'problem')) {
    return { tone: 'bad', words: 'It cannot be used like this. What is wrong stands below.' };
  }
  if (trial.holds === 'own') {
    const words =
      'It works, and holds a copy of what you carry, such as from a move that was stopped.';
    return { tone: 'ok', words, next: 'Go on there' };
  }
  if (trial.holds === 'repository' && purpose === 'move') {
    return {
      tone: 'bad',
      words: 'It holds what another Satchel keeps there. Choose another folder of it.',
    };
  }
  if (trial.holds === 'repository') {
    const words = 'It works, and your other devices, or you before, have made it a Satchel bucket.';
    return { tone: 'ok', words, next: 'Join with this device' };
  }
  const warnings = trial.checks.filter(({ outcome }) => outcome === 'warning').length;
  const words =
    warnings === 0
      ? 'It works: what was written there came back whole.'
      : 'It works. Look at the warnings before you go on.';
  return { tone: warnings === 0 ? 'ok' : 'warn', words, next: 'Use this bucket' };
}

export interface SortedChecks {
  /** The gravest first. */
  readonly troubles: readonly Check[];
  readonly others: readonly Check[];
}

export function sortedChecks(checks: readonly Check[]): SortedChecks {
  const of = (...outcomes: readonly Check['outcome'][]): readonly Check[] =>
    outcomes.flatMap((outcome) => checks.filter((check) => check.outcome === outcome));
  return { troubles: of('problem', 'warning'), others: of('unknown', 'ok') };
}
