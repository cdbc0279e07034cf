/** Choosing a moment: on the time line, or by its date and time. */
import { useEffect, useId, useRef, useState } from 'react';
import { useAnswer } from '../../api/queries.ts';
import { after, useNow } from '../../clock.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Failed, Loading } from '../../ui/states.tsx';
import { barsOf } from './bars.ts';
import styles from './moment-choice.module.css';
import { TimeLine } from './time-line.tsx';
import type { TimePlace } from './time-place.ts';
import { momentOf, typedOf } from './typed-moment.ts';

interface MomentChoiceProps {
  readonly place: TimePlace & { readonly collection: string };
  /** Told ISO 8601; undefined for now. */
  readonly onChoose: (at: string | undefined) => void;
}

export function MomentChoice({ place: { collection, at }, onChoose }: MomentChoiceProps) {
  const nowMs = useNow();
  const utcOffset = -new Date(nowMs).getTimezoneOffset();
  const { data, error, refetch } = useAnswer('moments', { collection, utcOffset });
  return (
    <Card
      title="When"
      actions={
        <>
          <MomentField at={at} onChoose={onChoose} />
          <Button aria-pressed={at === undefined} onClick={() => onChoose(undefined)}>
            Now
          </Button>
        </>
      }
    >
      <div className={styles.line}>
        {error !== null ? (
          <Failed error={error} onRetry={() => void refetch()} />
        ) : data === undefined ? (
          <Loading rows={2} />
        ) : (
          <TimeLine bars={barsOf(data.days, nowMs)} at={at} nowMs={nowMs} onChoose={onChoose} />
        )}
      </div>
    </Card>
  );
}

/** Whoever types a date is not interrupted by each part of it. */
const TYPED_MS = 600;

function MomentField({ at, onChoose }: Omit<MomentChoiceProps, 'place'> & Pick<TimePlace, 'at'>) {
  const id = useId();
  const nowMs = useNow();
  const [typed, setTyped] = useState(() => typedOf(at));
  const [isTyped, setIsTyped] = useState(false);
  const [shownAt, setShownAt] = useState(at);
  if (shownAt !== at) {
    setShownAt(at);
    setIsTyped(false);
    // What was typed stays as it is where it is this very moment.
    if (momentOf(typed, nowMs) !== at) setTyped(typedOf(at));
  }
  const choose = useRef(() => {});
  choose.current = () => {
    const moment = momentOf(typed, nowMs);
    if (moment !== undefined) onChoose(moment);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: waits anew after each part typed.
  useEffect(
    () => (isTyped ? after(TYPED_MS, () => choose.current()) : undefined),
    [typed, isTyped],
  );
  return (
    <div className={styles.field}>
      <label htmlFor={id}>Date and time</label>
      <input
        id={id}
        type="datetime-local"
        step={1}
        max={typedOf(new Date(nowMs).toISOString())}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setIsTyped(true);
        }}
      />
    </div>
  );
}
