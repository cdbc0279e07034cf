/** How text meets the cells of a terminal: what it may contain and how wide it is. Pure. */

/**
 * Wide and full-width ranges of Unicode's `EastAsianWidth.txt` (UAX #11), joined where only
 * unassigned code points lie between. Emoji are found by their property.
 */
const WIDE =
  /[\u1100-\u115f\u231a\u231b\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1aff0}-\u{1b2fb}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u;
const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}\u{fdd0}-\u{fdef}]*$/u;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
/** Also what reorders text, breaks lines, or is half of a character. */
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\p{Cs}\u2028\u2029]/gu;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The width of a line in cells, each character as wide as terminals commonly draw it. */
export function cellWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let cells = 0;
  for (const { segment } of graphemes.segment(text)) cells += graphemeWidth(segment);
  return cells;
}

function graphemeWidth(grapheme: string): number {
  if (NO_WIDTH.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

/**
 * The text without anything that drives a terminal: control characters, and those that reorder
 * what is written or break lines, are spelled as JavaScript does. `keep` names exceptions.
 */
export function escapeControls(text: string, keep = ''): string {
  return text.replace(UNSAFE, (character) => {
    if (keep.includes(character)) return character;
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    if (character === '\r') return '\\r';
    const code = character.charCodeAt(0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code}`;
  });
}

/** The text shortened in the middle to `maxCells`, so that both ends of a path stay readable. */
export function shortenMiddle(text: string, maxCells: number): string {
  if (cellWidth(text) <= maxCells) return text;
  const parts = Array.from(graphemes.segment(text), ({ segment }) => segment);
  const tailCells = Math.floor((maxCells - 1) / 2);
  const head = takeCells(parts, maxCells - 1 - tailCells);
  const tail = takeCells(parts.toReversed(), tailCells).toReversed();
  return `${head.join('')}…${tail.join('')}`;
}

function takeCells(parts: readonly string[], maxCells: number): readonly string[] {
  let cells = 0;
  const end = parts.findIndex((part) => {
    cells += graphemeWidth(part);
    return cells > maxCells;
  });
  return end === -1 ? parts : parts.slice(0, end);
}
