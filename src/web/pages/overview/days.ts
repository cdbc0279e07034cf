/** Entries of a list by the day on which they happened. Pure. */
import { dayWords } from '../../words.ts';

export interface Day<Entry> {
  readonly day: string;
  readonly entries: readonly Entry[];
}

/** The days in the order in which they come, and so do the entries of each. */
export function byDay<Entry extends { readonly time: string }>(
  entries: readonly Entry[],
  nowMs: number,
): readonly Day<Entry>[] {
  const days = Map.groupBy(entries, ({ time }) => dayWords(Date.parse(time), nowMs));
  return [...days].map(([day, found]) => ({ day, entries: found }));
}
