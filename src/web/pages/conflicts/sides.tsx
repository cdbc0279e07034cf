/** The two sides that are compared: whose they are, from when, and keeping one of them. */
import { useId } from 'react';
import { useNow } from '../../clock.ts';
import { Button } from '../../ui/button.tsx';
import { Moment } from '../../ui/moment.tsx';
import { relativeWords, sizeWords } from '../../words.ts';
import {
  type Choice,
  type Compared,
  type Conflict,
  type Side,
  sideWords,
} from './conflict-words.ts';
import styles from './sides.module.css';

/** Versions; the first two sides where none are chosen. */
export interface ShownSides {
  readonly left?: string;
  readonly right?: string;
}

interface SidesProps {
  readonly conflict: Conflict;
  readonly isBusy: boolean;
  readonly onShow: (shown: ShownSides) => void;
  readonly onKeep: (choice: Choice) => void;
}

export function Sides({ conflict, isBusy, onShow, onKeep }: SidesProps) {
  const { left, right, sides } = conflict;
  const shown = { left: left.version, right: right.version };
  const show = (place: 'left' | 'right', version: string): void => {
    // The one that is compared already changes its place with the other.
    const other = place === 'left' ? 'right' : 'left';
    const swapped = shown[other] === version ? { [other]: shown[place] } : {};
    onShow({ ...shown, ...swapped, [place]: version });
  };
  const card = (place: 'left' | 'right', compared: Compared) => (
    <SideCard
      place={place}
      compared={compared}
      sides={sides}
      isBusy={isBusy}
      onShow={(version) => show(place, version)}
      onKeep={() => onKeep(choiceOf(compared, sides))}
    />
  );
  return (
    <div className={styles.sides}>
      {card('left', left)}
      {card('right', right)}
    </div>
  );
}

interface SideCardProps {
  readonly place: 'left' | 'right';
  readonly compared: Compared;
  readonly sides: readonly Side[];
  readonly isBusy: boolean;
  readonly onShow: (version: string) => void;
  readonly onKeep: () => void;
}

function SideCard({ place, compared, sides, isBusy, onShow, onKeep }: SideCardProps) {
  const id = useId();
  const now = useNow();
  const { version, time, size } = compared;
  const side = sideOf(compared, sides);
  return (
    <section className={styles.side} data-place={place} aria-labelledby={id}>
      <h2 id={id} className={styles.who}>
        {sideWords({ isLocal: side?.isLocal === true, device: compared.device })}
      </h2>
      <p className={styles.when}>
        Saved <Moment time={time} />
        {size === null ? '' : ` · ${sizeWords(size)}`}
      </p>
      {sides.length > 2 && (
        <select
          className={styles.choice}
          aria-label={place === 'left' ? 'Side on the left' : 'Side on the right'}
          value={version}
          onChange={(event) => onShow(event.target.value)}
        >
          {sides.map((one) => (
            <option key={one.version} value={one.version}>
              {sideWords(one)}, {relativeWords(Date.parse(one.time), now)}
            </option>
          ))}
        </select>
      )}
      <Button look="main" className={styles.keep} isBusy={isBusy} onClick={onKeep}>
        {keepWords(compared, sides)}
      </Button>
    </section>
  );
}

function sideOf({ version }: Compared, sides: readonly Side[]): Side | undefined {
  return sides.find((side) => side.version === version);
}

function keepWords(compared: Compared, sides: readonly Side[]): string {
  if (sideOf(compared, sides)?.isLocal === true) return 'Keep mine';
  return sides.length === 2 ? 'Keep theirs' : `Keep this of ${compared.device}`;
}

/** What keeping a side means to the daemon. */
export function choiceOf(compared: Compared, sides: readonly Side[]): Choice {
  if (sideOf(compared, sides)?.isLocal === true) return { keep: 'local' };
  return sides.length === 2 ? { keep: 'remote' } : { keep: 'version', version: compared.version };
}
