/** The versions of a file, newest first: two of them to compare, any of them to restore or save. */
import { Download, Undo2 } from 'lucide-react';
import { useId } from 'react';
import { Link } from 'wouter';
import type { Answer } from '../../api/client.ts';
import { contentAddress } from '../../api/content.ts';
import { useHome } from '../../api/home.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { LongList } from '../../ui/long-list.tsx';
import { Moment } from '../../ui/moment.tsx';
import { momentWords, sizeWords } from '../../words.ts';
import { folderOf, timePath } from './time-place.ts';
import { useRestore } from './use-restore.ts';
import styles from './version-list.module.css';
import {
  type Compared,
  canRestore,
  hasContent,
  savedWords,
  stateWords,
  type Version,
} from './version-words.ts';

interface VersionListProps {
  /** Its id. */
  readonly collection: string;
  readonly file: Answer<'versions'>;
  readonly compared: Compared;
  readonly onCompare: (compared: Compared) => void;
}

const ROW_PX = 74;
const MOST_PX = 444;

export function VersionList({ collection, file, compared, onCompare }: VersionListProps) {
  const { path, versions } = file;
  const { restore, isBusy } = useRestore();
  const group = useId();
  return (
    <>
      <div className={styles.head} aria-hidden>
        <span>From</span>
        <span>To</span>
      </div>
      <LongList
        label={`Versions of ${path}, the newest first`}
        count={versions.length}
        rowHeightPx={ROW_PX}
        maxHeightPx={MOST_PX}
        keyOf={(row) => versions[row]?.id ?? row}
      >
        {(row) => {
          const version = versions[row];
          if (version === undefined) return null;
          const { id } = version;
          return (
            <div className={styles.row}>
              <Choice
                version={version}
                words="Compare from"
                group={`${group}-from`}
                isChosen={compared.older === id}
                onChoose={() => onCompare({ ...compared, older: id })}
              />
              <Choice
                version={version}
                words="Compare to"
                group={`${group}-to`}
                isChosen={compared.newer === id}
                onChoose={() => onCompare({ ...compared, newer: id })}
              />
              <About collection={collection} version={version} path={path} />
              <SaveCopy collection={collection} version={version} path={path} />
              {canRestore(version) ? (
                <Button
                  icon={Undo2}
                  isBusy={isBusy}
                  aria-label={`Restore the version of ${momentWords(Date.parse(version.time))}`}
                  onClick={() => void restore({ collection, path, version: id })}
                >
                  <span className={styles.restore}>Restore</span>
                </Button>
              ) : (
                <span />
              )}
            </div>
          );
        }}
      </LongList>
    </>
  );
}

interface ChoiceProps {
  readonly version: Version;
  readonly words: string;
  readonly group: string;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function Choice({ version, words, group, isChosen, onChoose }: ChoiceProps) {
  if (!hasContent(version)) return <span />;
  return (
    <input
      type="radio"
      name={group}
      className={styles.choice}
      aria-label={`${words} the version of ${momentWords(Date.parse(version.time))}`}
      checked={isChosen}
      onChange={onChoose}
    />
  );
}

interface OfVersion {
  /** Its id. */
  readonly collection: string;
  readonly version: Version;
  /** What the file is called now. */
  readonly path: string;
}

function About({ collection, version, path }: OfVersion) {
  const { time, device, size, state } = version;
  const badge = stateWords(state);
  return (
    <div className={styles.about}>
      <span className={styles.when}>
        <Moment time={time} />
        {badge && <Badge {...badge} />}
      </span>
      <span className={styles.minor}>
        <Link
          href={timePath({
            collection,
            at: time,
            folder: folderOf(version.path),
            hasDeleted: false,
          })}
          title="See the folder as it was then"
          aria-label={`${savedWords(time)}: see the folder as it was then`}
        >
          {savedWords(time)}
        </Link>
      </span>
      <span className={styles.minor}>
        {device}
        {size !== null && `, ${sizeWords(size)}`}
        {version.path !== path && `, called ${version.path} then`}
      </span>
    </div>
  );
}

function SaveCopy({ collection, version, path }: OfVersion) {
  const home = useHome().repository;
  if (!hasContent(version)) return <span />;
  const words = `Save a copy of the version of ${momentWords(Date.parse(version.time))}`;
  return (
    <a
      href={contentAddress({ home, collection, path, version: version.id })}
      download
      className={styles.save}
      aria-label={words}
      title="Save a copy"
    >
      <Download aria-hidden />
    </a>
  );
}
