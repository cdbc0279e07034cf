/** What a plot shows, put into the order in which it is drawn. Pure. */

export interface Series {
  readonly name: string;
  /** One for each step; null where there is nothing to show. */
  readonly values: readonly (number | null)[];
}

const DAY_MS = 24 * 60 * 60 * 1000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The last days up to one, oldest first, as `2026-11-21`: those without anything are shown, too. */
export function lastDays(count: number, nowMs: number): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    new Date(nowMs - (count - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
}

/** `21 Nov` for a day, `Nov 2026` for a month. */
export function stepWords(step: string): string {
  const [year = '', month = '', day] = step.split('-');
  const name = MONTHS[Number(month) - 1] ?? month;
  return day === undefined ? `${name} ${year}` : `${Number(day)} ${name}`;
}

/** Each series on top of those before it: what bars that stand on each other reach up to. */
export function stacked(series: readonly Series[]): readonly (readonly number[])[] {
  const tops: number[][] = [];
  for (const { values } of series) {
    const below = tops.at(-1);
    tops.push(values.map((value, step) => (below?.[step] ?? 0) + (value ?? 0)));
  }
  return tops;
}

/** True where there is nothing to see. */
export function isEmpty(series: readonly Series[]): boolean {
  return series.every(({ values }) => values.every((value) => value === null || value === 0));
}

/** The steps at which there is something, newest first, for a table. */
export function filledSteps(series: readonly Series[], steps: readonly string[]): number[] {
  return steps
    .map((_, step) => step)
    .filter((step) => series.some(({ values }) => (values[step] ?? 0) !== 0))
    .reverse();
}
