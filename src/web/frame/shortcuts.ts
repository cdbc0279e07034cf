/** What keys mean on the page: `g` and a letter to go, single keys to do. Pure. */

export interface Press {
  /** As the browser names it: `g`, `?`, `Escape`. */
  readonly key: string;
  readonly timeMs: number;
}

/** When `g` was pressed; undefined where the next key stands for itself. */
export type Pending = number | undefined;

export type Wish =
  | { readonly kind: 'go'; readonly path: string }
  | { readonly kind: 'help' }
  | { readonly kind: 'sync' };

/** Longer apart, the two keys of a pair do not belong together. */
export const PAIR_MS = 1_500;

/** What a press asks for, and what the next press is measured against. */
export function wishOf(
  press: Press,
  pending: Pending,
  pages: readonly { readonly key: string; readonly path: string }[],
): { readonly wish: Wish | undefined; readonly pending: Pending } {
  if (pending !== undefined && press.timeMs - pending <= PAIR_MS) {
    const page = pages.find(({ key }) => key === press.key);
    return { wish: page && { kind: 'go', path: page.path }, pending: undefined };
  }
  if (press.key === 'g') return { wish: undefined, pending: press.timeMs };
  return { wish: singleWish(press.key), pending: undefined };
}

function singleWish(key: string): Wish | undefined {
  if (key === '?') return { kind: 'help' };
  if (key === 's') return { kind: 'sync' };
  return undefined;
}
