/** A list of any length: only the rows in sight are in the page. */
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import styles from './long-list.module.css';
import { visibleRows } from './visible-rows.ts';

interface LongListProps {
  readonly label: string;
  readonly count: number;
  /** All rows are of this height, in pixels. */
  readonly rowHeightPx: number;
  /** The list is as high as its rows, up to this, and less than the window. */
  readonly maxHeightPx: number;
  readonly keyOf: (row: number) => string | number;
  /** Scrolled into sight whenever it becomes another one. */
  readonly shownRow?: number | undefined;
  readonly children: (row: number) => ReactNode;
}

export function LongList(props: LongListProps) {
  const { label, count, rowHeightPx, maxHeightPx, keyOf, shownRow, children } = props;
  const frame = useRef<HTMLElement>(null);
  const [topPx, setTopPx] = useState(0);
  const look = (): void => setTopPx(frame.current?.scrollTop ?? 0);
  // A list that became shorter scrolls back by itself, without an event in every browser.
  // biome-ignore lint/correctness/useExhaustiveDependencies: looks again when the length changes.
  useLayoutEffect(look, [count, maxHeightPx]);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null || shownRow === undefined) return;
    const topPx = shownRow * rowHeightPx;
    const lowestPx = topPx + rowHeightPx - element.clientHeight;
    element.scrollTop = Math.min(topPx, Math.max(lowestPx, element.scrollTop));
  }, [shownRow, rowHeightPx]);
  const { first, end } = visibleRows({ count, rowHeightPx, topPx, heightPx: maxHeightPx });
  const rows = Array.from({ length: end - first }, (_, index) => first + index);
  return (
    <section
      ref={frame}
      className={styles.frame}
      style={{ height: count * rowHeightPx, maxHeight: `min(${maxHeightPx}px, 75dvh)` }}
      onScroll={look}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has only keys scrolls it with them.
      tabIndex={0}
    >
      <ul className={styles.rows} style={{ height: count * rowHeightPx }}>
        {rows.map((row) => (
          <li
            key={keyOf(row)}
            className={styles.row}
            style={{ height: rowHeightPx, transform: `translateY(${row * rowHeightPx}px)` }}
            aria-setsize={count}
            aria-posinset={row + 1}
          >
            {children(row)}
          </li>
        ))}
      </ul>
    </section>
  );
}
