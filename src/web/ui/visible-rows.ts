/** Which rows of a long list are in sight. Pure. */

export interface Scrolled {
  /** Rows in all, each of the same height. */
  readonly count: number;
  readonly rowHeightPx: number;
  /** How far the list is scrolled, and how much of it is seen. */
  readonly topPx: number;
  readonly heightPx: number;
}

/** Rows beyond both edges, so that scrolling by a bit finds them there. */
const SPARE_ROWS = 8;

/** The first row to draw, and the one after the last. */
export function visibleRows({ count, rowHeightPx, topPx, heightPx }: Scrolled): {
  readonly first: number;
  readonly end: number;
} {
  const top = Math.max(0, Math.floor(topPx / rowHeightPx));
  const bottom = Math.ceil((topPx + heightPx) / rowHeightPx);
  const end = Math.min(count, bottom + SPARE_ROWS);
  return { first: Math.max(0, Math.min(top - SPARE_ROWS, end)), end };
}
