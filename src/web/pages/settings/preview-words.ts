/** What ignore rules would change, in words. Pure. */
import type { Answer } from '../../api/client.ts';
import { countWords, sizeWords } from '../../words.ts';

export type Preview = Answer<'ignorePreview'>;

/** What the rules would change, a line each; empty where they change nothing. */
export function changeWords({ leaving, joining }: Preview): readonly string[] {
  const lines: string[] = [];
  if (leaving.files > 0) {
    const it = leaving.files === 1 ? 'is' : 'are';
    lines.push(
      `${countWords(leaving.files, 'file')} (${sizeWords(leaving.bytes)}) ${it} not carried any more`,
    );
  }
  if (joining.files > 0) {
    const it = joining.files === 1 ? 'is' : 'are';
    lines.push(
      `${countWords(joining.files, 'file')} (${sizeWords(joining.bytes)}) ${it} carried from now on`,
    );
  }
  return lines;
}

/** What becomes of files that other devices have; undefined where there are none. */
export function carriedWords({ leaving: { carried } }: Preview): string | undefined {
  if (carried === 0) return undefined;
  return carried === 1
    ? 'Other devices have 1 file of these already: it stays there, and follows no change any more.'
    : `Other devices have ${countWords(carried, 'file')} of these already: they stay there, and follow no change any more.`;
}

/** A few paths, and how many more there are. */
export function someWords(
  paths: readonly string[],
  count: number,
  shown: number,
): readonly string[] {
  const first = paths.slice(0, shown);
  return count > first.length
    ? [...first, `and ${countWords(count - first.length, 'other')}`]
    : first;
}
