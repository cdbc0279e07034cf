/** Short messages about what was done, with a way back where there is one. */
import { X } from 'lucide-react';
import { Toast as Radix } from 'radix-ui';
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
import { Button, IconButton } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { HintWithWay } from '../ui/hint.tsx';
import styles from './toasts.module.css';

export interface Toast {
  readonly words: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
  readonly isFailure?: boolean;
  /** Takes it back. */
  readonly undo?: () => void;
}

/** Long enough to read, and to come back from looking at what was done. */
const SHOWN_MS = 8_000;
/** The same, and to change one's mind. */
const UNDO_SHOWN_MS = 10_000;
const FAILURE_SHOWN_MS = 20_000;

const ToastContext = createContext<(toast: Toast) => void>(() => {});

/** Shows a message, beside those that are there. */
export function useToast(): (toast: Toast) => void {
  return useContext(ToastContext);
}

interface Shown extends Toast {
  readonly id: number;
}

export function Toasts({ children }: { readonly children: ReactNode }) {
  const [shown, setShown] = useState<readonly Shown[]>([]);
  const show = useCallback((toast: Toast) => {
    setShown((before) => [...before, { ...toast, id: (before.at(-1)?.id ?? 0) + 1 }]);
  }, []);
  const close = (id: number): void => {
    setShown((before) => before.filter((toast) => toast.id !== id));
  };
  return (
    <ToastContext value={show}>
      <Radix.Provider label="Message" duration={SHOWN_MS}>
        {children}
        {shown.map((toast) => (
          <ToastView key={toast.id} toast={toast} onClose={() => close(toast.id)} />
        ))}
        <Radix.Viewport className={styles.viewport} label="Messages ({hotkey})" />
      </Radix.Provider>
    </ToastContext>
  );
}

interface ToastViewProps {
  readonly toast: Toast;
  readonly onClose: () => void;
}

function ToastView({ toast, onClose }: ToastViewProps) {
  const { words, hint, isFailure = false, undo } = toast;
  return (
    <Radix.Root
      className={classes(styles.toast, isFailure && styles.failure)}
      type={isFailure ? 'foreground' : 'background'}
      duration={isFailure ? FAILURE_SHOWN_MS : undo === undefined ? SHOWN_MS : UNDO_SHOWN_MS}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <div className={styles.words}>
        <Radix.Title className={styles.title}>{words}</Radix.Title>
        {hint !== undefined && (
          <Radix.Description>
            <HintWithWay words={hint} />
          </Radix.Description>
        )}
      </div>
      {undo !== undefined && (
        <Radix.Action asChild altText="Undo">
          <Button onClick={undo}>Undo</Button>
        </Radix.Action>
      )}
      <Radix.Close asChild>
        <IconButton icon={X} label="Close" />
      </Radix.Close>
    </Radix.Root>
  );
}
