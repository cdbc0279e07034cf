/** Where a text differs from another, line by line. Pure. */
import { diffArrays } from 'diff';

/** Lines `from..to` of the base are lines `sideFrom..sideTo` of the side; one may be empty. */
export interface LineChange {
  readonly from: number;
  readonly to: number;
  readonly sideFrom: number;
  readonly sideTo: number;
}

/**
 * Two stretches of lines, given as numbers that are equal for equal lines, with more differences
 * than this count as replaced as a whole: the search takes time by the square of them.
 */
const SEARCHED_MAX_EDITS = 1_000;

/**
 * The changes that make the side of the base, in order and none touching the next. Lines that both
 * have once and in the same order divide the texts first (as in "patience diff"), so that even
 * texts of a megabyte that have little in common take no long time.
 * @param base and `side`: for each line a number, equal for lines that count as equal.
 */
export function lineChanges(base: readonly number[], side: readonly number[]): LineChange[] {
  const changes: LineChange[] = [];
  let from = 0;
  let sideFrom = 0;
  const whole = { from: 0, to: base.length, sideFrom: 0, sideTo: side.length };
  const inner = withoutCommonEnds(base, side, whole);
  for (const [at, sideAt] of [...anchors(base, side, inner), [base.length, side.length] as const]) {
    const stretch = { from, to: at, sideFrom, sideTo: sideAt };
    changes.push(...changesWithin(base, side, stretch));
    from = at + 1;
    sideFrom = sideAt + 1;
  }
  return joined(changes);
}

/** What stays of a stretch without the lines that both begin or end with. */
function withoutCommonEnds(
  base: readonly number[],
  side: readonly number[],
  { from, to, sideFrom, sideTo }: LineChange,
): LineChange {
  let start = 0;
  const shorter = Math.min(to - from, sideTo - sideFrom);
  while (start < shorter && base[from + start] === side[sideFrom + start]) start += 1;
  let end = 0;
  while (end < shorter - start && base[to - 1 - end] === side[sideTo - 1 - end]) end += 1;
  return { from: from + start, to: to - end, sideFrom: sideFrom + start, sideTo: sideTo - end };
}

/** Pairs of equal lines, each the only one of its kind on either side, in an order both have. */
function anchors(
  base: readonly number[],
  side: readonly number[],
  { from, to, sideFrom, sideTo }: LineChange,
): (readonly [at: number, sideAt: number])[] {
  const inBase = onlyPlaces(base, from, to);
  const inSide = onlyPlaces(side, sideFrom, sideTo);
  const pairs: (readonly [number, number])[] = [];
  for (const [line, at] of inBase) {
    const sideAt = inSide.get(line);
    if (sideAt !== undefined) pairs.push([at, sideAt]);
  }
  return longestRising(pairs);
}

/** Where each line is that occurs once, in order of the places. */
function onlyPlaces(lines: readonly number[], from: number, to: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (let at = from; at < to; at += 1) {
    const line = lines[at] ?? 0;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  const places = new Map<number, number>();
  for (let at = from; at < to; at += 1) {
    const line = lines[at] ?? 0;
    if (counts.get(line) === 1) places.set(line, at);
  }
  return places;
}

/** The most of the pairs whose second numbers rise as their first ones do (patience sorting). */
function longestRising(
  pairs: readonly (readonly [number, number])[],
): (readonly [number, number])[] {
  /** For each length, the pair that ends such a row with the lowest second number. */
  const ends: number[] = [];
  const before: number[] = [];
  const secondOf = (index: number): number => pairs[index]?.[1] ?? 0;
  for (let index = 0; index < pairs.length; index += 1) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (secondOf(ends[middle] ?? 0) < secondOf(index)) low = middle + 1;
      else high = middle;
    }
    before.push(low === 0 ? -1 : (ends[low - 1] ?? -1));
    ends[low] = index;
  }
  const row: (readonly [number, number])[] = [];
  for (let index = ends.at(-1) ?? -1; index >= 0; index = before[index] ?? -1) {
    const pair = pairs[index];
    if (pair !== undefined) row.push(pair);
  }
  return row.reverse();
}

function changesWithin(
  base: readonly number[],
  side: readonly number[],
  stretch: LineChange,
): LineChange[] {
  const inner = withoutCommonEnds(base, side, stretch);
  const { from, to, sideFrom, sideTo } = inner;
  if (from === to && sideFrom === sideTo) return [];
  if (from === to || sideFrom === sideTo) return [inner];
  const runs = diffArrays(base.slice(from, to), side.slice(sideFrom, sideTo), {
    maxEditLength: SEARCHED_MAX_EDITS,
  });
  if (runs === undefined) return [inner];
  const changes: LineChange[] = [];
  let at = from;
  let sideAt = sideFrom;
  for (const { count, added, removed } of runs) {
    const next = added ? at : at + count;
    const sideNext = removed ? sideAt : sideAt + count;
    if (added || removed) changes.push({ from: at, to: next, sideFrom: sideAt, sideTo: sideNext });
    at = next;
    sideAt = sideNext;
  }
  return changes;
}

/** Changes with no line between them are one: what went and what came in its place. */
function joined(changes: readonly LineChange[]): LineChange[] {
  const apart: LineChange[] = [];
  for (const change of changes) {
    const last = apart.at(-1);
    if (last === undefined || last.to < change.from || last.sideTo < change.sideFrom) {
      apart.push(change);
    } else apart.splice(-1, 1, { ...last, to: change.to, sideTo: change.sideTo });
  }
  return apart;
}
