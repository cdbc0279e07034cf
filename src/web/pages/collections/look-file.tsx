/** A file of a collection that is looked into: its versions, and what stands in one of them. */
import { History } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useAnswer } from '../../api/queries.ts';
import { nameIn } from '../../listing/paths.ts';
import { Card } from '../../ui/card.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import { sizeWords } from '../../words.ts';
import styles from './look-file.module.css';

type Version = Answer<'lookVersions'>[number];

interface LookFileProps {
  readonly collection: string;
  readonly path: string;
}

export function LookFile({ collection, path }: LookFileProps) {
  const { data: versions, error, refetch } = useAnswer('lookVersions', { collection, path });
  const [chosen, setChosen] = useState<string>();
  const top = useRef<HTMLDivElement>(null);
  // In braces: what scrollIntoView returns in some browsers is nothing to clean up with.
  useEffect(() => {
    top.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const shown = versions?.find(({ id }) => id === chosen) ?? versions?.find(hasContent);
  return (
    <div ref={top}>
      <Card title={nameIn(path)}>
        {error !== null ? (
          <Failed error={error} onRetry={() => void refetch()} />
        ) : versions === undefined ? (
          <Loading />
        ) : versions.length === 0 ? (
          <Empty icon={History} title="No version of it is kept" />
        ) : (
          <div className={styles.file}>
            <Versions versions={versions} shown={shown?.id} onChoose={setChosen} />
            {shown !== undefined && (
              <Content key={shown.id} collection={collection} path={path} version={shown.id} />
            )}
          </div>
        )}
      </Card>
    </div>
  );
}

function hasContent({ size }: Version): boolean {
  return size !== null;
}

interface VersionsProps {
  readonly versions: readonly Version[];
  readonly shown: string | undefined;
  readonly onChoose: (id: string) => void;
}

const STATE_WORDS: Readonly<Record<Version['state'], string>> = {
  current: 'now',
  conflict: 'in conflict',
  superseded: '',
  deleted: 'deleted',
  pending: 'not sent yet',
};

function Versions({ versions, shown, onChoose }: VersionsProps) {
  return (
    <ol className={styles.versions} aria-label="Versions, the newest first">
      {versions.map((version) => (
        <li key={version.id}>
          <button
            type="button"
            className={styles.version}
            aria-pressed={version.id === shown}
            disabled={!hasContent(version)}
            onClick={() => onChoose(version.id)}
          >
            <span>
              <Moment time={version.time} />
            </span>
            <span className={styles.minor}>
              {[
                version.device,
                version.size === null ? '' : sizeWords(version.size),
                STATE_WORDS[version.state],
              ]
                .filter((part) => part !== '')
                .join(', ')}
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}

const WHY_NOT: Readonly<Record<Exclude<Answer<'lookText'>['content'], 'text'>, string>> = {
  binary:
    'This is no text: a program of this computer can open it, in the folder of the collection.',
  large: 'This is too large to show here: open it in the folder of the collection.',
  folder: 'This is a folder.',
  deleted: 'It was deleted.',
  missing: 'Its content is not in the bucket.',
};

interface ContentProps extends LookFileProps {
  readonly version: string;
}

function Content(input: ContentProps) {
  const { data, error, refetch } = useAnswer('lookText', input);
  if (error !== null) return <Failed error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  if (data.content !== 'text') return <p className={styles.minor}>{WHY_NOT[data.content]}</p>;
  return (
    <section
      className={styles.text}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has only keys scrolls it with them.
      tabIndex={0}
      aria-label={`What stands in ${nameIn(input.path)}`}
    >
      {data.text}
    </section>
  );
}
