/** A new recovery key, shown this once: to be printed, or saved for a place apart. */
import { Copy, Download, Printer } from 'lucide-react';
import { useEffect } from 'react';
import { createPortal } from 'react-dom';
import { useToast } from '../frame/toasts.tsx';
import { Button } from '../ui/button.tsx';
import { saveText } from '../ui/save-text.ts';
import styles from './recovery-kit.module.css';

interface RecoveryKitProps {
  readonly recoveryKey: string;
  /** The page to print, as text. */
  readonly kit: string;
  /** True once the person has it somewhere safe. */
  readonly isKept?: boolean;
}

export function RecoveryKit({ recoveryKey, kit, isKept = false }: RecoveryKitProps) {
  const toast = useToast();
  useStayUntil(isKept);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(recoveryKey);
    toast({ words: 'The recovery key is copied' });
  };
  return (
    <div className={styles.kit}>
      <p>
        It opens everything in the repository should the passphrase be forgotten or every device be
        lost. It is shown this once: print it or write it down, and keep it apart from your devices.
      </p>
      <p className={styles.key}>{recoveryKey}</p>
      <div className={styles.actions}>
        <Button icon={Printer} onClick={() => window.print()}>
          Print
        </Button>
        <Button icon={Download} onClick={() => saveText('satchel-recovery-kit.txt', kit)}>
          Save as a file
        </Button>
        <Button icon={Copy} onClick={() => void copy()}>
          Copy
        </Button>
      </div>
      {/* Beside the page, so that what is around it takes no room on the paper. */}
      {createPortal(
        <pre className={styles.paper} aria-hidden>
          {kit}
        </pre>,
        document.body,
      )}
    </div>
  );
}

/** The browser asks before it leaves the page: the key would be gone. */
function useStayUntil(isKept: boolean): void {
  useEffect(() => {
    if (isKept) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isKept]);
}
