/** Problems that a round goes on after, in words. Pure. */
import { messageOf, SatchelError } from '../base/errors.ts';
import { formatSentence } from '../base/sentence.ts';
import { StoreError } from '../store/store.ts';
import type { Trouble } from '../sync/kind.ts';

/** True for what concerns a collection as a whole, such as a folder that is missing. */
export function concernsAll({ path }: Pick<Trouble, 'path'>): boolean {
  return path === '';
}

/** `Notes/a.md: why`; only why where that names the thing itself. */
export function troubleLine({ path, error }: Trouble): string {
  return path === '' || error.includes(path) ? error : `${path}: ${error}`;
}

/** What went wrong, and what to do next, in one line. */
export function errorWords(error: unknown): string {
  const hint = error instanceof SatchelError ? error.hint : undefined;
  const message = formatSentence(messageOf(error));
  return hint === undefined ? message : `${message} ${hint}`;
}

/** True where the bucket, or the disk it is on, takes nothing more. */
export function isBucketFull(error: unknown): boolean {
  return error instanceof StoreError && error.kind === 'internal';
}
