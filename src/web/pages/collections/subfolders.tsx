/** Choosing which folders of a collection are carried: everything, or some, from a tree. */
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { ChevronDown, ChevronRight, Folder } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { callRoute } from '../../api/client.ts';
import { useHome } from '../../api/home.ts';
import { keyOf } from '../../api/queries.ts';
import { Check } from '../../ui/field.tsx';
import { Failed, Loading } from '../../ui/states.tsx';
import { countWords, sizeWords } from '../../words.ts';
import { type ChildrenOf, type Chosen, markOf, mayToggle, toggled } from './chosen.ts';
import styles from './subfolders.module.css';

type Entry = Answer<'look'>['entries'][number];

interface SubfoldersProps {
  /** The id of the collection. */
  readonly collection: string;
  /** Undefined for everything. */
  readonly chosen: Chosen | undefined;
  readonly onChange: (chosen: Chosen | undefined) => void;
}

export function Subfolders({ collection, chosen, onChange }: SubfoldersProps) {
  const name = useId();
  return (
    <fieldset className={styles.choice}>
      <legend>What comes here</legend>
      <Check
        label="Everything"
        group={name}
        isChecked={chosen === undefined}
        onChange={() => onChange(undefined)}
      />
      <Check
        label="Some folders only"
        group={name}
        isChecked={chosen !== undefined}
        onChange={() => onChange(new Set())}
      />
      {chosen !== undefined && <Tree collection={collection} chosen={chosen} onChange={onChange} />}
    </fieldset>
  );
}

/** As many folders as the route gives at once. */
const LIMIT = 5_000;

interface TreeProps {
  readonly collection: string;
  readonly chosen: Chosen;
  readonly onChange: (chosen: Chosen) => void;
}

function Tree({ collection, chosen, onChange }: TreeProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(foldersAround(chosen)));
  const folders = useFolderLists(collection, ['', ...open]);
  const top = folders.get('');
  if (top?.error) return <Failed error={top.error} onRetry={top.retry} />;
  if (top?.entries === undefined) return <Loading />;
  const childrenOf: ChildrenOf = (folder) => {
    const { entries, isAll } = folders.get(folder) ?? {};
    return isAll === true ? entries?.map(({ path }) => path) : undefined;
  };
  const rows = rowsOf('', 0, folders, open);
  if (rows.length === 0) return <p className={styles.none}>There are no folders in it.</p>;
  const flip = (path: string): void =>
    setOpen((before) => new Set(before).symmetricDifference(new Set([path])));
  return (
    <>
      <ul className={styles.tree} aria-label="Folders of the collection">
        {rows.map(({ entry, depth }) => (
          <FolderRow
            key={entry.path}
            entry={entry}
            depth={depth}
            isOpen={open.has(entry.path)}
            onFlip={() => flip(entry.path)}
            mark={markOf(chosen, entry.path)}
            mayChange={mayToggle(chosen, entry.path, childrenOf)}
            onToggle={() => onChange(toggled(chosen, entry.path, childrenOf) ?? chosen)}
          />
        ))}
      </ul>
      <p className={styles.note}>
        Files that are in none of these folders stay away. They are never taken for deleted.
      </p>
    </>
  );
}

interface FolderRowProps {
  readonly entry: Entry;
  readonly depth: number;
  readonly isOpen: boolean;
  readonly onFlip: () => void;
  readonly mark: ReturnType<typeof markOf>;
  readonly mayChange: boolean;
  readonly onToggle: () => void;
}

function FolderRow(props: FolderRowProps) {
  const { entry, depth, isOpen, onFlip, mark, mayChange, onToggle } = props;
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = mark === 'part';
  }, [mark]);
  const name = entry.path.slice(entry.path.lastIndexOf('/') + 1);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <li className={styles.row} style={{ paddingInlineStart: `${depth * 1.25}rem` }}>
      <button
        type="button"
        className={styles.chevron}
        aria-expanded={isOpen}
        aria-label={`Folders in ${entry.path}`}
        onClick={onFlip}
      >
        <Chevron aria-hidden />
      </button>
      <label className={styles.folder}>
        <input
          ref={box}
          type="checkbox"
          checked={mark === 'whole'}
          disabled={!mayChange}
          onChange={onToggle}
        />
        <Folder aria-hidden />
        <span className={styles.name}>{name}</span>
        <span className={styles.amount}>
          {countWords(entry.files, 'file')}, {sizeWords(entry.size)}
        </span>
      </label>
    </li>
  );
}

interface FolderList {
  /** Undefined while it is asked for. */
  readonly entries: readonly Entry[] | undefined;
  /** False where there are more than are given at once. */
  readonly isAll: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
}

/** The folders in each of these folders. */
function useFolderLists(
  collection: string,
  folders: readonly string[],
): ReadonlyMap<string, FolderList> {
  const home = useHome().repository;
  const answers = useQueries({
    queries: folders.map((folder) => {
      const input = { collection, folder, limit: LIMIT };
      return {
        queryKey: keyOf('look', home, input),
        queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
          callRoute('look', input, { home, signal }),
        placeholderData: keepPreviousData,
      };
    }),
  });
  return new Map(
    answers.map(({ data, error, refetch }, index) => [
      folders[index] ?? '',
      {
        entries: data?.entries.filter(({ kind }) => kind === 'folder'),
        isAll: data?.next === null,
        error,
        retry: () => void refetch(),
      },
    ]),
  );
}

interface Row {
  readonly entry: Entry;
  readonly depth: number;
}

/** The rows that are in sight, each folder followed by what is open in it. */
function rowsOf(
  folder: string,
  depth: number,
  folders: ReadonlyMap<string, FolderList>,
  open: ReadonlySet<string>,
): readonly Row[] {
  return (folders.get(folder)?.entries ?? []).flatMap((entry) => [
    { entry, depth },
    ...(open.has(entry.path) ? rowsOf(entry.path, depth + 1, folders, open) : []),
  ]);
}

/** The folders above those that are chosen: they begin open, so that the choice is seen. */
function foldersAround(chosen: Chosen): readonly string[] {
  return [...chosen].flatMap((path) => {
    const parts = path.split('/').slice(0, -1);
    return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  });
}
