/** A call that did not succeed, in words for the person. */

interface FailureDetails {
  /** A kind of the program's errors; `signedOut` and `stopped` are the page's own. */
  readonly kind: string;
  /** What to do next, in one sentence. */
  readonly hint: string | undefined;
}

export class Failure extends Error {
  readonly kind: string;
  readonly hint: string | undefined;

  constructor(message: string, { kind, hint }: FailureDetails) {
    super(message);
    this.name = 'Failure';
    this.kind = kind;
    this.hint = hint;
  }
}

const UNAUTHORIZED = 401;

/** What an answer other than 2xx says. Its body may be anything: something may sit in between. */
export function failureOf(status: number, body: unknown): Failure {
  const { kind, message, hint } = errorIn(body);
  if (status === UNAUTHORIZED) {
    return new Failure(message ?? 'this browser is not signed in', { kind: 'signedOut', hint });
  }
  return new Failure(message ?? `the program answered with status ${status}`, {
    kind: kind ?? 'internal',
    hint: hint ?? (message === undefined ? 'Look into the log of Satchel.' : undefined),
  });
}

/** Nobody answered. */
export function stoppedFailure(): Failure {
  return new Failure('Satchel does not answer', {
    kind: 'stopped',
    hint: 'Start it with "satchel up"; this page goes on by itself.',
  });
}

export function isFailure(error: unknown, kind: string): boolean {
  return error instanceof Failure && error.kind === kind;
}

type Words = { readonly [name in 'kind' | 'message' | 'hint']: string | undefined };

function errorIn(body: unknown): Words {
  const error = fieldOf(body, 'error');
  const text = (name: string): string | undefined => {
    const value = fieldOf(error, name);
    return typeof value === 'string' ? value : undefined;
  };
  return { kind: text('kind'), message: text('message'), hint: text('hint') };
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
