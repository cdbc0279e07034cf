/** What is to be said of a passphrase while it is chosen. Pure. */

export interface ChosenPassphrase {
  readonly first: string;
  /** The same once more. */
  readonly again: string;
}

/** Why it cannot be taken; undefined where it can. */
export function passphraseProblem({ first, again }: ChosenPassphrase): string | undefined {
  if (first.trim() === '') return 'Choose several words that you will remember.';
  if (first !== again) return 'The two are not the same.';
  return undefined;
}
