/**
 * Styles as marks inside a string. A mark is a Unicode noncharacter, which no text interchanges,
 * and becomes an escape sequence only when a line is written: everything else that could drive
 * the terminal is escaped at that moment, so no name can bring sequences of its own.
 */
import { escapeControls } from './width.ts';

const STYLES = {
  bold: { mark: '\u{fdd1}', start: '\x1b[1m' },
  dim: { mark: '\u{fdd2}', start: '\x1b[2m' },
  red: { mark: '\u{fdd3}', start: '\x1b[31m' },
  green: { mark: '\u{fdd4}', start: '\x1b[32m' },
  yellow: { mark: '\u{fdd5}', start: '\x1b[33m' },
  /** White on black whatever the terminal's own colours: for what a camera reads. */
  onBlack: { mark: '\u{fdd6}', start: '\x1b[97;40m' },
} as const;
const END_MARK = '\u{fdd0}';
const RESET = '\x1b[0m';
const MARKS = /[\u{fdd0}-\u{fdef}]/gu;

export type StyleName = keyof typeof STYLES;

/** Styles a part of a line. Styles do not nest: the end of one ends all. */
export const style: Readonly<Record<StyleName, (text: string) => string>> = {
  bold: (text) => marked('bold', text),
  dim: (text) => marked('dim', text),
  red: (text) => marked('red', text),
  green: (text) => marked('green', text),
  yellow: (text) => marked('yellow', text),
  onBlack: (text) => marked('onBlack', text),
};

function marked(name: StyleName, text: string): string {
  return `${STYLES[name].mark}${text.replace(MARKS, '')}${END_MARK}`;
}

/** The line as the terminal gets it: controls escaped (tabs stay), styles spelled or dropped. */
export function renderLine(line: string, hasColour: boolean): string {
  let isOpen = false;
  const text = escapeControls(line, '\t').replace(MARKS, (mark) => {
    if (!hasColour) return '';
    const start = Object.values(STYLES).find((known) => known.mark === mark)?.start;
    if (start === undefined && !isOpen) return '';
    isOpen = start !== undefined;
    return start ?? RESET;
  });
  return isOpen ? text + RESET : text;
}
