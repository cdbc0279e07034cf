/** What the plots of the Performance page show, from what the daemon tells by day and device. Pure. */
import type { Answer } from '../../api/client.ts';
import type { Series } from '../../plots/plot-data.ts';
import { spanWords } from '../../words.ts';

export type Day = Answer<'performance'>['days'][number];

/** As many as the plots have colours for. */
const MAX_DEVICES = 6;
const OTHERS = 'Other devices';

/** How much each device saved on each day: this one first, then those that save most. */
export function savesByDevice(days: readonly Day[], steps: readonly string[]): readonly Series[] {
  const totals = new Map<string, number>();
  const own = days.find(({ self }) => self)?.device;
  for (const { device, saves } of days) totals.set(device, (totals.get(device) ?? 0) + saves);
  const rank = (device: string): number =>
    device === own ? Number.POSITIVE_INFINITY : (totals.get(device) ?? 0);
  const devices = [...totals.keys()].sort((a, b) => rank(b) - rank(a));
  const isAll = devices.length <= MAX_DEVICES;
  const named = isAll ? devices : devices.slice(0, MAX_DEVICES - 1);
  const seriesOf = (name: string, isOfIt: (day: Day) => boolean): Series => ({
    name,
    values: steps.map((step) =>
      days
        .filter((day) => day.day === step && isOfIt(day))
        .reduce((sum, { saves }) => sum + saves, 0),
    ),
  });
  return [
    ...named.map((name) => seriesOf(name, ({ device }) => device === name)),
    ...(isAll ? [] : [seriesOf(OTHERS, ({ device }) => !named.includes(device))]),
  ];
}

type Measure = 'publishP50Ms' | 'publishP95Ms' | 'bytesUp' | 'bytesDown' | 'retries';

/** What is known of this device only; null on days of which nothing is known. */
export function ownSeries(
  days: readonly Day[],
  steps: readonly string[],
  measures: readonly (readonly [name: string, measure: Measure])[],
): readonly Series[] {
  const own = new Map(days.filter(({ self }) => self).map((day) => [day.day, day]));
  return measures.map(([name, measure]) => ({
    name,
    values: steps.map((step) => own.get(step)?.[measure] ?? null),
  }));
}

/** The newest day on which this device sent something. */
export function newestSending(days: readonly Day[]): Day | undefined {
  return days.findLast(({ self, publishP50Ms }) => self && publishP50Ms !== null);
}

/** `340 ms`, `1.2 s`, `12 s`, `3 min`. */
export function latencyWords(latencyMs: number): string {
  if (latencyMs < 1_000) return `${Math.round(latencyMs)} ms`;
  if (latencyMs < 9_950) return `${(latencyMs / 1_000).toFixed(1)} s`;
  return spanWords(latencyMs / 1_000);
}
