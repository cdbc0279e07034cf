/** The bars of the time line: so many days each that all of them fit. Pure. */
import type { Answer } from '../../api/client.ts';
import { countWords } from '../../words.ts';

export type Days = Answer<'moments'>['days'];

export interface Bar {
  /** The first moment of its first day, and the last of its last one, by the clock of this device. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly written: number;
  readonly deleted: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const MOST_BARS = 120;
/** A young collection has as many days before its first one: a bar is never the whole line. */
const LEAST_BARS = 30;

/**
 * From the first day on which something was saved until today, or the last month where that is
 * longer; each bar with as many days as it takes.
 * @param days dates of this device, in order.
 */
export function barsOf(days: Days, nowMs: number): readonly Bar[] {
  const [first] = days;
  if (first === undefined) return [];
  const today = dayOf(nowMs);
  const last = Math.max(today, ...days.slice(-1).map(({ day }) => dayNumber(day)));
  const start = Math.min(dayNumber(first.day), last - LEAST_BARS + 1);
  const perBar = Math.ceil((last - start + 1) / MOST_BARS);
  const count = Math.ceil((last - start + 1) / perBar);
  // Counted from today, for today is the end of the last bar.
  const begin = last - count * perBar + 1;
  const sums = Array.from({ length: count }, () => ({ written: 0, deleted: 0 }));
  for (const { day, written, deleted } of days) {
    const sum = sums[Math.floor((dayNumber(day) - begin) / perBar)];
    if (sum === undefined) continue;
    sum.written += written;
    sum.deleted += deleted;
  }
  return sums.map((sum, index) => ({
    fromMs: startOfDay(begin + index * perBar),
    toMs: startOfDay(begin + (index + 1) * perBar) - 1,
    ...sum,
  }));
}

/** The bar in which a moment lies; the first or last one for what lies outside. */
export function barAt(bars: readonly Bar[], atMs: number): number {
  const next = bars.findIndex(({ fromMs }) => fromMs > atMs);
  return Math.max(0, (next === -1 ? bars.length : next) - 1);
}

/** `Today`, `3 March`, or `3 March – 9 March`, with the year where it is another than this one. */
export function barDayWords({ fromMs, toMs }: Bar, nowMs: number): string {
  const [from, to] = [dateWords(fromMs, nowMs), dateWords(toMs, nowMs)];
  if (from !== to) return `${from} – ${to}`;
  return fromMs <= nowMs && nowMs <= toMs ? 'Today' : from;
}

/** `12 saves, 1 deletion`. */
export function barCountWords({ written, deleted }: Bar): string {
  if (written + deleted === 0) return 'nothing saved';
  const parts = [
    written > 0 && countWords(written, 'save'),
    deleted > 0 && countWords(deleted, 'deletion'),
  ];
  return parts.filter((part) => part !== false).join(', ');
}

/** Lower ones would not be seen. */
const LEAST_HEIGHT = 0.08;

/**
 * How high a bar is among others, from 0 to 1. By the square root: a day on which a folder was
 * brought in does not make all others vanish.
 */
export function barHeight(count: number, most: number): number {
  return count === 0 ? 0 : Math.max(LEAST_HEIGHT, Math.sqrt(count / most));
}

function dateWords(timeMs: number, nowMs: number): string {
  const time = new Date(timeMs);
  const isThisYear = time.getFullYear() === new Date(nowMs).getFullYear();
  return time.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    ...(isThisYear ? {} : { year: 'numeric' }),
  });
}

/** Days since the Unix epoch of a date, whatever the zone. */
function dayNumber(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

function dayOf(timeMs: number): number {
  const time = new Date(timeMs);
  return Date.UTC(time.getFullYear(), time.getMonth(), time.getDate()) / DAY_MS;
}

/** When a day begins by the clock of this device; days have 23 to 25 hours. */
function startOfDay(day: number): number {
  const date = new Date(day * DAY_MS);
  return new Date(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()).getTime();
}
