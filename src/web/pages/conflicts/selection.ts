/** Which conflicts of the list are selected, and at which one the keys are. Pure. */

export type Selection = ReadonlySet<string>;

export function toggled(selection: Selection, key: string): Selection {
  const others = new Set(selection);
  if (!others.delete(key)) others.add(key);
  return others;
}

/** All, or none where all are selected already. */
export function allOrNone(selection: Selection, keys: readonly string[]): Selection {
  return keys.every((key) => selection.has(key)) ? new Set() : new Set(keys);
}

/** The conflict that the keys are at. */
export interface Cursor {
  readonly key: string;
  /** Where it is in the list. */
  readonly row: number;
  /** True where a person moved there, false where the list changed. */
  readonly isMoved: boolean;
}

/** From one row to another: to the first where the keys were at none, and not beyond the ends. */
export function moved(
  cursor: Cursor | undefined,
  by: 1 | -1,
  keys: readonly string[],
): Cursor | undefined {
  const row = cursor === undefined ? 0 : Math.min(keys.length - 1, Math.max(0, cursor.row + by));
  const key = keys[row];
  return key === undefined ? undefined : { key, row, isMoved: true };
}

/** It stays with its conflict in a list that changed; of one that is gone, it takes the place. */
export function followed(cursor: Cursor | undefined, keys: readonly string[]): Cursor | undefined {
  if (cursor === undefined || keys[cursor.row] === cursor.key) return cursor;
  const found = keys.indexOf(cursor.key);
  const row = found >= 0 ? found : Math.min(cursor.row, keys.length - 1);
  const key = keys[row];
  return key === undefined ? undefined : { key, row, isMoved: false };
}
