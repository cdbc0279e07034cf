/** Numbers as a reader wants them: three digits that count, and a unit. Pure. */

/** Such as "3.2 ms", "310 ms", "1.27 s" or "135 s". */
export function timeWords(ms: number): string {
  return ms < 1000 ? `${digits(ms)} ms` : `${digits(ms / 1000)} s`;
}

const STEPS = ['B', 'kB', 'MB', 'GB'] as const;

/** Such as "64 B" or "2.1 GB", by thousands. */
export function sizeWords(bytes: number): string {
  let value = bytes;
  let step = 0;
  while (value >= 999.5 && step < STEPS.length - 1) {
    value /= 1000;
    step += 1;
  }
  return `${step === 0 ? Math.round(value) : digits(value)} ${STEPS[step]}`;
}

/** Such as "0.034", "1.27", "31.5" or "1,350". */
export function digits(value: number): string {
  if (value === 0) return '0';
  const whole = Math.floor(Math.log10(Math.abs(value))) + 1;
  const decimals = Math.min(3, Math.max(0, 3 - Math.max(whole, 1)));
  const fixed = value.toFixed(Math.abs(value) < 0.1 ? 3 : decimals);
  return fixed.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');
}
