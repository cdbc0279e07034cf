/** How far a transfer is, in words. Pure. */
import type { Transfer } from '../../../api/status.ts';
import { countWords, numberWords, sizeWords, spanWords } from '../../words.ts';

/** `1.2 MB of 14 MB · 3.4 MB/s · 12 s left`: as much of it as is known. */
export function transferWords(transfer: Transfer): string {
  const { done, total, unit, perSecond, secondsLeft } = transfer;
  const isBytes = unit === 'bytes';
  const amount = (value: number) => (isBytes ? sizeWords(value) : countWords(value, 'file'));
  const so = total === null ? amount(done) : `${short(done, isBytes)} of ${amount(total)}`;
  const rate = perSecond === null ? undefined : `${rateWords(perSecond, isBytes)}`;
  const left = secondsLeft === null ? undefined : `${spanWords(secondsLeft)} left`;
  return [so, rate, left].filter((part) => part !== undefined).join(' · ');
}

function short(value: number, isBytes: boolean): string {
  return isBytes ? sizeWords(value) : numberWords(value);
}

function rateWords(perSecond: number, isBytes: boolean): string {
  if (isBytes) return `${sizeWords(perSecond)}/s`;
  return `${numberWords(Math.round(perSecond))} files/s`;
}
