/** What differs between two versions: texts line by line, pictures side by side, the rest by size. */
import type { Answer } from '../../api/client.ts';
import { useAnswer } from '../../api/queries.ts';
import { comparisonTabs, PlainText } from '../../editor/compared-texts.tsx';
import { Card } from '../../ui/card.tsx';
import { Picture } from '../../ui/picture.tsx';
import { Failed, Loading } from '../../ui/states.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { momentWords } from '../../words.ts';
import { contentWords, isPicture } from '../conflicts/conflict-words.ts';
import styles from './difference.module.css';

type Side = Answer<'compare'>['to'];

interface DifferenceProps {
  /** Its id. */
  readonly collection: string;
  readonly path: string;
  /** Undefined where there is only one version to look at. */
  readonly older: string | undefined;
  readonly newer: string;
}

export function Difference({ collection, path, older, newer }: DifferenceProps) {
  const from = older === newer ? undefined : older;
  const { data, error, refetch } = useAnswer('compare', {
    collection,
    path,
    to: newer,
    ...(from === undefined ? {} : { from }),
  });
  return (
    <Card title={from === undefined ? 'What is in it' : 'What differs'}>
      {error !== null ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading rows={5} />
      ) : (
        <Contents collection={collection} path={path} compared={data} />
      )}
    </Card>
  );
}

interface ContentsProps extends Pick<DifferenceProps, 'collection' | 'path'> {
  readonly compared: Answer<'compare'>;
}

function Contents({ collection, path, compared: { from, to } }: ContentsProps) {
  if (from !== null && from.text !== null && to.text !== null) {
    return from.text === to.text ? (
      <p className={styles.words}>Both versions have the same content.</p>
    ) : (
      <Texts from={from} to={to} />
    );
  }
  const sides = from === null ? [to] : [from, to];
  return (
    <div className={styles.sides}>
      {sides.map((side) => (
        <Content key={side.version} collection={collection} path={path} side={side} />
      ))}
    </div>
  );
}

function Texts({ from, to }: { readonly from: Side; readonly to: Side }) {
  const left = { text: from.text ?? '', label: labelOf(from) };
  const right = { text: to.text ?? '', label: labelOf(to) };
  return (
    <>
      <p className={styles.legend}>
        From {left.label} to {right.label}
      </p>
      <Tabs label="What differs" tabs={comparisonTabs({ left, right })} />
    </>
  );
}

function Content({
  collection,
  path,
  side,
}: Omit<ContentsProps, 'compared'> & { readonly side: Side }) {
  const label = labelOf(side);
  if (side.text !== null) return <PlainText text={side.text} label={label} />;
  if (side.content === 'binary' && isPicture(path)) {
    return <Picture collection={collection} path={path} version={side.version} label={label} />;
  }
  return (
    <p className={styles.words}>
      {label}: {contentWords(side)}
    </p>
  );
}

function labelOf({ time, device }: Side): string {
  return `${momentWords(Date.parse(time))}, ${device}`;
}
