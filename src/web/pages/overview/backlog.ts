/** What a collection still has to do, in a few words. Pure. */
import type { HomeStatus } from '../../../api/status.ts';
import { countWords, sizeWords } from '../../words.ts';

type Collection = HomeStatus['collections'][number];

/** `3 changes to send (12 kB)`, or that there are none. */
export function backlogWords(collections: readonly Pick<Collection, 'pending' | 'pendingBytes'>[]) {
  const pending = collections.reduce((total, collection) => total + collection.pending, 0);
  const bytes = collections.reduce((total, collection) => total + collection.pendingBytes, 0);
  if (pending === 0) return 'everything sent';
  const size = bytes === 0 ? '' : ` (${sizeWords(bytes)})`;
  return `${countWords(pending, 'change')} to send${size}`;
}
