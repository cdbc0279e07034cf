/** Deletions that wait, in words. Pure. */
import type { Answer, Input } from '../../api/client.ts';
import { countWords } from '../../words.ts';

export type Held = Answer<'held'>[number];
type Decision = Input<'decideHeld'>['decision'];

/** What waits, and what that means until somebody decides. */
export function heldWords({ collection, direction, paths }: Held): string {
  const files = countWords(paths.length, 'file');
  const were = paths.length === 1 ? 'was' : 'were';
  if (direction === 'out') {
    return `${files} ${were} deleted from ${collection} on this device. The other devices have them still.`;
  }
  return `${files} ${were} deleted from ${collection} on another device. This one has them still.`;
}

/** What the two buttons say: with the number, for there is no asking back. */
export function choiceWords({ direction, paths }: Held): Readonly<Record<Decision, string>> {
  const all = paths.length === 1 ? 'it' : `all ${countWords(paths.length, 'file')}`;
  return {
    reject: direction === 'out' ? `Bring ${all} back` : `Keep ${all}`,
    approve: direction === 'out' ? `Delete ${all} everywhere` : `Delete ${all} here too`,
  };
}

/** What came of a decision. */
export function outcomeWords(
  { collection, count, isCarriedOut, failed }: Answer<'decideHeld'>,
  decision: Decision,
): string {
  if (count === 0) return `${collection}: the files are back already, nothing waits any more`;
  const what =
    decision === 'reject'
      ? `${countWords(count, 'file')} kept`
      : `${countWords(count, 'deletion')} approved`;
  if (failed.length > 0)
    return `${what}; ${countWords(failed.length, 'file')} could not be written`;
  return isCarriedOut ? what : `${what}: the next round does the rest`;
}
