/**
 * Judging a soak: whether what a process holds stays level while it works, or grows. Pure. The first
 * half of a run does not count, nor its first quarter of an hour: a program fills caches and
 * compiles what it does often. Of each window only the lowest value counts, for that is what stays
 * when work is done and garbage collected.
 */

/** One look at a process. */
export interface Sample {
  /** Milliseconds since the begin of the run. */
  readonly atMs: number;
  readonly value: number;
}

export interface Trend {
  /** How much it grows in an hour, by least squares; negative where it shrinks. */
  readonly perHour: number;
  /** The standard error of that. */
  readonly errorPerHour: number;
  /** The lowest and the highest of the windows' lowest values. */
  readonly lowest: number;
  readonly highest: number;
}

/** What a measure may do. */
export type Bound =
  /** Grow so much in an hour at most. */
  | { readonly kind: 'growth'; readonly perHour: number }
  /** Differ so much between windows at most. */
  | { readonly kind: 'range'; readonly most: number };

/** `unclear`: the run was too short, or its values scatter too much, to tell. */
export type Verdict = 'level' | 'unclear' | 'grows';

const HOUR_MS = 60 * 60 * 1000;
const WARM_UP_MS = 15 * 60 * 1000;
const MOST_WINDOWS = 20;
/** Shorter than this, a window may hold nothing but work. */
const LEAST_WINDOW_MS = 60 * 1000;
/** Too few of them fit any line. */
const LEAST_WINDOWS = 5;
/** So many standard errors on either side hold the true growth in 95 of 100 runs. */
const ERRORS = 2;

/** The trend once the process is warm; undefined where there are too few samples. */
export function trendOf(samples: readonly Sample[]): Trend | undefined {
  const points = lowestOfWindows(onceWarm(samples));
  if (points.length < LEAST_WINDOWS) return undefined;
  const { slope, error } = fitLine(points);
  const values = points.map(({ value }) => value);
  return {
    perHour: slope * HOUR_MS,
    errorPerHour: error * HOUR_MS,
    lowest: Math.min(...values),
    highest: Math.max(...values),
  };
}

export function judge(trend: Trend | undefined, bound: Bound): Verdict {
  if (trend === undefined) return 'unclear';
  if (bound.kind === 'range') {
    return trend.highest - trend.lowest <= bound.most ? 'level' : 'grows';
  }
  const doubt = ERRORS * trend.errorPerHour;
  if (trend.perHour - doubt > bound.perHour) return 'grows';
  return trend.perHour + doubt <= bound.perHour ? 'level' : 'unclear';
}

/** Of all series of a run: one that grows spoils it, and one that is unclear leaves it so. */
export function judgeAll(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('grows')) return 'grows';
  const isLevel = verdicts.length > 0 && verdicts.every((verdict) => verdict === 'level');
  return isLevel ? 'level' : 'unclear';
}

function onceWarm(samples: readonly Sample[]): readonly Sample[] {
  const first = samples[0]?.atMs ?? 0;
  const halfMs = ((samples.at(-1)?.atMs ?? 0) - first) / 2;
  const fromMs = first + Math.max(halfMs, WARM_UP_MS);
  return samples.filter(({ atMs }) => atMs >= fromMs);
}

/** Equal stretches of time, each with its lowest sample; stretches without one are left out. */
function lowestOfWindows(samples: readonly Sample[]): readonly Sample[] {
  const first = samples[0]?.atMs ?? 0;
  const wholeMs = (samples.at(-1)?.atMs ?? 0) - first;
  const lengthMs = Math.max(wholeMs / MOST_WINDOWS, LEAST_WINDOW_MS);
  const lowest = new Map<number, Sample>();
  for (const sample of samples) {
    const window = Math.min(MOST_WINDOWS - 1, Math.floor((sample.atMs - first) / lengthMs));
    const found = lowest.get(window);
    if (found === undefined || sample.value < found.value) lowest.set(window, sample);
  }
  return [...lowest.values()];
}

/** Ordinary least squares; `error` is the standard error of the slope, per millisecond as it is. */
function fitLine(points: readonly Sample[]): { readonly slope: number; readonly error: number } {
  const count = points.length;
  const meanAt = sum(points, ({ atMs }) => atMs) / count;
  const meanValue = sum(points, ({ value }) => value) / count;
  const spread = sum(points, ({ atMs }) => (atMs - meanAt) ** 2);
  const slope = sum(points, ({ atMs, value }) => (atMs - meanAt) * (value - meanValue)) / spread;
  const residue = sum(
    points,
    ({ atMs, value }) => (value - meanValue - slope * (atMs - meanAt)) ** 2,
  );
  return { slope, error: Math.sqrt(residue / (count - 2) / spread) };
}

function sum(points: readonly Sample[], of: (point: Sample) => number): number {
  return points.reduce((total, point) => total + of(point), 0);
}
