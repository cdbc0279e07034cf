/** Sizes, times and counts in words for people. Pure; machines get plain numbers by `--json`. */
import { formatTime } from '../base/time.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const SIZE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `0 B`, `999 B`, `1.4 MB`, `23 GB`: powers of 1,000, two digits where they tell something. */
export function formatSize(sizeBytes: number): string {
  let value = sizeBytes;
  let unit = 0;
  // Rounded first, for 999,950 bytes are 1.0 MB and not 1000 kB.
  while (unit < SIZE_UNITS.length - 1 && roundTwoDigits(value) >= 1_000) {
    value /= 1_000;
    unit += 1;
  }
  const digits = unit > 0 && roundTwoDigits(value) < 10 ? 1 : 0;
  return `${value.toFixed(digits)} ${SIZE_UNITS[unit]}`;
}

/** Rounds as `formatSize` prints: one decimal below ten, else none. */
function roundTwoDigits(value: number): number {
  return value < 9.95 ? Math.round(value * 10) / 10 : Math.round(value);
}

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`: at most two units. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 9_950) return `${(Math.max(0, durationMs) / SECOND_MS).toFixed(1)} s`;
  const seconds = Math.round(durationMs / SECOND_MS);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return twoUnits(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(durationMs / MINUTE_MS);
  if (minutes < 24 * 60) return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(durationMs / HOUR_MS);
  return twoUnits(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** `just now`, `3 minutes ago`, `in 2 hours`; a date for what is over 30 days away. */
export function formatRelativeTime(timeMs: number, nowMs: number): string {
  const awayMs = Math.abs(nowMs - timeMs);
  if (awayMs < 10 * SECOND_MS) return 'just now';
  if (awayMs >= 30 * DAY_MS) return formatDate(timeMs);
  const amount = relativeAmount(awayMs);
  return timeMs <= nowMs ? `${amount} ago` : `in ${amount}`;
}

function relativeAmount(awayMs: number): string {
  if (awayMs < MINUTE_MS) return formatCount(Math.floor(awayMs / SECOND_MS), 'second');
  if (awayMs < HOUR_MS) return formatCount(Math.floor(awayMs / MINUTE_MS), 'minute');
  if (awayMs < DAY_MS) return formatCount(Math.floor(awayMs / HOUR_MS), 'hour');
  return formatCount(Math.floor(awayMs / DAY_MS), 'day');
}

function formatDate(timeMs: number): string {
  return formatTime(timeMs).slice(0, 10);
}

/** `1,234`: groups of three, whatever the locale, so that output is the same everywhere. */
export function formatNumber(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 file`, `1,234 files`, `2 copies` where the plural is given. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}
