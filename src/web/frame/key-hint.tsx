/** Which keys a page has, where keys do something at all. */
import type { ReactNode } from 'react';
import { useSingleKeys } from './single-keys.ts';

interface KeyHintProps {
  readonly className: string | undefined;
  readonly children: ReactNode;
}

export function KeyHint({ className, children }: KeyHintProps) {
  const [areOn] = useSingleKeys();
  return areOn ? <p className={className}>{children}</p> : null;
}
