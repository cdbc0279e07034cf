/** What a kind of collection brings to the page: its words, its sign, and later its own views. */
import type { LucideIcon } from 'lucide-react';

export interface KindViews {
  /** As in the answers of the daemon: `vault`. */
  readonly kind: string;
  /** One collection of this kind, in words. */
  readonly name: string;
  readonly icon: LucideIcon;
  /** What one record of it is called, and several. */
  readonly record: { readonly one: string; readonly many: string };
}
