/**
 * Amounts over days or months, as bars that stand on each other or as lines. Whoever does not see
 * it, or wants the numbers, has them in a table.
 */
import { Suspense, useState } from 'react';
import { later } from '../later.ts';
import styles from './plot.module.css';
import { filledSteps, isEmpty, type Series, stepWords } from './plot-data.ts';

const PlotCanvas = later(async () => (await import('./plot-canvas.tsx')).PlotCanvas);

export interface PlotProps {
  readonly title: string;
  /** What is said where there is nothing to plot. */
  readonly empty: string;
  readonly look: 'bars' | 'lines';
  /** Days or months, as in the daemon's answers, oldest first. */
  readonly steps: readonly string[];
  /** At most six. */
  readonly series: readonly Series[];
  /** A value in words. */
  readonly words: (value: number) => string;
}

export function Plot(props: PlotProps) {
  const { title, empty, look, steps, series, words } = props;
  const [pointed, setPointed] = useState<number>();
  const day = pointed === undefined ? undefined : steps[pointed];
  return (
    <figure className={styles.plot}>
      <figcaption className={styles.title}>{title}</figcaption>
      {isEmpty(series) ? (
        <p className={styles.empty}>{empty}</p>
      ) : (
        <>
          <p className={styles.legend} aria-hidden>
            {series.map(({ name, values }, index) => {
              const value = pointed === undefined ? undefined : values[pointed];
              return (
                <span key={name} className={styles.entry}>
                  <span className={styles.swatch} data-series={index + 1} />
                  {name}
                  {typeof value === 'number' && <b>{words(value)}</b>}
                </span>
              );
            })}
            {day !== undefined && <span className={styles.day}>{stepWords(day)}</span>}
          </p>
          <Suspense fallback={<div className={styles.canvas} />}>
            <PlotCanvas
              look={look}
              steps={steps}
              series={series}
              words={words}
              onPoint={setPointed}
            />
          </Suspense>
          <Numbers {...props} />
        </>
      )}
    </figure>
  );
}

/** The same as a table. */
function Numbers({ title, steps, series, words }: PlotProps) {
  return (
    <details className={styles.numbers}>
      <summary>In numbers</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls is reached by keyboard. */}
      <section className={styles.scroll} tabIndex={0} aria-label={`${title}, in numbers`}>
        <table>
          <thead>
            <tr>
              <th scope="col">When</th>
              {series.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {filledSteps(series, steps).map((step) => (
              <tr key={steps[step]}>
                <th scope="row">{stepWords(steps[step] ?? '')}</th>
                {series.map(({ name, values }) => {
                  const value = values[step] ?? null;
                  return <td key={name}>{value === null ? '–' : words(value)}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
