/** How much was saved when, with a cursor: dragged, clicked, or moved by the arrow keys. */
import { type CSSProperties, useEffect, useRef, useState } from 'react';
import { after } from '../../clock.ts';
import { type Bar, barAt, barCountWords, barDayWords, barHeight } from './bars.ts';
import styles from './time-line.module.css';

interface TimeLineProps {
  readonly bars: readonly Bar[];
  /** ISO 8601; undefined for now. */
  readonly at: string | undefined;
  readonly nowMs: number;
  readonly onChoose: (at: string | undefined) => void;
}

/** A cursor that is dragged asks for a moment once it rests. */
const REST_MS = 150;
const HEIGHT = 100;
/** How much of its place a bar takes. */
const FILL = 0.8;

export function TimeLine({ bars, at, nowMs, onChoose }: TimeLineProps) {
  const last = bars.length - 1;
  const [dragged, setDragged] = useState<number>();
  useRested(dragged, (index) => {
    setDragged(undefined);
    const bar = bars[index];
    if (bar !== undefined) onChoose(index === last ? undefined : new Date(bar.toMs).toISOString());
  });
  const index = Math.min(dragged ?? (at === undefined ? last : barAt(bars, Date.parse(at))), last);
  const [first, shown] = [bars[0], bars[index]];
  if (first === undefined || shown === undefined) {
    return <p className={styles.words}>Nothing was saved yet.</p>;
  }
  const words = `${barDayWords(shown, nowMs)}: ${barCountWords(shown)}`;
  return (
    <>
      <div
        className={styles.plot}
        style={{ '--count': bars.length, '--at': index } as CSSProperties}
      >
        <Bars bars={bars} />
        <span className={styles.cursor} />
        <input
          type="range"
          className={styles.range}
          min={0}
          max={last}
          value={index}
          aria-label="Moment on the time line"
          aria-valuetext={words}
          onChange={(event) => setDragged(Number(event.target.value))}
        />
      </div>
      <div className={styles.ends}>
        <span>{barDayWords({ ...first, toMs: first.fromMs }, nowMs)}</span>
        <strong>{words}</strong>
        <span>Now</span>
      </div>
    </>
  );
}

function Bars({ bars }: { readonly bars: readonly Bar[] }) {
  const most = Math.max(...bars.map(({ written, deleted }) => written + deleted));
  return (
    <svg
      className={styles.bars}
      viewBox={`0 0 ${bars.length} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden
    >
      {bars.map(({ fromMs, written, deleted }, place) => {
        const whole = barHeight(written + deleted, most) * HEIGHT;
        const gone = whole * (deleted / Math.max(1, written + deleted));
        const x = place + (1 - FILL) / 2;
        return (
          <g key={fromMs}>
            <rect
              className={styles.written}
              x={x}
              width={FILL}
              y={HEIGHT - whole + gone}
              height={whole - gone}
            />
            <rect className={styles.deleted} x={x} width={FILL} y={HEIGHT - whole} height={gone} />
          </g>
        );
      })}
    </svg>
  );
}

/** Tells a value once it has stayed the same for a moment. */
function useRested(value: number | undefined, tell: (value: number) => void): void {
  const latest = useRef(tell);
  useEffect(() => {
    latest.current = tell;
  });
  useEffect(
    () => (value === undefined ? undefined : after(REST_MS, () => latest.current(value))),
    [value],
  );
}
