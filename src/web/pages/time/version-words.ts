/** The versions of a file: which to compare at first, and what they are, in words. Pure. */
import type { Answer } from '../../api/client.ts';
import type { Tone } from '../../words.ts';

export type Versions = Answer<'versions'>['versions'];
export type Version = Versions[number];

/** Two versions by their ids; undefined for one alone. */
export interface Compared {
  readonly older: string | undefined;
  readonly newer: string | undefined;
}

/**
 * The version that was asked for, or else the newest with content, and the one before it.
 * @param versions newest first.
 */
export function comparedAtFirst(versions: Versions, wanted: string | undefined): Compared {
  const asked = versions.findIndex(({ id }) => id === wanted);
  const at = asked >= 0 ? asked : versions.findIndex(hasContent);
  const older = versions.slice(at + 1).find(hasContent);
  return at < 0
    ? { older: undefined, newer: undefined }
    : { older: older?.id, newer: versions[at]?.id };
}

export function hasContent({ size }: Version): boolean {
  return size !== null;
}

/** What stands beside the time of a version; undefined for one of many former ones. */
export function stateWords(state: Version['state']): { words: string; tone: Tone } | undefined {
  switch (state) {
    case 'current':
      return { words: 'As it is now', tone: 'ok' };
    case 'conflict':
      return { words: 'In conflict', tone: 'warn' };
    case 'pending':
      return { words: 'Not sent yet', tone: 'busy' };
    case 'deleted':
      return { words: 'Deleted', tone: 'idle' };
    case 'superseded':
      return undefined;
  }
}

/** A version that can be made what the file shows: one with content, other than what is there. */
export function canRestore({ state, size }: Version): boolean {
  return size !== null && (state === 'superseded' || state === 'conflict');
}

/** `22 Oct 2026, 12:17:01`: short, for there are many below each other. */
export function savedWords(time: string): string {
  return new Date(time).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
}
