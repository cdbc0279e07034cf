/** How far something is. */
import styles from './progress.module.css';

interface ProgressProps {
  readonly label: string;
  readonly done: number;
  /** Null where nobody knows. */
  readonly total: number | null;
}

export function Progress({ label, done, total }: ProgressProps) {
  const amounts = total === null || total === 0 ? {} : { value: Math.min(done, total), max: total };
  return <progress className={styles.progress} aria-label={label} {...amounts} />;
}
