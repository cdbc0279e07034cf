/** Amounts as people write them in settings: `5s`, `90d`, `500kB`, `25%`, `off`. Pure. */

const DURATION_UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** Milliseconds of `5s`, `10m`, `2h` or `90d`; undefined where it is none of these. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,6}(?:\.\d{1,3})?)\s*([smhd])$/.exec(text.trim());
  const unit = DURATION_UNITS.find(([name]) => name === match?.[2]);
  return unit === undefined ? undefined : Math.round(Number(match?.[1]) * unit[1]);
}

/** The shortest of the forms that `parseDuration` reads. */
export function formatUnits(durationMs: number): string {
  const [name, sizeMs] = DURATION_UNITS.find(([, size]) => durationMs % size === 0) ?? ['s', 1_000];
  return `${durationMs / sizeMs}${name}`;
}

const SIZE_UNITS = [
  ['GB', 1_000_000_000],
  ['MB', 1_000_000],
  ['kB', 1_000],
  ['B', 1],
] as const;

/** Bytes of `500kB`, `1.5 MB` or `2GB` (powers of 1,000); undefined where it is none of these. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)\s*(B|[kKMG]B)$/.exec(text.trim());
  const wanted = match?.[2]?.replace('K', 'k');
  const unit = SIZE_UNITS.find(([name]) => name === wanted);
  return unit === undefined ? undefined : Math.round(Number(match?.[1]) * unit[1]);
}

/** The shortest of the forms that `parseSize` reads without rounding. */
export function formatBytes(sizeBytes: number): string {
  const [name, unit] = SIZE_UNITS.find(([, size]) => sizeBytes % size === 0) ?? ['B', 1];
  return `${sizeBytes / unit}${name}`;
}

/** 0 to 100 of `25%` or `25`; undefined where it is neither. */
export function parsePercent(text: string): number | undefined {
  const match = /^(\d{1,3}(?:\.\d{1,2})?)\s*%?$/.exec(text.trim());
  const share = Number(match?.[1]);
  return match !== null && share <= 100 ? share : undefined;
}
