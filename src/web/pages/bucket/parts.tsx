/** What the cards of the bucket are put together from. */
import type { ReactNode } from 'react';
import styles from './parts.module.css';

interface PartProps {
  readonly children: ReactNode;
}

/** All of a card below its heading. */
export function Body({ children }: PartProps) {
  return <div className={styles.body}>{children}</div>;
}

/** Words that explain, beside those that tell. */
export function Muted({ children }: PartProps) {
  return <p className={styles.muted}>{children}</p>;
}

/** What holds for a whole card, below it. */
export function Note({ children }: PartProps) {
  return <p className={styles.note}>{children}</p>;
}

/** Buttons beside each other. */
export function Actions({ children }: PartProps) {
  return <div className={styles.actions}>{children}</div>;
}
