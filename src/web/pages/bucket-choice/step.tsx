/** One step of something that takes several: its heading gets the focus when it shows. */
import { type ReactNode, useEffect, useRef } from 'react';
import styles from './step.module.css';

interface StepProps {
  readonly title: string;
  /** What this is about, in a sentence or two. */
  readonly words?: ReactNode;
  readonly children: ReactNode;
}

export function Step({ title, words, children }: StepProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, []);
  return (
    <section className={styles.step} aria-label={title}>
      <header className={styles.header}>
        <h2 ref={heading} tabIndex={-1} className={styles.title}>
          {title}
        </h2>
        {words !== undefined && <p className={styles.words}>{words}</p>}
      </header>
      {children}
    </section>
  );
}
