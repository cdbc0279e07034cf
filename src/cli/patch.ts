/** Two texts as a unified diff, or in words why there is none. */
import type { StructuredPatchHunk } from 'diff';
import type { ComparedSide } from '../api/conflicts.ts';
import { formatTime } from '../base/time.ts';
import { formatSize } from './format.ts';
import type { Terminal } from './terminal.ts';

/** Texts with more changed lines than this take long, and the result helps nobody. */
const MAX_CHANGED_LINES = 5_000;

/** Lines of a unified diff; undefined where the sides cannot be compared line by line. */
export async function unifiedDiff(
  from: ComparedSide | null,
  to: ComparedSide,
): Promise<readonly string[] | undefined> {
  const before = textOf(from);
  const after = textOf(to);
  if (before === undefined || after === undefined) return undefined;
  const { structuredPatch } = await import('diff');
  const options = { context: 3, maxEditLength: MAX_CHANGED_LINES };
  const patch = structuredPatch('', '', before, after, undefined, undefined, options);
  return patch?.hunks.flatMap((hunk) => [hunkHeader(hunk), ...hunk.lines]);
}

/** What is not there yet, or no more, is an empty text. */
function textOf(side: ComparedSide | null): string | undefined {
  if (side === null || side.content === 'deleted') return '';
  return side.text ?? undefined;
}

/** An empty range is named by the line before it (POSIX `diff -u`). */
function hunkHeader({ oldStart, oldLines, newStart, newLines }: StructuredPatchHunk): string {
  const range = (start: number, lines: number): string =>
    `${lines === 0 ? start - 1 : start},${lines}`;
  return `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`;
}

/** Prints a comparison: a heading for each side, then the lines in colours, or words. */
export async function printDiff(
  terminal: Terminal,
  from: ComparedSide | null,
  to: ComparedSide,
  names: { readonly from: string; readonly to: string },
): Promise<void> {
  const { bold, red, green, dim } = terminal.style;
  terminal.print(bold(`--- ${names.from}: ${sideWords(from)}`));
  terminal.print(bold(`+++ ${names.to}: ${sideWords(to)}`));
  const lines = await unifiedDiff(from, to);
  if (lines === undefined) {
    terminal.print(whyNot(from, to));
    return;
  }
  if (lines.length === 0) terminal.print(dim('(the same text)'));
  for (const line of lines) {
    if (line.startsWith('+')) terminal.print(green(line));
    else if (line.startsWith('-')) terminal.print(red(line));
    else terminal.print(line.startsWith(' ') ? line : dim(line));
  }
}

function sideWords(side: ComparedSide | null): string {
  if (side === null) return 'nothing';
  const { version, device, time, content } = side;
  const what = content === 'deleted' ? 'deleted' : `version ${version.slice(0, 8)}`;
  return `${what}, ${device}, ${formatTime(Date.parse(time))}`;
}

const WHY_NOT: Readonly<Record<ComparedSide['content'], string>> = {
  text: '',
  deleted: '',
  binary: 'is not text',
  large: 'is too large to compare line by line',
  folder: 'is a folder',
  missing: 'cannot be read',
};

function whyNot(from: ComparedSide | null, to: ComparedSide): string {
  const reasons = [from, to]
    .filter((side) => side !== null)
    .filter((side) => WHY_NOT[side.content] !== '')
    .map((side) => {
      const size = side.size === null ? '' : ` (${formatSize(side.size)})`;
      return `Version ${side.version.slice(0, 8)}${size} ${WHY_NOT[side.content]}`;
    });
  const words = reasons.length > 0 ? reasons.join('; ') : 'The texts have too little in common';
  return `${words}. "satchel restore --version <id> --to <file>" writes a version beside.`;
}
