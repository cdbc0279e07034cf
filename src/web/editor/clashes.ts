/** Places of a merge that are not decided: both sides stand there, between marks. Pure. */

/** Numbers of lines, from 1: of the mark before my lines, between both, and after theirs. */
export interface Clash {
  readonly start: number;
  readonly middle: number;
  readonly end: number;
}

export type ClashSide = 'mine' | 'theirs' | 'both';

const START = '<<<<<<< ';
const MIDDLE = '=======';
const END = '>>>>>>> ';

/** Whole places, in order. Seven equals signs alone are a heading in Markdown, and no mark. */
export function findClashes(lines: Iterable<string>): readonly Clash[] {
  const found: Clash[] = [];
  let start: number | undefined;
  let middle: number | undefined;
  let number = 0;
  for (const line of lines) {
    number += 1;
    if (line.startsWith(START)) {
      start = number;
      middle = undefined;
    } else if (line === MIDDLE && start !== undefined) {
      middle ??= number;
    } else if (line.startsWith(END) && start !== undefined && middle !== undefined) {
      found.push({ start, middle, end: number });
      start = undefined;
      middle = undefined;
    }
  }
  return found;
}

/** How many places are not decided; what is left of a place counts as well. */
export function countUndecided(text: string): number {
  const starts = text.match(/^<{7} /gm)?.length ?? 0;
  const ends = text.match(/^>{7} /gm)?.length ?? 0;
  return Math.max(starts, ends);
}

/** The lines that stay of a place, as ranges of line numbers, both ends included. */
export function keptLines(
  { start, middle, end }: Clash,
  side: ClashSide,
): readonly { readonly from: number; readonly to: number }[] {
  const mine = { from: start + 1, to: middle - 1 };
  const theirs = { from: middle + 1, to: end - 1 };
  const wanted = { mine: [mine], theirs: [theirs], both: [mine, theirs] }[side];
  return wanted.filter(({ from, to }) => from <= to);
}
