/** The status in one line, for a shell prompt or a status bar. Pure. */
import type { Status } from '../api/status.ts';
import { formatCount } from './format.ts';

/** `satchel: in step`, or `satchel: 3 to send, 1 conflict, offline`. */
export function statusLine({ collections }: Status): string {
  const sum = (of: (part: Status['collections'][number]) => number): number =>
    collections.reduce((total, part) => total + of(part), 0);
  const pending = sum((part) => part.pending);
  const conflicts = sum((part) => part.conflicts);
  const held = sum((part) => part.held);
  const words: string[] = [];
  if (pending > 0) words.push(`${pending} to send`);
  if (conflicts > 0) words.push(formatCount(conflicts, 'conflict'));
  if (held > 0) words.push(`${formatCount(held, 'deletion')} held`);
  if (collections.some(({ state }) => state === 'offline')) words.push('offline');
  if (collections.some(({ state }) => state === 'paused')) words.push('paused');
  const hasOtherTrouble = collections.some(
    (part) => part.state === 'attention' && part.conflicts + part.held === 0,
  );
  if (hasOtherTrouble) words.push('needs you');
  if (collections.length === 0) words.push('no collections');
  return `satchel: ${words.length === 0 ? 'in step' : words.join(', ')}`;
}
