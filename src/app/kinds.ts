/** The kinds there are. A new kind is a folder under `src/kinds/` and a line here. */
import { nodeDisk } from '../kinds/files/node-disk.ts';
import { vaultKind } from '../kinds/vault/vault.ts';
import type { Kind } from '../sync/kind.ts';

export interface KindInputs {
  readonly repository: string;
  readonly home: string;
}

export function makeKinds(inputs: KindInputs): ReadonlyMap<string, Kind> {
  const disk = nodeDisk();
  const kinds = [vaultKind(disk, inputs)];
  return new Map(kinds.map((kind) => [kind.name, kind]));
}
