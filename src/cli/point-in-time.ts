/** Times as a person types them. Pure. */
import { SatchelError } from '../base/errors.ts';

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;
const CLOCK = /^(\d{1,2}):(\d{2})$/;
const AGO = /^(\d{1,5})\s*([mhdw])$/i;

/**
 * Milliseconds since the Unix epoch. Understood are `2026-03-01` (the end of that day),
 * `2026-03-01 14:05`, `2026-03-01T14:05:09Z` (ISO 8601), `14:05` (today), and `30m`, `2h`, `3d`,
 * `1w` (so long ago). Without a time zone, that of this device. What is not said is at its end:
 * without fractions of a second all that was saved within it counts.
 * @throws SatchelError `usage` for anything else, and for days that there are not.
 */
export function parsePointInTime(text: string, nowMs: number): number {
  const typed = text.trim();
  const time = dateTime(typed) ?? clockToday(typed, nowMs) ?? ago(typed, nowMs);
  if (time !== undefined && Number.isFinite(time)) return time;
  throw new SatchelError('usage', `"${text}" is no time that Satchel understands.`, {
    hint: 'Write 2026-03-01, "2026-03-01 14:05", 2026-03-01T14:05:09Z, 14:05, or 30m, 2h, 3d (ago).',
  });
}

function dateTime(text: string): number | undefined {
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => (part === undefined ? undefined : Number(part)));
  if (!isDay(year, month, day) || !isClock(hour ?? 0, minute ?? 0, second ?? 0)) return undefined;
  // A whole day ends where the next one begins.
  if (hour === undefined) return new Date(year, month - 1, day + 1).getTime() - 1;
  const fractionMs = Number((match[7] ?? '999').padEnd(3, '0').slice(0, 3));
  const zone = match[8];
  if (zone === undefined) {
    return new Date(year, month - 1, day, hour, minute, second ?? 0, fractionMs).getTime();
  }
  const isoZone = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const clock = [hour, minute ?? 0, second ?? 0].map((part) => String(part).padStart(2, '0'));
  const fraction = String(fractionMs).padStart(3, '0');
  return Date.parse(`${text.slice(0, 10)}T${clock.join(':')}.${fraction}${isoZone}`);
}

function clockToday(text: string, nowMs: number): number | undefined {
  const match = CLOCK.exec(text);
  if (match === null) return undefined;
  const [hour, minute] = [Number(match[1]), Number(match[2])];
  if (!isClock(hour, minute, 0)) return undefined;
  return new Date(nowMs).setHours(hour, minute, 0, 999);
}

function ago(text: string, nowMs: number): number | undefined {
  const match = AGO.exec(text);
  if (match === null) return undefined;
  const unit = (match[2] ?? '').toLowerCase();
  const unitMs = Object.entries(UNIT_MS).find(([name]) => name === unit)?.[1];
  return unitMs === undefined ? undefined : nowMs - Number(match[1]) * unitMs;
}

function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function isClock(hour: number, minute: number, second: number): boolean {
  return hour < 24 && minute < 60 && second < 60;
}
