/** Lays out rows in columns by display cells. Pure. */
import { cellWidth, escapeControls, shortenMiddle } from './width.ts';

export interface Column<Row> {
  readonly header: string;
  /** The cell's text; controls in it are escaped here. */
  readonly cell: (row: Row) => string;
  /** Default `left`; numbers read better to the right. */
  readonly align?: 'left' | 'right';
  /** May lose its middle where the table is wider than the terminal; for paths and messages. */
  readonly shrinks?: boolean;
}

const GAP = '  ';
/** A column that shrinks keeps this much, even if lines then wrap. */
const MIN_SHRUNK_CELLS = 12;

/** The lines of a table, its header first. `maxCells` is the terminal's width, where there is one. */
export function layOutTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  maxCells?: number,
): readonly string[] {
  const cells = [
    columns.map((column) => column.header),
    ...rows.map((row) => columns.map((column) => escapeControls(column.cell(row)))),
  ];
  const natural = columns.map((_, index) =>
    Math.max(...cells.map((line) => cellWidth(line[index] ?? ''))),
  );
  const widths = maxCells === undefined ? natural : shrink(natural, columns, maxCells);
  return cells.map((line) =>
    columns
      .map(({ align }, index) => {
        const width = widths[index] ?? 0;
        const text = shortenMiddle(line[index] ?? '', width);
        const padding = ' '.repeat(Math.max(0, width - cellWidth(text)));
        return align === 'right' ? padding + text : text + padding;
      })
      .join(GAP)
      .trimEnd(),
  );
}

/** Takes what is too much from the columns that may shrink, always from the widest of them. */
function shrink<Row>(
  natural: readonly number[],
  columns: readonly Column<Row>[],
  maxCells: number,
): readonly number[] {
  const widths = [...natural];
  const gaps = GAP.length * (columns.length - 1);
  let excess = widths.reduce((sum, width) => sum + width, gaps) - maxCells;
  for (; excess > 0; excess -= 1) {
    const candidates = columns.map((column, index) => (column.shrinks ? (widths[index] ?? 0) : 0));
    const widest = Math.max(...candidates);
    if (widest <= MIN_SHRUNK_CELLS) break;
    widths[candidates.indexOf(widest)] = widest - 1;
  }
  return widths;
}
