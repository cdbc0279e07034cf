/** A dialog: it holds the focus, closes by Escape, and gives the focus back. */
import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { IconButton } from './button.tsx';
import styles from './dialog.module.css';

interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly children: ReactNode;
}

const FILLED_IN = 'input:not(:disabled), select:not(:disabled), textarea:not(:disabled)';

export function Dialog({ title, isOpen, onOpenChange, children }: DialogProps) {
  const body = useRef<HTMLDivElement>(null);
  const opener = useRef<Element>(null);
  // What a person came to fill in comes before the way out.
  const focusFirst = (event: Event): void => {
    opener.current = document.activeElement;
    const field = body.current?.querySelector<HTMLElement>(FILLED_IN);
    if (!field) return;
    event.preventDefault();
    field.focus();
  };
  // The library would look for a trigger of its own, and leave the focus nowhere.
  const giveBack = (event: Event): void => {
    event.preventDefault();
    for (const element of [opener.current, document.getElementById('main')]) {
      if (element instanceof HTMLElement) element.focus({ preventScroll: true });
      if (document.activeElement === element) return;
    }
  };
  return (
    <Radix.Root open={isOpen} onOpenChange={onOpenChange}>
      <Radix.Portal>
        {/* Not the library's overlay: it writes a style element, which the page's policy refuses. */}
        <div className={styles.overlay} />
        <Radix.Content
          className={styles.dialog}
          aria-describedby={undefined}
          onOpenAutoFocus={focusFirst}
          onCloseAutoFocus={giveBack}
        >
          <header className={styles.header}>
            <Radix.Title>{title}</Radix.Title>
            <Radix.Close asChild>
              <IconButton icon={X} label="Close" />
            </Radix.Close>
          </header>
          <div ref={body} className={styles.body}>
            {children}
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
