/** The rules that every run has to keep, and where one was broken. */
import { messageOf } from '../../src/base/errors.ts';

export const INVARIANTS = {
  I0: 'nothing fails but for a reason that a person can be told',
  I1: 'all devices come to the same state',
  I2: 'no acknowledged edit is lost',
  I3: 'what was deleted or replaced does not come back',
  I4: 'no device writes what belongs to another',
  I5: 'no device sees an effect before its cause',
  I6: 'a round asks at most once per device, plus what is new',
  I7: 'history can be read, and pruning removes nothing that is needed',
  I8: 'edits follow renames',
  I9: 'after quiet nothing is left to send',
  I10: 'what nobody copied or ended is not written again',
} as const;

/** What is counted of the questions that not every run gives an occasion to ask. */
export const QUESTIONS = [
  'asked I3: content that was let go',
  'asked I6: round without an excuse',
  'asked I7: past version',
  'asked I7: blob deleted',
  'asked I8: edit beside a rename',
  'asked I10: restored machine',
] as const;

export type Question = (typeof QUESTIONS)[number];

export type InvariantId = keyof typeof INVARIANTS;

export interface Violation {
  readonly id: InvariantId;
  readonly details: string;
}

export class Violations {
  readonly #found: Violation[] = [];

  get all(): readonly Violation[] {
    return this.#found;
  }

  add(id: InvariantId, details: string): void {
    this.#found.push({ id, details });
  }

  addError(where: string, error: unknown): void {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    this.add('I0', `${where}: ${messageOf(error)}\n${stack}`);
  }
}
