/** What the doctor finds: one check is one line that says what is so, and what to do about it. */
import { ERROR_KINDS, type ErrorKind, type SatchelError } from '../../base/errors.ts';

/** `unknown`: it could not be looked at, which is no fault by itself. */
export type Outcome = 'ok' | 'warning' | 'problem' | 'unknown';

export interface Check {
  /** Names what was looked at; several findings of one look share it. */
  readonly id: string;
  readonly outcome: Outcome;
  /** What is so. */
  readonly message: string;
  /** What to do next. */
  readonly hint?: string;
  /** What kind of trouble a problem is. Default `attention`: only a person can mend it. */
  readonly kind?: ErrorKind;
}

export function ok(id: string, message: string, hint?: string): Check {
  return withHint({ id, outcome: 'ok', message }, hint);
}

export function warning(id: string, message: string, hint?: string): Check {
  return withHint({ id, outcome: 'warning', message }, hint);
}

export function problem(id: string, message: string, hint?: string): Check {
  return withHint({ id, outcome: 'problem', message }, hint);
}

export function unknown(id: string, message: string, hint?: string): Check {
  return withHint({ id, outcome: 'unknown', message }, hint);
}

/** The problem that an error of the store is, in its words. */
export function failed(id: string, { kind, message, hint }: SatchelError): Check {
  return { ...problem(id, message, hint), kind };
}

/**
 * The exit code that tells of the worst problem: what was refused, then what cannot be reached,
 * then whatever else a person has to mend; zero where there is none.
 */
export function exitCodeOf(checks: readonly Check[]): number {
  const problems = checks.filter(({ outcome }) => outcome === 'problem');
  if (problems.length === 0) return 0;
  const worst = (['refused', 'unreachable'] as const).find((kind) =>
    problems.some((check) => check.kind === kind),
  );
  return ERROR_KINDS[worst ?? 'attention'].exitCode;
}

function withHint(check: Check, hint: string | undefined): Check {
  return hint === undefined ? check : { ...check, hint };
}
