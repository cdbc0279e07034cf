/** A vault: folders of notes and files. */
import { FolderOpen } from 'lucide-react';
import type { KindViews } from '../kind-views.ts';

export const VAULT: KindViews = {
  kind: 'vault',
  name: 'Vault',
  icon: FolderOpen,
  record: { one: 'file', many: 'files' },
};
