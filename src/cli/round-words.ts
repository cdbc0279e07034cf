/** One round of sync in words. Pure. */
import type { CollectionResult, SyncResult } from '../api/status.ts';
import { formatCount, formatDuration, formatSize } from './format.ts';

/** `3 changes sent (1.4 kB), 2 changes brought here (200 B), 1 conflict`, or `in step`. */
export function collectionWords(part: CollectionResult): string {
  const { published, applied, conflicts, held, failed } = part;
  const words: string[] = [];
  if (published.versions > 0) {
    words.push(`${formatCount(published.versions, 'change')} sent${sizeWords(published.bytes)}`);
  }
  if (applied.versions > 0) {
    words.push(
      `${formatCount(applied.versions, 'change')} brought here${sizeWords(applied.bytes)}`,
    );
  }
  if (conflicts > 0) words.push(formatCount(conflicts, 'conflict'));
  if (held > 0) words.push(`${formatCount(held, 'deletion')} held`);
  if (failed.length > 0) words.push(`${formatCount(failed.length, 'problem')}`);
  return words.length === 0 ? 'in step' : words.join(', ');
}

function sizeWords(bytes: number): string {
  return bytes === 0 ? '' : ` (${formatSize(bytes)})`;
}

const NAMED_LEFT_OUT = 5;

/** What a folder holds and Satchel does not carry; undefined where it carries everything. */
export function leftOutWords({ name, leftOut }: CollectionResult): string | undefined {
  if (leftOut.length === 0) return undefined;
  const named = leftOut.slice(0, NAMED_LEFT_OUT).map(({ path, error }) => `${path} (${error})`);
  const more = leftOut.length > NAMED_LEFT_OUT ? ', …' : '';
  const count = formatCount(leftOut.length, 'entry is', 'entries are');
  const words = `${name}: ${count} not carried: ${named.join(', ')}${more}`;
  // What lies outside a selection may well be carried elsewhere: the patterns hold for all devices.
  if (leftOut.some(({ error }) => error.includes('outside the chosen'))) return `${words}.`;
  const them = leftOut.length === 1 ? 'it' : 'them';
  return `${words}; list ${them} in .satchelignore to silence this.`;
}

/** What to do about deletions that the guard holds. */
export function heldWords(name: string, count: number): string {
  const what = formatCount(count, 'deletion waits', 'deletions wait');
  return `${name}: ${what} for you: see "satchel held ${name}".`;
}

/** For a collection that is carried here and was taken off the list elsewhere. */
export function removedWords(name: string): string {
  return `"${name}" was removed elsewhere; "satchel detach ${name}" stops carrying it here.`;
}

/** `5 requests, 1.4 kB up, 200 B down, 0.3 s`. */
export function costWords({ requests, durationMs }: SyncResult): string {
  const { get, put, list, delete: deleted, bytesUp, bytesDown } = requests;
  return [
    formatCount(get + put + list + deleted, 'request'),
    `${formatSize(bytesUp)} up`,
    `${formatSize(bytesDown)} down`,
    formatDuration(durationMs),
  ].join(', ');
}

/** `Notes/a.md: why`, for a problem of a file or of the whole collection. */
export function troubleWords(name: string, path: string, error: string): string {
  return path === '' ? `${name}: ${error}` : `${name}/${path}: ${error}`;
}
