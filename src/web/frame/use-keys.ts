/** Keys that a page gives a meaning of its own, beside those of the frame. */
import { useEffect, useRef } from 'react';
import { isMeantElsewhere } from './meant-elsewhere.ts';
import { PAIR_MS } from './shortcuts.ts';

/** What a key does, by its name in the browser: `j`, `Escape`. */
export type Keys = Readonly<Record<string, () => void>>;

/** Keys that go on while they are held. Others act once: a decision is not made for what follows. */
const MOVING = ['j', 'k'];

/** Listens while the page is shown. A key after `g` goes to another page, and does nothing here. */
export function useKeys(keys: Keys): void {
  const pairFromMs = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (isMeantElsewhere(event) || (event.repeat && !MOVING.includes(event.key))) return;
      const isPair = event.timeStamp - pairFromMs.current <= PAIR_MS;
      pairFromMs.current = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
      const action = isPair ? undefined : keys[event.key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  });
}
