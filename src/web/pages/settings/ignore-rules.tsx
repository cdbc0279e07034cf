/** What a collection leaves out: its rules, and what they mean for what is in the folder now. */
import { useId, useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useAnswer } from '../../api/queries.ts';
import { useAct } from '../../frame/use-act.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Failed, Loading } from '../../ui/states.tsx';
import styles from './ignore-rules.module.css';
import { RulesPreview } from './rules-preview.tsx';

interface IgnoreRulesProps {
  /** Its id. */
  readonly collection: string;
  readonly name: string;
}

export function IgnoreRules({ collection, name }: IgnoreRulesProps) {
  const { data, error, refetch } = useAnswer('ignoreRules', { collection });
  return (
    <Card title="What is left out">
      {error !== null ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading />
      ) : (
        <Rules collection={collection} name={name} kept={data} />
      )}
    </Card>
  );
}

interface RulesProps extends IgnoreRulesProps {
  readonly kept: Answer<'ignoreRules'>;
}

function Rules({ collection, name, kept }: RulesProps) {
  const id = useId();
  const { act, isBusy } = useAct('changeIgnoreRules');
  /** What the person has written, and which rules it was made from. */
  const [draft, setDraft] = useState<{ readonly text: string; readonly rev: number | null }>();
  const before = kept.rules ?? '';
  const text = draft?.text ?? before;
  const isChanged = text !== before;
  const save = (): void => {
    let { rev } = draft ?? kept;
    const words = (answer: { readonly rev: number }): string => {
      rev = answer.rev;
      return `The rules of ${name} are changed, on all devices`;
    };
    const undo = (): void => act({ collection, rules: before, rev });
    act({ collection, rules: text, rev }, { words, undo, onDone: () => setDraft(undefined) });
  };
  return (
    <div className={styles.body}>
      <div className={styles.rules}>
        <label htmlFor={id} className={styles.label}>
          Rules
        </label>
        <textarea
          id={id}
          className={styles.text}
          rows={10}
          spellCheck={false}
          value={text}
          aria-describedby={`${id}-help`}
          placeholder={'*.tmp\nDrafts/\n!Drafts/keep.md'}
          onChange={({ target }) => setDraft({ text: target.value, rev: draft?.rev ?? kept.rev })}
        />
        <p id={`${id}-help`} className={styles.help}>
          One pattern on each line, as in <code>.gitignore</code>: <code>*.tmp</code> for files,{' '}
          <code>Drafts/</code> for a folder, <code>!</code> before what is carried after all. They
          are kept in <code>.satchelignore</code>, which all devices share.
        </p>
        <Standard patterns={kept.standard} />
        <div className={styles.actions}>
          <Button look="main" isBusy={isBusy} disabled={!isChanged} onClick={save}>
            Save the rules
          </Button>
          {isChanged && <Button onClick={() => setDraft(undefined)}>Discard changes</Button>}
        </div>
      </div>
      <RulesPreview collection={collection} rules={text} />
    </div>
  );
}

function Standard({ patterns }: { readonly patterns: readonly string[] }) {
  return (
    <details>
      <summary>What is left out anyway</summary>
      <p className={styles.standard}>
        {patterns.map((pattern) => pattern.replace('\r', '\\r')).join('  ')}
      </p>
    </details>
  );
}
