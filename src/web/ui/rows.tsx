/** A list in a card, with a line between its rows, and what all such rows begin with. */
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './rows.module.css';

/** @param children list items, which arrange what is in them. */
export function Rows({ children }: { readonly children: ReactNode }) {
  return <ul className={styles.list}>{children}</ul>;
}

/** What a row is about, as a sign. */
export function RowSign({ icon: Icon }: { readonly icon: LucideIcon }) {
  return <Icon className={styles.sign} aria-hidden />;
}

/** What a row is about, in words; the area `what` of a row that is a grid. */
export function RowText({ children }: { readonly children: ReactNode }) {
  return <div className={styles.what}>{children}</div>;
}
