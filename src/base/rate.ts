/** How fast work goes, from how far it was when. Pure. */

export interface RateSample {
  readonly timeMs: number;
  readonly done: number;
}

/** The rate is that of the last while, so that it follows a network that changes. */
const WINDOW_MS = 5_000;
/** A rate from less than this would jump about. */
const MIN_SPAN_MS = 300;

/** The samples with one more, without those that are too old to count. */
export function withSample(samples: readonly RateSample[], next: RateSample): RateSample[] {
  return [...samples.filter(({ timeMs }) => next.timeMs - timeMs <= WINDOW_MS), next];
}

/** Units per second over the samples, oldest first; undefined where they span too little. */
export function rateOf(samples: readonly RateSample[]): number | undefined {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const spanMs = last.timeMs - first.timeMs;
  return spanMs < MIN_SPAN_MS ? undefined : ((last.done - first.done) / spanMs) * 1_000;
}
