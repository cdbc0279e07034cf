/**
 * Errors are sorted by what the person can do next, not by where they arose.
 * The table below is the only place that knows exit codes and HTTP statuses.
 */

export const ERROR_KINDS = {
  /** The command or its input was wrong: change it and try again. */
  usage: { exitCode: 2, httpStatus: 400 },
  /** Only a person can decide: a conflict, a missing folder, a name that cannot be placed. */
  attention: { exitCode: 3, httpStatus: 409 },
  /** The bucket did not answer, or answered that it cannot right now. */
  unreachable: { exitCode: 4, httpStatus: 503 },
  /** Credentials, permissions or the passphrase were refused. */
  refused: { exitCode: 5, httpStatus: 403 },
  /** Another Satchel process holds this home. */
  busy: { exitCode: 6, httpStatus: 423 },
  /** Data is damaged, or was written by a newer Satchel. */
  damaged: { exitCode: 7, httpStatus: 422 },
  /** Anything else: a full disk, a read-only folder, a defect of ours. */
  internal: { exitCode: 1, httpStatus: 500 },
} as const;

export type ErrorKind = keyof typeof ERROR_KINDS;

export interface SatchelErrorOptions {
  /** What to do next, in one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The one error class that reaches a person: `message` says what and where, `hint` what to do. */
export class SatchelError extends Error {
  readonly kind: ErrorKind;
  readonly hint: string | undefined;

  constructor(kind: ErrorKind, message: string, options: SatchelErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SatchelError';
    this.kind = kind;
    this.hint = options.hint;
  }
}

/** True for an error of the given kind, whatever module threw it. */
export function isErrorKind(error: unknown, kind: ErrorKind): error is SatchelError {
  return error instanceof SatchelError && error.kind === kind;
}

/** The `code` of a Node system error (`ENOENT`, `ENOSPC` …), or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
