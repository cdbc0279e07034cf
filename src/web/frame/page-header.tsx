/** The head of a page: its name, what it does as a whole, and the title of the window. */
import { type ReactNode, useEffect } from 'react';
import styles from './page-header.module.css';

interface PageHeaderProps {
  readonly title: string;
  /** Below the title. */
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}

export function PageHeader({ title, children, actions }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · Satchel`;
  }, [title]);
  return (
    <header className={styles.header}>
      <div className={styles.top}>
        <h1 className={styles.title} title={title}>
          {title}
        </h1>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </header>
  );
}
