/** Problems that a round goes on after, in words. Pure. */
import { messageOf, SatchelError } from '../base/errors.ts';
import type { Trouble } from '../sync/kind.ts';

/** `Notes/a.md: why`; only why where that names the thing itself. */
export function troubleLine({ path, error }: Trouble): string {
  return path === '' || error.includes(path) ? error : `${path}: ${error}`;
}

/** What went wrong, and what to do next, in one line. */
export function errorWords(error: unknown): string {
  const hint = error instanceof SatchelError ? error.hint : undefined;
  return hint === undefined ? messageOf(error) : `${messageOf(error)} ${hint}`;
}
