/** What the two sides contain: texts compared and merged, pictures side by side, or what they are. */
import { Suspense } from 'react';
import { comparisonTabs, PlainText } from '../../editor/compared-texts.tsx';
import { Picture } from '../../ui/picture.tsx';
import { Loading } from '../../ui/states.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import {
  type Compared,
  type Conflict,
  contentWords,
  isPicture,
  sideWords,
} from './conflict-words.ts';
import styles from './contents.module.css';
import { MergeTab } from './merge-tab.tsx';

interface ContentsProps {
  readonly conflict: Conflict;
  readonly isBusy: boolean;
  readonly onSave: (text: string) => Promise<boolean>;
}

export function Contents({ conflict, isBusy, onSave }: ContentsProps) {
  const { left, right } = conflict;
  const areTexts = left.text !== null && right.text !== null;
  return (
    <section className={styles.card} aria-label="What differs">
      <Suspense fallback={<Loading rows={5} />}>
        {areTexts ? (
          <Texts conflict={conflict} isBusy={isBusy} onSave={onSave} />
        ) : (
          <div className={styles.pair}>
            <Content conflict={conflict} compared={left} />
            <Content conflict={conflict} compared={right} />
          </div>
        )}
      </Suspense>
    </section>
  );
}

function Texts({ conflict, isBusy, onSave }: ContentsProps) {
  const { left, right, base } = conflict;
  const texts = {
    left: { text: left.text ?? '', label: labelOf(conflict, left) },
    right: { text: right.text ?? '', label: labelOf(conflict, right) },
  };
  return (
    <Tabs
      label="What differs"
      tabs={[
        ...comparisonTabs(texts),
        {
          id: 'merge',
          title: 'Merge',
          content: <MergeTab conflict={conflict} isBusy={isBusy} onSave={onSave} />,
        },
        { id: 'base', title: 'Before both', content: <Before base={base} /> },
      ]}
    />
  );
}

/** What both sides came from. */
function Before({ base }: { readonly base: Conflict['base'] }) {
  if (base === null) {
    return (
      <p className={styles.words}>
        Nobody knows what both came from: each device had the file before they met.
      </p>
    );
  }
  if (base.text === null) return <p className={styles.words}>{contentWords(base)}</p>;
  return <PlainText text={base.text} label="What both sides came from" />;
}

interface ContentProps {
  readonly conflict: Conflict;
  readonly compared: Compared;
}

function Content({ conflict, compared }: ContentProps) {
  const { collection, path } = conflict;
  const label = labelOf(conflict, compared);
  if (compared.text !== null) return <PlainText text={compared.text} label={label} />;
  if (compared.content === 'binary' && isPicture(path)) {
    return <Picture collection={collection} path={path} version={compared.version} label={label} />;
  }
  return <p className={styles.words}>{contentWords(compared)}</p>;
}

function labelOf({ sides }: Conflict, { version, device }: Compared): string {
  const isLocal = sides.find((side) => side.version === version)?.isLocal === true;
  return sideWords({ isLocal, device });
}
