/** All conflicts: to open one, or to settle many at once. */
import { CheckCheck } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { KeyHint } from '../../frame/key-hint.tsx';
import { useKeys } from '../../frame/use-keys.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { LongList } from '../../ui/long-list.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Empty } from '../../ui/states.tsx';
import { numberWords } from '../../words.ts';
import styles from './conflict-list.module.css';
import { addressOf, conflictWords, keyOfPlace, type Listed } from './conflict-words.ts';
import { allOrNone, type Cursor, followed, moved, type Selection, toggled } from './selection.ts';
import { useSettle } from './use-settle.ts';

const ROW_PX = 62;
const MOST_PX = 620;

type Keep = 'local' | 'remote' | 'both';

const CHOICES: readonly { readonly keep: Keep; readonly key: string; readonly words: string }[] = [
  { keep: 'local', key: 'm', words: 'Keep mine' },
  { keep: 'remote', key: 't', words: 'Keep theirs' },
  { keep: 'both', key: 'b', words: 'Keep both' },
];

export function ConflictList({ list }: { readonly list: readonly Listed[] }) {
  const [chosen, setChosen] = useState<Selection>(new Set());
  const [before, setCursor] = useState<Cursor>();
  const { settle, isBusy } = useSettle();
  const keys = list.map(keyOfPlace);
  const cursor = followed(before, keys);
  if (cursor !== before) setCursor(cursor);
  // What was settled meanwhile is selected no more.
  const selection = new Set(keys.filter((key) => chosen.has(key)));
  useFocusOn(cursor);

  const decide = (keep: Keep): void => {
    const wanted = selection.size > 0 ? selection : new Set(cursor && [cursor.key]);
    const items = list
      .filter((one) => wanted.has(keyOfPlace(one)))
      .map(({ collection, path, state }) => ({ collection, path, state, choice: { keep } }));
    if (items.length === 0 || isBusy) return;
    void settle(items);
    setChosen(new Set());
  };
  const all = (): void => setChosen(allOrNone(selection, keys));
  const toggle = (key: string | undefined): void => {
    if (key !== undefined) setChosen(toggled(selection, key));
  };
  useKeys({
    j: () => setCursor(moved(cursor, 1, keys)),
    k: () => setCursor(moved(cursor, -1, keys)),
    x: () => toggle(cursor?.key),
    a: all,
    ...Object.fromEntries(CHOICES.map(({ key, keep }) => [key, () => decide(keep)])),
  });

  if (list.length === 0) return <NoConflicts />;
  return (
    <section className={styles.card} aria-label="Conflicts">
      <SelectionBar
        count={selection.size}
        of={list.length}
        isBusy={isBusy}
        onAll={all}
        onKeep={decide}
      />
      <LongList
        label="Files in conflict"
        count={list.length}
        rowHeightPx={ROW_PX}
        maxHeightPx={MOST_PX}
        keyOf={(index) => keys[index] ?? index}
        shownRow={cursor?.row}
      >
        {(index) => {
          const one = list[index];
          const key = keys[index];
          return one === undefined || key === undefined ? null : (
            <Row
              conflict={one}
              isSelected={selection.has(key)}
              isActive={key === cursor?.key}
              onToggle={() => toggle(key)}
            />
          );
        }}
      </LongList>
      <KeyHints />
    </section>
  );
}

interface SelectionBarProps {
  readonly count: number;
  readonly of: number;
  readonly isBusy: boolean;
  readonly onAll: () => void;
  readonly onKeep: (keep: Keep) => void;
}

function SelectionBar({ count, of, isBusy, onAll, onKeep }: SelectionBarProps) {
  return (
    <div className={styles.head}>
      <label className={styles.all}>
        <input
          type="checkbox"
          checked={count === of}
          ref={(box) => {
            if (box !== null) box.indeterminate = count > 0 && count < of;
          }}
          onChange={onAll}
        />
        {count === 0 ? `Select all ${numberWords(of)}` : `${conflictWords(count)} selected`}
      </label>
      {count > 0 && (
        <fieldset className={styles.choice} aria-label="What to keep of those selected">
          {CHOICES.map(({ keep, words }) => (
            <Button key={keep} isBusy={isBusy} onClick={() => onKeep(keep)}>
              {words}
            </Button>
          ))}
        </fieldset>
      )}
    </div>
  );
}

function NoConflicts() {
  return (
    <Empty icon={CheckCheck} title="No conflicts">
      <p>
        Where a file was changed on two devices before they heard of each other, both sides are
        kept, and you choose here.
      </p>
    </Empty>
  );
}

interface RowProps {
  readonly conflict: Listed;
  readonly isSelected: boolean;
  readonly isActive: boolean;
  readonly onToggle: () => void;
}

function Row({ conflict, isSelected, isActive, onToggle }: RowProps) {
  const { collection, path, sides } = conflict;
  return (
    <div className={classes(styles.row, isActive && styles.active)}>
      <label className={styles.box}>
        <input
          type="checkbox"
          checked={isSelected}
          onChange={onToggle}
          aria-label={`Select ${path} of ${collection}`}
        />
      </label>
      <Link href={addressOf(conflict)} className={styles.link} id={idOf(keyOfPlace(conflict))}>
        <span className={styles.path} title={path}>
          {path}
        </span>
        <span className={styles.sides}>
          {collection}
          {sides.map(({ version, isLocal, device, time }) => (
            <span key={version}>
              {' · '}
              {isLocal ? 'this device' : device} <Moment time={time} />
            </span>
          ))}
        </span>
      </Link>
    </div>
  );
}

function KeyHints() {
  return (
    <KeyHint className={styles.keys}>
      <kbd>j</kbd> <kbd>k</kbd> move, <kbd>x</kbd> selects, <kbd>a</kbd> selects all,{' '}
      <kbd>Enter</kbd> opens; <kbd>m</kbd> keeps mine, <kbd>t</kbd> theirs, <kbd>b</kbd> both
    </KeyHint>
  );
}

function idOf(key: string): string {
  return `conflict ${key}`;
}

/**
 * The keys move the focus with them, so that what reads the page aloud follows. With a file that is
 * gone, the focus would be lost; where it is elsewhere by now, it stays there.
 */
function useFocusOn(cursor: Cursor | undefined): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus moves with the file alone.
  useEffect(() => {
    if (cursor === undefined) return;
    if (!cursor.isMoved && document.activeElement !== document.body) return;
    document.getElementById(idOf(cursor.key))?.focus({ preventScroll: true });
  }, [cursor?.key]);
}
