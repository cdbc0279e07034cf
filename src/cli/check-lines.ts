/** What the doctor finds, one line for each look. */
import type { Check } from '../app/doctor/check.ts';
import { formatSentence } from '../base/sentence.ts';
import type { Terminal } from './terminal.ts';

const COLOURS = { ok: 'green', warning: 'yellow', problem: 'red', unknown: 'dim' } as const;
const COLUMN = 'warning  '.length;

export function printCheck(terminal: Terminal, { outcome, message, hint }: Check): void {
  const word = terminal.style[COLOURS[outcome]](outcome);
  terminal.print(`${word}${' '.repeat(COLUMN - outcome.length)}${formatSentence(message)}`);
  if (hint !== undefined) terminal.print(`${' '.repeat(COLUMN)}${hint}`);
}
