/** Where an editor stands in the page: in a shadow root, which may have styles made by a script. */
import { type RefObject, useEffect, useRef } from 'react';
import styles from './frame.module.css';

interface EditorFrameProps {
  /** Puts the editor in. @returns what takes it out again. Another function is another editor. */
  readonly open: (root: ShadowRoot) => () => void;
}

/**
 * The page's policy refuses style elements. In a shadow root, the editor's library uses style sheets
 * made by script, which are none. The colours of the page reach in there.
 */
export function EditorFrame({ open }: EditorFrameProps) {
  const host = useRef<HTMLDivElement>(null);
  useOpened(host, open);
  return <div ref={host} className={styles.frame} />;
}

function useOpened(host: RefObject<HTMLDivElement | null>, open: EditorFrameProps['open']): void {
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    return open(element.shadowRoot ?? element.attachShadow({ mode: 'open' }));
  }, [host, open]);
}
