/** The few numbers that tell of repeated measurements. Pure. */

export interface Summary {
  readonly count: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Throws where there are no values. */
export function summarize(values: readonly number[]): Summary {
  return {
    count: values.length,
    median: quantile(values, 0.5),
    min: quantile(values, 0),
    max: quantile(values, 1),
  };
}

/**
 * The value below which the fraction `part` of the values lies, between two of them in proportion
 * (Hyndman and Fan's definition 7, which spreadsheets use). Throws where there are no values.
 */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * part;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) throw new Error('there are no values');
  return below + (above - below) * (position - Math.floor(position));
}
