/** The keyboard: listens for shortcuts, and shows the list of them. */
import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { PAGES } from '../pages.ts';
import { Dialog } from '../ui/dialog.tsx';
import styles from './keyboard.module.css';
import { isMeantElsewhere } from './meant-elsewhere.ts';
import { type Pending, wishOf } from './shortcuts.ts';
import { useSingleKeys } from './single-keys.ts';
import { useSyncNow } from './sync-now.ts';

interface KeyboardProps {
  readonly isHelpOpen: boolean;
  readonly onHelpChange: (isOpen: boolean) => void;
}

/** Listens while it is shown. */
export function Keyboard({ isHelpOpen, onHelpChange }: KeyboardProps) {
  const [, navigate] = useLocation();
  const { sync } = useSyncNow();
  const pending = useRef<Pending>(undefined);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (isMeantElsewhere(event) || event.repeat) return;
      const found = wishOf({ key: event.key, timeMs: event.timeStamp }, pending.current, PAGES);
      pending.current = found.pending;
      if (found.wish === undefined) return;
      event.preventDefault();
      if (found.wish.kind === 'go') navigate(found.wish.path);
      if (found.wish.kind === 'help') onHelpChange(true);
      if (found.wish.kind === 'sync') sync();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  });
  return (
    <Dialog title="Keyboard" isOpen={isHelpOpen} onOpenChange={onHelpChange}>
      <ShortcutList />
    </Dialog>
  );
}

function ShortcutList() {
  const [areOn] = useSingleKeys();
  const shortcuts = [
    ...PAGES.map(({ key, name }) => ({ keys: ['g', key], words: name })),
    { keys: ['s'], words: 'Sync now' },
    { keys: ['?'], words: 'This list' },
  ];
  return (
    <>
      {!areOn && <p>These keys are turned off: “Single keys” in the options turns them on.</p>}
      <dl className={styles.shortcuts}>
        {shortcuts.map(({ keys, words }) => (
          <div key={words} className={styles.shortcut}>
            <dt>{words}</dt>
            <dd className={styles.keys}>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
