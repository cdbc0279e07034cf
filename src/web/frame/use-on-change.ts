/** What the page does where it comes to show something else, though it was not loaded anew. */
import { useEffect, useRef } from 'react';

/** Calls it when the value is another than before, and not at first. */
export function useOnChange(value: string, tell: () => void): void {
  const shown = useRef(value);
  useEffect(() => {
    if (shown.current === value) return;
    shown.current = value;
    tell();
  });
}

/** For the eyes, and for those who hear it: the link that led here is gone with what it stood in. */
export function beginAtTop(): void {
  window.scrollTo(0, 0);
  document.getElementById('main')?.focus({ preventScroll: true });
}
