/** One round of sync in words. Pure. */
import type { CollectionResult, SyncResult } from '../app/sync.ts';
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
  if (held > 0) words.push(`${formatCount(held, 'change')} held back`);
  if (failed.length > 0) words.push(`${formatCount(failed.length, 'problem')}`);
  return words.length === 0 ? 'in step' : words.join(', ');
}

function sizeWords(bytes: number): string {
  return bytes === 0 ? '' : ` (${formatSize(bytes)})`;
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
