/** The kinds whose views the page has. Another kind is one folder beside this and one line here. */
import { Package } from 'lucide-react';
import type { KindViews } from './kind-views.ts';
import { VAULT } from './vault/vault.ts';

const KINDS: readonly KindViews[] = [VAULT];

/** The views of a kind; plain ones for a kind that this page does not know. */
export function viewsOf(kind: string): KindViews {
  return (
    KINDS.find((views) => views.kind === kind) ?? {
      kind,
      name: kind,
      icon: Package,
      record: { one: 'item', many: 'items' },
    }
  );
}
