/** A moment as a field for date and time has it, in the zone of this device. Pure. */

/** `2027-03-01T14:05:09`. */
export function typedOf(at: string | undefined): string {
  if (at === undefined) return '';
  const time = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');
  return `${date}T${clock}`;
}

/**
 * The end of the second that was typed: what is told as saved then is in it.
 * @returns ISO 8601; undefined for what is no moment, and for what is still to come.
 */
export function momentOf(typed: string, nowMs: number): string | undefined {
  const timeMs = new Date(typed).setMilliseconds(999);
  return Number.isNaN(timeMs) || timeMs > nowMs ? undefined : new Date(timeMs).toISOString();
}
