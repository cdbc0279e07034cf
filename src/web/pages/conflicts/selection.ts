/** Which conflicts of the list are selected, by their keys. Pure. */

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

/** The row to go to from another: the first where none was, and not beyond the ends. */
export function moved(row: number | undefined, by: 1 | -1, count: number): number | undefined {
  if (count === 0) return undefined;
  return row === undefined ? 0 : Math.min(count - 1, Math.max(0, row + by));
}
