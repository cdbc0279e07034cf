/** The matrix as a block of Markdown: written, read again, and compared. Pure. */
import { BY_CHANCE } from './capabilities.ts';

export interface MatrixTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly MatrixRow[];
}

export interface MatrixRow {
  readonly title: string;
  /** One for each column. */
  readonly answers: readonly string[];
}

export interface Matrix {
  /** Such as `2026-11-21`. */
  readonly date: string;
  readonly tables: readonly MatrixTable[];
}

export const BEGIN = '<!-- matrix: written by "npm run matrix"; change nothing by hand -->';
export const END = '<!-- end of the matrix -->';
export const VERSION_ROW = 'Version';
/** The answer of a row that was left out this time. */
export const LEFT_OUT = 'left out';

/** The document with its block replaced. Throws where it has no block. */
export function withBlock(document: string, matrix: Matrix): string {
  const { before, after } = split(document);
  return `${before}${BEGIN}\n\n${render(matrix)}\n${END}${after}`;
}

/** What the document says. Throws where its block is missing or is not as `withBlock` writes it. */
export function readBlock(document: string): Matrix {
  const { block } = split(document);
  const [, date] = /^Seen on (\d{4}-\d\d-\d\d)\./m.exec(block) ?? [];
  if (date === undefined) throw new Error('the matrix has no date');
  const tables = block
    .split(/^### /m)
    .slice(1)
    .map((part) => readTable(part));
  if (render({ date, tables }).trim() !== block.trim()) {
    throw new Error('the matrix is not as "npm run matrix" writes it');
  }
  return { date, tables };
}

function split(document: string): { before: string; block: string; after: string } {
  const [before = '', rest, ...more] = document.split(BEGIN);
  const [block, after, ...others] = rest?.split(END) ?? [];
  if (block === undefined || after === undefined || more.length + others.length > 0) {
    throw new Error(`there is not one block between "${BEGIN}" and "${END}"`);
  }
  return { before, block, after };
}

function render({ date, tables }: Matrix): string {
  const parts = tables.map(({ title, columns, rows }) => {
    const lines = [
      ['', ...columns],
      ['---', ...columns.map(() => '---')],
      ...rows.map((row) => [row.title, ...row.answers]),
    ];
    return `### ${title}\n\n${lines.map((cells) => `| ${cells.map(escaped).join(' | ')} |`).join('\n')}\n`;
  });
  return [`Seen on ${date}.\n`, ...parts].join('\n');
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|');
}

function readTable(part: string): MatrixTable {
  const [title = '', ...lines] = part.trim().split('\n');
  const [head = [], , ...rows] = lines.filter((line) => line.startsWith('|')).map(cellsIn);
  return {
    title,
    columns: head.slice(1),
    rows: rows.map(([name = '', ...answers]) => ({ title: name, answers })),
  };
}

function cellsIn(line: string): readonly string[] {
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

/**
 * Where what is seen is not what is said, as one line each. Dates do not count, nor patch levels,
 * nor how many tests there are as long as all pass, nor what hangs on chance or was left out.
 */
export function differences(said: Matrix, seen: Matrix): readonly string[] {
  const [before, now] = [cellsOf(said), cellsOf(seen)];
  return [...new Set([...before.keys(), ...now.keys()])].flatMap((place) => {
    const [old, answer] = [before.get(place), now.get(place)];
    if (old === answer || answer === LEFT_OUT) return [];
    return [`${place}: the docs say ${quoted(old)}, seen is ${quoted(answer)}`];
  });
}

function cellsOf({ tables }: Matrix): ReadonlyMap<string, string> {
  const cells = tables.flatMap(({ title, columns, rows }) =>
    rows.flatMap((row) =>
      columns.map((column, index): [string, string] => [
        `${title}: ${row.title}: ${column}`,
        row.title.endsWith(BY_CHANCE) ? 'by chance' : comparable(row.answers[index] ?? ''),
      ]),
    ),
  );
  return new Map(cells);
}

function comparable(answer: string): string {
  const [, passed, run] = /^(\d+) of (\d+)$/.exec(answer) ?? [];
  if (passed !== undefined && passed === run) return 'all';
  // A patch level mends; what it changes shows in the other rows.
  return /^v?(\d+\.\d+)\.\d+$/.exec(answer)?.[1] ?? answer;
}

function quoted(answer: string | undefined): string {
  return answer === undefined ? 'nothing' : `"${answer}"`;
}
