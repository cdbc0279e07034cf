/** Points in time, told from now: the whole of one shows to those who point at it. */
import { useNow } from '../clock.ts';
import { comingWords, momentWords, relativeWords } from '../words.ts';

interface MomentProps {
  /** ISO 8601. */
  readonly time: string;
}

/** When something happened. */
export function Moment({ time }: MomentProps) {
  const timeMs = Date.parse(time);
  return (
    <time dateTime={time} title={momentWords(timeMs)}>
      {relativeWords(timeMs, useNow())}
    </time>
  );
}

/** When something will happen. */
export function Coming({ time }: MomentProps) {
  const timeMs = Date.parse(time);
  return (
    <time dateTime={time} title={momentWords(timeMs)}>
      {comingWords(timeMs, useNow())}
    </time>
  );
}
