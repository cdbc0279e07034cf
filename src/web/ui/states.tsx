/** What stands where something is not there: not yet, not any more, or because it went wrong. */
import type { LucideIcon } from 'lucide-react';
import { RotateCw, TriangleAlert } from 'lucide-react';
import { VisuallyHidden } from 'radix-ui';
import type { ReactNode } from 'react';
import { Failure } from '../api/failure.ts';
import { sentence } from '../words.ts';
import { Button } from './button.tsx';
import { Hint } from './hint.tsx';
import styles from './states.module.css';

interface EmptyProps {
  readonly icon: LucideIcon;
  readonly title: string;
  /** What would be here, or what to do next. */
  readonly children?: ReactNode;
}

export function Empty({ icon: Icon, title, children }: EmptyProps) {
  return (
    <div className={styles.state}>
      <Icon className={styles.icon} aria-hidden />
      <p className={styles.title}>{title}</p>
      {children !== undefined && <div className={styles.words}>{children}</div>}
    </div>
  );
}

/** Lines as grey bars: the answer comes from this computer, and mostly before they are seen. */
export function Loading({ rows = 3 }: { readonly rows?: number }) {
  return (
    <div className={styles.loading} role="status">
      <VisuallyHidden.Root>Loading</VisuallyHidden.Root>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars are all alike, and never move.
        <span key={row} className={styles.bar} />
      ))}
    </div>
  );
}

interface FailedProps {
  readonly error: Error;
  readonly onRetry?: () => void;
}

/** What went wrong and what to do, in the program's own words. */
export function Failed({ error, onRetry }: FailedProps) {
  return (
    <div className={styles.state} role="alert">
      <TriangleAlert className={styles.failed} aria-hidden />
      <p className={styles.title}>{sentence(error.message)}</p>
      {error instanceof Failure && error.hint !== undefined && (
        <p className={styles.words}>
          <Hint words={error.hint} />
        </p>
      )}
      {onRetry !== undefined && (
        <Button icon={RotateCw} onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
