/** What is in a folder, or was found: however many there are, few of them are in the page. */
import { File, Folder, Link2, Trash2 } from 'lucide-react';
import { useEffect } from 'react';
import { Link } from 'wouter';
import type { Answer } from '../api/client.ts';
import { classes } from '../ui/classes.ts';
import { LongList } from '../ui/long-list.tsx';
import { Moment } from '../ui/moment.tsx';
import { countWords, sizeWords } from '../words.ts';
import styles from './entries.module.css';
import { nameIn } from './paths.ts';

export type Entry = Answer<'tree'>['entries'][number];

interface EntriesProps {
  /** Files that were found are told with their whole paths. */
  readonly isSearch: boolean;
  readonly entries: readonly Entry[];
  /** Where an entry is looked at. */
  readonly addressOf: (entry: Entry) => string;
  /** The path of the file that is looked at beside the list. */
  readonly shown?: string | undefined;
  /** Asks for more; undefined where these are all. Called once, and again where it is another one. */
  readonly onMore: (() => void) | undefined;
}

const ROW_PX = 54;
const MOST_PX = 594;
const SIGNS = { file: File, folder: Folder, link: Link2 } as const;

export function Entries({ isSearch, entries, addressOf, shown, onMore }: EntriesProps) {
  return (
    <LongList
      label={isSearch ? 'Files that were found' : 'What is in the folder'}
      count={entries.length + (onMore === undefined ? 0 : 1)}
      rowHeightPx={ROW_PX}
      maxHeightPx={MOST_PX}
      keyOf={(row) => keyOf(entries[row]) ?? row}
    >
      {(row) => {
        const entry = entries[row];
        if (entry === undefined) return onMore && <More onSeen={onMore} />;
        return (
          <EntryRow
            entry={entry}
            name={isSearch ? entry.path : nameIn(entry.path)}
            address={addressOf(entry)}
            isShown={entry.path === shown}
          />
        );
      }}
    </LongList>
  );
}

/** A deleted file may stand beside another that has its path now. */
function keyOf(entry: Entry | undefined): string | undefined {
  return entry && `${entry.path} ${entry.kind} ${entry.deleted} ${entry.version}`;
}

/** The end of what is there yet: the next part is asked for as soon as somebody comes near. */
function More({ onSeen }: { readonly onSeen: () => void }) {
  useEffect(onSeen, [onSeen]);
  return <p className={styles.more}>More is coming…</p>;
}

interface EntryRowProps {
  readonly entry: Entry;
  readonly name: string;
  readonly address: string;
  readonly isShown: boolean;
}

function EntryRow({ entry, name, address, isShown }: EntryRowProps) {
  const { path, kind, deleted } = entry;
  const isFolder = kind === 'folder';
  const Sign = deleted && !isFolder ? Trash2 : SIGNS[kind];
  return (
    <Link
      href={address}
      className={classes(styles.entry, deleted && styles.deleted)}
      aria-current={isShown ? 'true' : undefined}
    >
      <Sign className={classes(styles.sign, isFolder && styles.folder)} aria-hidden />
      <span className={styles.words}>
        <span className={styles.name} title={path}>
          {name}
        </span>
        <span className={styles.about}>
          <About entry={entry} />
        </span>
      </span>
    </Link>
  );
}

function About({ entry: { kind, size, files, time, device, deleted } }: { readonly entry: Entry }) {
  const amount =
    kind === 'folder' ? `${countWords(files, 'file')}, ${sizeWords(size)}` : sizeWords(size);
  return (
    <>
      {amount}
      {time !== null && (
        <>
          {' · '}
          {deleted ? 'deleted' : 'saved'} <Moment time={time} />
        </>
      )}
      {device !== null && ` on ${device}`}
    </>
  );
}
