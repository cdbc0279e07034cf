/** Errors as answers: which status, and which words. */

import type { ErrorBody } from '../api/errors.ts';
import { ERROR_KINDS, type ErrorKind, messageOf, SatchelError } from '../base/errors.ts';
import { ConflictAnswer } from './ports.ts';

/** Statuses that HTTP has a word for, and the table of errors has not. */
export type RefusalStatus = 400 | 401 | 403 | 404 | 413 | 415 | 429;

export interface RefusalOptions {
  readonly hint: string;
  /** Seconds after which another try makes sense. */
  readonly retryAfterSeconds?: number;
}

/** A request that is refused for what it is, before it is known what it asks for. */
export class Refusal extends SatchelError {
  readonly status: RefusalStatus;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: RefusalStatus, kind: ErrorKind, message: string, options: RefusalOptions) {
    super(kind, message, { hint: options.hint });
    this.name = 'Refusal';
    this.status = status;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

export interface ErrorAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** For the log, where nobody foresaw the error: with its stack, which no answer shows. */
  readonly defect: string | undefined;
}

export function answerOfError(error: unknown): ErrorAnswer {
  if (error instanceof ConflictAnswer) {
    return { status: 409, body: error.body, headers: {}, defect: undefined };
  }
  if (error instanceof SatchelError) {
    const seconds = error instanceof Refusal ? error.retryAfterSeconds : undefined;
    return {
      status: error instanceof Refusal ? error.status : ERROR_KINDS[error.kind].httpStatus,
      body: bodyOf(error.kind, error.message, error.hint),
      headers: seconds === undefined ? {} : { 'retry-after': String(seconds) },
      defect: undefined,
    };
  }
  return {
    status: ERROR_KINDS.internal.httpStatus,
    body: bodyOf('internal', `Satchel failed at this: ${messageOf(error)}`, 'See the log.'),
    headers: {},
    defect: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}

function bodyOf(kind: ErrorKind, message: string, hint: string | undefined): ErrorBody {
  return { error: { kind, message, hint: hint ?? null } };
}
