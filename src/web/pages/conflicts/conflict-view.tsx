/** One conflict: its sides, what differs, and what to do about it. */
import { ArrowDown, ArrowUp, CheckCheck, RotateCw } from 'lucide-react';
import { useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useAnswer } from '../../api/queries.ts';
import { KeyHint } from '../../frame/key-hint.tsx';
import { PageHeader } from '../../frame/page-header.tsx';
import { useAct, useIsShown } from '../../frame/use-act.ts';
import { type Keys, useKeys } from '../../frame/use-keys.ts';
import { nameIn } from '../../listing/paths.ts';
import { Button, ButtonLink, IconButton } from '../../ui/button.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import styles from './conflict-view.module.css';
import {
  addressOf,
  type Choice,
  type Conflict,
  LIST_ADDRESS,
  type Listed,
  neighboursOf,
  type Place,
} from './conflict-words.ts';
import { Contents } from './contents.tsx';
import { choiceOf, type ShownSides, Sides } from './sides.tsx';
import { useSettle } from './use-settle.ts';

interface ConflictViewProps {
  readonly place: Place;
  /** All conflicts, for the way to the next one. */
  readonly list: readonly Listed[];
}

export function ConflictView({ place, list }: ConflictViewProps) {
  const [shown, setShown] = useState<ShownSides>({});
  const { data, error, refetch } = useAnswer('conflict', { ...place, ...shown });
  const last = useRef<Conflict>(undefined);
  if (data) last.current = data;
  // Other sides are asked for while those before them stay in place.
  const conflict = data === undefined ? last.current : data;
  const [, navigate] = useLocation();
  const { before, after } = neighboursOf(list, place);
  const goTo = (other: Listed | undefined): void => {
    if (other !== undefined) navigate(addressOf(other));
  };
  useKeys({
    j: () => goTo(after),
    k: () => goTo(before),
    u: () => navigate(LIST_ADDRESS),
  });
  const next = after ?? before;
  const isShown = useIsShown();
  const goOn = (): void => {
    // Whoever went elsewhere before the answer came is left there.
    if (isShown.current) navigate(wayTo(next));
  };
  return (
    <>
      <Header place={place} before={before} after={after} onGo={goTo} />
      {error !== null ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : conflict === undefined ? (
        <Loading rows={6} />
      ) : conflict === null ? (
        <Settled next={next} />
      ) : (
        <Open conflict={conflict} onShow={setShown} onSettled={goOn} />
      )}
    </>
  );
}

/** The list where no other is left. */
function wayTo(other: Listed | undefined): string {
  return other === undefined ? LIST_ADDRESS : addressOf(other);
}

interface HeaderProps {
  readonly place: Place;
  readonly before: Listed | undefined;
  readonly after: Listed | undefined;
  readonly onGo: (other: Listed | undefined) => void;
}

function Header({ place: { collection, path }, before, after, onGo }: HeaderProps) {
  return (
    <PageHeader
      title={nameIn(path)}
      actions={
        <>
          <IconButton
            icon={ArrowUp}
            label="The conflict before"
            disabled={before === undefined}
            onClick={() => onGo(before)}
          />
          <IconButton
            icon={ArrowDown}
            label="The next conflict"
            disabled={after === undefined}
            onClick={() => onGo(after)}
          />
        </>
      }
    >
      <p className={styles.where}>
        <Link href={LIST_ADDRESS}>Conflicts</Link> / {collection} / {path}
      </p>
    </PageHeader>
  );
}

function Settled({ next }: { readonly next: Listed | undefined }) {
  return (
    <Empty icon={CheckCheck} title="This is settled">
      <p>It was settled here or on another device. Every side is in the history of the file.</p>
      <p className={styles.onward}>
        <ButtonLink href={wayTo(next)}>
          {next === undefined ? 'All conflicts' : 'The next conflict'}
        </ButtonLink>
      </p>
    </Empty>
  );
}

interface OpenProps {
  readonly conflict: Conflict;
  readonly onShow: (shown: ShownSides) => void;
  readonly onSettled: () => void;
}

function Open({ conflict, onShow, onSettled }: OpenProps) {
  const { collection, path, state, sides } = conflict;
  const { settle, isBusy } = useSettle();
  const retry = useAct('retry');
  const decide = async (choice: Choice): Promise<boolean> => {
    if (isBusy) return false;
    const isSettled = await settle([{ collection, path, state, choice }]);
    if (isSettled) onSettled();
    return isSettled;
  };
  const keep = (choice: Choice): void => void decide(choice);
  const lookAgain = (): void => {
    if (!retry.isBusy) retry.act({ collection, path }, { words: retriedWords });
  };
  useKeys({ ...keysFor(conflict, keep), r: lookAgain });
  return (
    <div className={styles.open}>
      <Sides conflict={conflict} isBusy={isBusy} onShow={onShow} onKeep={keep} />
      <div className={styles.actions}>
        <Button isBusy={isBusy} onClick={() => keep({ keep: 'both' })}>
          {sides.length === 2 ? 'Keep both' : `Keep all ${sides.length}`}
        </Button>
        <Button look="quiet" icon={RotateCw} isBusy={retry.isBusy} onClick={lookAgain}>
          Retry
        </Button>
        <p className={styles.note}>
          {sides.length === 2
            ? 'With both, the other side becomes a file of its own beside this one.'
            : `There are ${sides.length} sides: what you keep settles all of them. With all, each becomes a file of its own.`}
        </p>
      </div>
      <Contents
        conflict={conflict}
        isBusy={isBusy}
        onSave={(text) => decide({ keep: 'merged', text })}
      />
      <KeyHint className={styles.keys}>
        <kbd>j</kbd> <kbd>k</kbd> next and previous, <kbd>u</kbd> back to the list; <kbd>m</kbd>{' '}
        keeps mine, <kbd>t</kbd> theirs, <kbd>b</kbd> both, <kbd>r</kbd> retries
      </KeyHint>
    </div>
  );
}

/** The keys of the list mean the same here. */
function keysFor({ sides, left, right }: Conflict, keep: (choice: Choice) => void): Keys {
  return {
    m: () => keep(choiceOf(left, sides)),
    t: () => keep(choiceOf(right, sides)),
    b: () => keep({ keep: 'both' }),
  };
}

function retriedWords({
  failed,
}: {
  readonly failed: readonly { readonly error: string }[];
}): string {
  const [first] = failed;
  return first === undefined ? 'Looked at it once more' : `It is still so: ${first.error}`;
}
