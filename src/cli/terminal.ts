/**
 * What Satchel writes to a terminal, a pipe or a log. The rules:
 *
 * - Results go to stdout; everything else (notes, warnings, errors, progress) to stderr.
 * - With `--json`, stdout gets exactly one JSON document and nothing else, also when the command
 *   fails: then it is `{"error":{"kind","message","hint"}}`. A command that follows something
 *   writes one document a line instead. Times are numbers or ISO 8601, sizes are bytes.
 * - With `--quiet`, notes and progress are left out. Results, warnings and errors are not.
 * - Colours only on a terminal that is not `dumb`, and never with NO_COLOR or `--no-color`;
 *   FORCE_COLOR asks for them elsewhere. They never carry meaning that the words do not.
 * - Progress only where stderr is a terminal; it is erased before anything else is written.
 * - Widths are counted in cells of the terminal, not in characters. Tables shrink on a terminal
 *   and keep their whole text elsewhere.
 * - Whatever could drive the terminal is escaped on its way out: a file name cannot move the
 *   cursor, fake a line or reorder text. One call writes one line.
 * - Errors are whole sentences; a hint says what to do next. No emoji.
 */
import { messageOf, SatchelError } from '../base/errors.ts';
import { formatSentence } from '../base/sentence.ts';
import { createProgress, noProgress, type Progress } from './progress.ts';
import { renderLine, style } from './style.ts';
import { type Column, layOutTable } from './table.ts';

/** What the terminal needs of `process.stdout` and `process.stderr`. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface TerminalOptions {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly monotonicMs: () => number;
  readonly isJson?: boolean;
  readonly isQuiet?: boolean;
  /** `--no-color`. */
  readonly isColourless?: boolean;
}

export interface Terminal {
  readonly isJson: boolean;
  readonly style: typeof style;
  /** One line of the result; nothing with `--json`. */
  print(line: string): void;
  /** The result as a table with a header; nothing with `--json`, nor without rows. */
  table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): void;
  /** The whole result for a program; nothing without `--json`. Call it once. */
  json(value: unknown): void;
  /** One of many results of a command that follows something; nothing without `--json`. */
  jsonLine(value: unknown): void;
  /** Something worth knowing that is not the result. */
  note(line: string): void;
  warn(line: string): void;
  /** Says what went wrong and what to do next. The exit code is the caller's. */
  fail(error: unknown): void;
  readonly progress: Progress;
}

export function createTerminal(options: TerminalOptions): Terminal {
  const { stdout, stderr, isJson = false, isQuiet = false } = options;
  const progress = isQuiet ? noProgress : progressOn(stderr, options.monotonicMs);
  const hasColour = { out: allowsColour(stdout, options), err: allowsColour(stderr, options) };
  let hasDocument = false;

  function out(line: string): void {
    progress.erase();
    stdout.write(`${renderLine(line, hasColour.out)}\n`);
  }

  function err(line: string): void {
    progress.erase();
    stderr.write(`${renderLine(line, hasColour.err)}\n`);
  }

  function document(value: unknown, indent: number): void {
    if (!isJson) return;
    hasDocument = true;
    progress.erase();
    // JSON escapes what could drive a terminal, but for these few characters.
    const text = JSON.stringify(value, undefined, indent) ?? 'null';
    stdout.write(`${text.replace(/[\x7f-\x9f\u2028\u2029\p{Bidi_Control}]/gu, jsonEscape)}\n`);
  }

  return {
    isJson,
    style,
    progress,
    print(line) {
      if (!isJson) out(line);
    },
    table(rows, columns) {
      if (isJson || rows.length === 0) return;
      const width = stdout.isTTY ? stdout.columns : undefined;
      const [header = '', ...lines] = layOutTable(rows, columns, width);
      out(style.bold(header));
      for (const line of lines) out(line);
    },
    json(value) {
      if (hasDocument) throw new SatchelError('internal', 'a command wrote two JSON documents');
      document(value, 2);
    },
    jsonLine(value) {
      document(value, 0);
    },
    note(line) {
      if (!isQuiet) err(line);
    },
    warn(line) {
      err(`${style.yellow('warning:')} ${line}`);
    },
    fail(error) {
      progress.end();
      const { kind, message, hint } = described(error);
      if (isJson && !hasDocument) document({ error: { kind, message, hint } }, 2);
      err(`${style.red('error:')} ${message}`);
      if (hint !== undefined) err(`${style.bold('hint:')} ${hint}`);
    },
  };
}

function progressOn(stream: OutputStream, monotonicMs: () => number): Progress {
  if (!stream.isTTY) return noProgress;
  return createProgress({
    write: (text) => stream.write(text),
    widthCells: () => stream.columns ?? 80,
    monotonicMs,
  });
}

/** NO_COLOR counts when not empty (no-color.org); FORCE_COLOR unless it says `0` or `false`. */
function allowsColour(stream: OutputStream, { env, isColourless }: TerminalOptions): boolean {
  if (isColourless || env.NO_COLOR) return false;
  const force = env.FORCE_COLOR;
  if (force !== undefined) return force !== '0' && force !== 'false';
  return stream.isTTY === true && env.TERM !== 'dumb';
}

function jsonEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function described(error: unknown): Pick<SatchelError, 'kind' | 'message' | 'hint'> {
  const message = formatSentence(messageOf(error));
  if (error instanceof SatchelError) return { kind: error.kind, message, hint: error.hint };
  return {
    kind: 'internal',
    message,
    hint: 'This looks like a defect of Satchel. SATCHEL_DEBUG=1 shows where it arose.',
  };
}
