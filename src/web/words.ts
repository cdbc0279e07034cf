/** Amounts, times and states in words for people. Pure, but for the time zone of this device. */
import type { CollectionState } from '../api/status.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const SIZE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** How grave something is: the colour and the sign that it gets. */
export type Tone = 'ok' | 'busy' | 'idle' | 'warn' | 'bad';

export const STATE_WORDS: Readonly<
  Record<CollectionState, { readonly words: string; readonly tone: Tone }>
> = {
  connected: { words: 'Connected', tone: 'ok' },
  syncing: { words: 'Syncing', tone: 'busy' },
  offline: { words: 'Offline', tone: 'idle' },
  paused: { words: 'Paused', tone: 'idle' },
  attention: { words: 'Needs attention', tone: 'warn' },
};

/** `0 B`, `999 B`, `1.4 MB`, `23 GB`: powers of 1,000. */
export function sizeWords(sizeBytes: number): string {
  let value = sizeBytes;
  let unit = 0;
  // Rounded first, for 999,950 bytes are 1.0 MB and not 1000 kB.
  while (unit < SIZE_UNITS.length - 1 && Math.round(value) >= 1_000) {
    value /= 1_000;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${SIZE_UNITS[unit]}`;
}

/** `1,234`. */
export function numberWords(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 file`, `1,234 files`, `2 copies` where the plural is given. */
export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${numberWords(count)} ${count === 1 ? one : many}`;
}

/** `just now`, `3 minutes ago`, `in 2 hours`; a date for what is over 30 days away. */
export function relativeWords(timeMs: number, nowMs: number): string {
  const awayMs = Math.abs(nowMs - timeMs);
  // Into both directions, for the clock that is looked at may be some seconds old.
  if (awayMs < 10 * SECOND_MS) return 'just now';
  if (awayMs >= 30 * DAY_MS) return dayWords(timeMs, nowMs);
  const amount = relativeAmount(awayMs);
  return timeMs <= nowMs ? `${amount} ago` : `in ${amount}`;
}

/** The same for what is still to come: `in a moment` where it is due. */
export function comingWords(timeMs: number, nowMs: number): string {
  return timeMs - nowMs < 10 * SECOND_MS ? 'in a moment' : relativeWords(timeMs, nowMs);
}

function relativeAmount(awayMs: number): string {
  if (awayMs < MINUTE_MS) return countWords(Math.floor(awayMs / SECOND_MS), 'second');
  if (awayMs < HOUR_MS) return countWords(Math.floor(awayMs / MINUTE_MS), 'minute');
  if (awayMs < DAY_MS) return countWords(Math.floor(awayMs / HOUR_MS), 'hour');
  return countWords(Math.floor(awayMs / DAY_MS), 'day');
}

/** `Today`, `Yesterday`, `Tuesday, 3 March`; with the year where it is another one. */
export function dayWords(timeMs: number, nowMs: number): string {
  const [time, now] = [new Date(timeMs), new Date(nowMs)];
  if (time.toDateString() === now.toDateString()) return 'Today';
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (time.toDateString() === yesterday.toDateString()) return 'Yesterday';
  const isThisYear = time.getFullYear() === now.getFullYear();
  return time.toLocaleDateString('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(isThisYear ? {} : { year: 'numeric' }),
  });
}

/** `14:05`. */
export function clockWords(timeMs: number): string {
  return new Date(timeMs).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

/** `3 March 2026, 14:05:09`, in the time zone of this device. */
export function momentWords(timeMs: number): string {
  return new Date(timeMs).toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'medium' });
}

/** `12 s`, `3 min`, `2 h 5 min`: how long something will take, which nobody knows to the second. */
export function spanWords(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** The first letter as at the start of a sentence. */
export function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
