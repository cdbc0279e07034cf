/** How a whole is made up: one bar, and each part in words below it. */
import { classes } from '../ui/classes.ts';
import plot from './plot.module.css';
import styles from './shares.module.css';

interface Share {
  readonly name: string;
  readonly value: number;
  /** The value as it is told. */
  readonly words: string;
}

/** @param shares at most six, the largest first. */
export function Shares({ shares }: { readonly shares: readonly Share[] }) {
  const total = shares.reduce((sum, { value }) => sum + value, 0);
  let left = 0;
  const bars = shares.map(({ name, value }, index) => {
    const [x, width] = [left, total === 0 ? 0 : (value / total) * 100];
    left += width;
    return (
      <rect
        key={name}
        className={styles.part}
        data-series={index + 1}
        x={x}
        y={0}
        width={width}
        height={1}
      />
    );
  });
  return (
    <div className={styles.shares}>
      {total > 0 && (
        <svg
          className={styles.bar}
          viewBox="0 0 100 1"
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          {bars}
        </svg>
      )}
      <ul className={styles.list}>
        {shares.map(({ name, words }, index) => (
          <li key={name} className={styles.share}>
            <span className={classes(plot.swatch, styles.sign)} data-series={index + 1} />
            <span className={styles.name}>{name}</span>
            <span className={styles.words}>{words}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
