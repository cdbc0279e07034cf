/**
 * Keys that put the entries of a folder in order: fractions between 0 and 1 in base 62, written
 * without the "0.", so that their order is that of their text and there is always room for another
 * in between. An entry that is moved gets a new key and all others keep theirs. Pure.
 */
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Names in the order of their keys; those with equal keys by name, the same on every device. */
export function namesInOrder(keys: ReadonlyMap<string, string>): readonly string[] {
  return [...keys].sort(([a, x], [b, y]) => compare(x, y) || compare(a, b)).map(([name]) => name);
}

/**
 * The keys to set so that these names come in this order: as few as can be.
 * @param names each of them once.
 */
export function keysToSet(
  names: readonly string[],
  known: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const kept = longestRising(names, known);
  const changes = new Map<string, string>();
  let below: string | undefined;
  let waiting: string[] = [];
  const place = (above: string | undefined): void => {
    const keys = spread(below, above, waiting.length);
    for (const [index, name] of waiting.entries()) changes.set(name, keys[index] ?? '');
    waiting = [];
  };
  for (const name of names) {
    const key = kept.has(name) ? known.get(name) : undefined;
    if (key === undefined) {
      waiting.push(name);
      continue;
    }
    place(key);
    below = key;
  }
  place(undefined);
  return changes;
}

/** The most names whose keys are in order already: a longest rising subsequence. */
function longestRising(
  names: readonly string[],
  known: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  interface Link {
    readonly name: string;
    readonly key: string;
    readonly before: Link | undefined;
  }
  // For each length the link with the lowest key at which a rising row of that length ends.
  const ends: Link[] = [];
  for (const name of names) {
    const key = known.get(name);
    if (key === undefined) continue;
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(ends[middle]?.key ?? '', key) < 0) low = middle + 1;
      else high = middle;
    }
    ends[low] = { name, key, before: ends[low - 1] };
  }
  const kept = new Set<string>();
  for (let link = ends.at(-1); link !== undefined; link = link.before) kept.add(link.name);
  return kept;
}

/** So many keys between two, as short as can be: the middle first, then each half. */
function spread(
  below: string | undefined,
  above: string | undefined,
  count: number,
): readonly string[] {
  if (count === 0) return [];
  const middle = keyBetween(below ?? '', above);
  const left = Math.floor((count - 1) / 2);
  return [...spread(below, middle, left), middle, ...spread(middle, above, count - 1 - left)];
}

/**
 * A key between two.
 * @param below '' for none.
 * @param above higher than `below`, and not ending in 0; undefined for none.
 */
export function keyBetween(below: string, above: string | undefined): string {
  let same = 0;
  while (above !== undefined && (below[same] ?? '0') === above[same]) same += 1;
  if (above !== undefined && same > 0) {
    return above.slice(0, same) + keyBetween(below.slice(same), above.slice(same));
  }
  const low = below === '' ? 0 : DIGITS.indexOf(below[0] ?? '0');
  const high = above === undefined ? DIGITS.length : DIGITS.indexOf(above[0] ?? '0');
  if (high - low > 1) return DIGITS[(low + high) >> 1] ?? '';
  // The first digits are neighbours: above without its rest is between, or something behind below.
  if (above !== undefined && above.length > 1) return above.slice(0, 1);
  return (DIGITS[low] ?? '') + keyBetween(below.slice(1), undefined);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
