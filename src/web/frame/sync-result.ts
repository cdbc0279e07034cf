/** What a round did, in one sentence. Pure. */
import type { SyncResult } from '../../api/status.ts';
import { countWords } from '../words.ts';

export function roundWords({ collections, unreadable }: SyncResult): string {
  const sent = sum(collections.map(({ published }) => published.versions));
  const brought = sum(collections.map(({ applied }) => applied.versions));
  const failed = sum(collections.map((collection) => collection.failed.length)) + unreadable.length;
  const parts = [
    sent > 0 && `sent ${countWords(sent, 'change')}`,
    brought > 0 && `brought ${countWords(brought, 'change')} here`,
    failed > 0 && `${countWords(failed, 'thing')} could not be carried`,
  ].filter((part) => part !== false);
  const [first, ...rest] = parts;
  if (first === undefined) return 'Everything is up to date';
  return [first.slice(0, 1).toUpperCase() + first.slice(1), ...rest].join(', ');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
