/** What is new about a round, for those who saw the one before: standing problems are told once. Pure. */

import type { CollectionResult, SyncResult } from '../api/status.ts';
import type { Trouble } from '../sync/kind.ts';

export interface CollectionNews {
  /** Problems that were not there after the round before, or were other ones. */
  readonly begun: readonly Trouble[];
  /** True where the round before left problems and this one left none. */
  readonly isSolved: boolean;
}

/** What is new, by the name of the collection. `before` is undefined for the first round. */
export function newsOf(
  before: SyncResult | undefined,
  result: SyncResult,
): ReadonlyMap<string, CollectionNews> {
  const known = new Map(before?.collections.map((part) => [part.name, troublesOf(part)]));
  return new Map(
    result.collections.map((part) => {
      const { name } = part;
      const troubles = troublesOf(part);
      const standing = new Set(known.get(name)?.map(keyOf));
      const begun = troubles.filter((trouble) => !standing.has(keyOf(trouble)));
      return [name, { begun, isSolved: standing.size > 0 && troubles.length === 0 }];
    }),
  );
}

/** That deletions wait is a problem like others; how many they are may change without a word. */
function troublesOf({ name, held, failed }: CollectionResult): readonly Trouble[] {
  if (held === 0) return failed;
  const error = `deletions wait for you: "satchel held ${name}" lists them`;
  return [{ path: '', error }, ...failed];
}

function keyOf({ path, error }: Trouble): string {
  return JSON.stringify([path, error]);
}
