/** Making one text of both: begins with what can be merged, and is saved by the person alone. */
import { type ReactNode, useCallback, useRef, useState } from 'react';
import { countUndecided } from '../../editor/clashes.ts';
import type { MergeHandle } from '../../editor/merge-editor.tsx';
import { later } from '../../later.ts';
import { Button } from '../../ui/button.tsx';
import { countWords } from '../../words.ts';
import type { Conflict } from './conflict-words.ts';
import { useDraft } from './draft.ts';
import styles from './merge-tab.module.css';

const MergeEditor = later(async () => (await import('../../editor/merge-editor.tsx')).MergeEditor);

interface MergeTabProps {
  readonly conflict: Conflict;
  readonly isBusy: boolean;
  /** @returns whether it was saved. */
  readonly onSave: (text: string) => Promise<boolean>;
}

export function MergeTab({ conflict, isBusy, onSave }: MergeTabProps) {
  const { state, proposal, left, right } = conflict;
  const { draft, set, drop } = useDraft(conflict);
  // Where nothing was typed, other sides begin another merge.
  const pair = `${left.version} ${right.version}`;
  const [begun, setBegun] = useState({ pair, run: 0 });
  if (draft === undefined && begun.pair !== pair) setBegun({ pair, run: begun.run + 1 });
  const begin = proposal?.text ?? left.text ?? '';
  const text = draft?.text ?? begin;
  const begunFrom = draft?.state ?? state;
  const save = async (): Promise<void> => {
    if (await onSave(text)) drop(text);
  };
  return (
    <div className={styles.merge}>
      {begunFrom !== state && (
        <Notice words="A side changed after you began. Your text is still here: look at the sides once more.">
          <Button onClick={() => set({ text, state })}>Go on with my text</Button>
          <Button
            onClick={() => {
              set(undefined);
              setBegun({ pair, run: begun.run + 1 });
            }}
          >
            Begin again
          </Button>
        </Notice>
      )}
      <Editing
        key={begun.run}
        begin={text}
        undecided={countUndecided(text)}
        about={aboutWords(conflict)}
        isBusy={isBusy}
        isStale={begunFrom !== state}
        onChange={(changed) => set({ text: changed, state: begunFrom })}
        onSave={save}
      />
    </div>
  );
}

function aboutWords({ proposal, left }: Conflict): string {
  if (proposal === null) {
    return `What both came from is not known: this begins with the text of ${left.device}.`;
  }
  if (proposal.clashes > 0)
    return 'Where both changed the same lines, choose or type what it should be.';
  return 'The changes of both sides are in it. Look it over, and save it.';
}

interface EditingProps {
  readonly begin: string;
  readonly undecided: number;
  readonly about: string;
  readonly isBusy: boolean;
  /** True where the sides are others than those it began from. */
  readonly isStale: boolean;
  readonly onChange: (text: string) => void;
  readonly onSave: () => Promise<void>;
}

function Editing({ begin, undecided, about, isBusy, isStale, onChange, onSave }: EditingProps) {
  // The editor has its text from here on: what it tells does not make another one of it.
  const [start] = useState(begin);
  const [isAsked, setAsked] = useState(false);
  const handle = useRef<MergeHandle>(null);
  const tell = useRef(onChange);
  tell.current = onChange;
  // What is being saved is what stands there.
  const isFixed = useRef(isBusy);
  isFixed.current = isBusy;
  const change = useCallback((text: string) => tell.current(text), []);
  const save = (): void => {
    if (undecided > 0) setAsked(true);
    else void onSave();
  };
  return (
    <>
      <div className={styles.bar}>
        <p className={styles.about}>
          {undecided > 0 ? `${countWords(undecided, 'place')} to decide. ` : ''}
          {about}
        </p>
        {undecided > 0 && (
          <Button onClick={() => handle.current?.goToNext()}>Go to the next place</Button>
        )}
        <Button look="main" isBusy={isBusy} disabled={isStale} onClick={save}>
          Save merge
        </Button>
      </div>
      {isAsked && undecided > 0 && (
        <Notice
          words={`${countWords(undecided, 'place')} ${undecided === 1 ? 'is' : 'are'} not decided: both sides stand there, between marks.`}
        >
          <Button look="danger" isBusy={isBusy} disabled={isStale} onClick={() => void onSave()}>
            Save with the marks
          </Button>
        </Notice>
      )}
      <div className={styles.editor}>
        <MergeEditor
          start={start}
          label="Merged text"
          handle={handle}
          isFixed={isFixed}
          onChange={change}
        />
      </div>
    </>
  );
}

interface NoticeProps {
  readonly words: string;
  readonly children: ReactNode;
}

function Notice({ words, children }: NoticeProps) {
  return (
    <div className={styles.notice} role="alert">
      <p>{words}</p>
      {children}
    </div>
  );
}
