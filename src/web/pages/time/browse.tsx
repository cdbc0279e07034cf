/** The folders and files of a moment: to walk, to search, and to restore from. */
import { FolderOpen, Undo2 } from 'lucide-react';
import { type RefObject, useDeferredValue, useState } from 'react';
import { useLocation } from 'wouter';
import { Entries, type Entry } from '../../listing/entries.tsx';
import { nameIn } from '../../listing/paths.ts';
import { useListing } from '../../listing/use-listing.ts';
import { Way } from '../../listing/way.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Check, TextField } from '../../ui/field.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import { countWords } from '../../words.ts';
import styles from './browse.module.css';
import { RestoreFolder } from './restore-folder.tsx';
import { type TimePlace, timePath } from './time-place.ts';

export interface PlaceProps {
  readonly place: TimePlace & { readonly collection: string };
}

interface BrowseProps extends PlaceProps {
  /** Where the focus goes in another folder. */
  readonly tools: RefObject<HTMLDivElement | null>;
}

export function Browse({ place, tools }: BrowseProps) {
  const { at, folder } = place;
  const [typed, setTyped] = useState('');
  const [isRestoring, setRestoring] = useState(false);
  const search = useDeferredValue(typed.trim());
  const listing = useListing('tree', wishOf(place, search));
  const { data, entries, more, error, refetch, isPrevious } = listing;
  return (
    <Card
      title={folder === '' ? 'Everything in it' : nameIn(folder)}
      actions={
        at !== undefined && (
          <Button icon={Undo2} onClick={() => setRestoring(true)}>
            {folder === '' ? 'Restore everything as it was' : 'Restore this folder as it was'}
          </Button>
        )
      }
    >
      <Tools place={place} tools={tools} typed={typed} onType={setTyped} />
      {error !== null ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading rows={6} />
      ) : (
        <div aria-busy={isPrevious}>
          <p className={styles.count} role="status">
            {countWords(data.total, 'entry', 'entries')}
            {data.trouble !== null && `. ${data.trouble}`}
          </p>
          {at === undefined && place.hasDeleted && (
            <p className={styles.count}>
              To restore a whole folder, choose a moment at which it was there.
            </p>
          )}
          {data.total === 0 ? (
            <Nothing place={place} isSearch={search !== ''} />
          ) : (
            <Entries
              isSearch={search !== ''}
              entries={entries}
              addressOf={(entry) => addressOf(place, entry)}
              onMore={more}
            />
          )}
        </div>
      )}
      {isRestoring && at !== undefined && (
        <RestoreFolder place={{ ...place, at }} onClose={() => setRestoring(false)} />
      )}
    </Card>
  );
}

function wishOf({ collection, at, folder, hasDeleted }: PlaceProps['place'], search: string) {
  return {
    collection,
    folder,
    deleted: hasDeleted ? ('true' as const) : ('false' as const),
    ...(at === undefined ? {} : { at }),
    ...(search === '' ? {} : { search }),
  };
}

function addressOf(place: TimePlace, { kind, path, version }: Entry): string {
  if (kind === 'folder') return timePath({ ...place, folder: path });
  return timePath({ ...place, file: path, version: version ?? undefined });
}

interface ToolsProps extends BrowseProps {
  readonly typed: string;
  readonly onType: (typed: string) => void;
}

function Tools({ place, tools, typed, onType }: ToolsProps) {
  const [, navigate] = useLocation();
  return (
    <div ref={tools} tabIndex={-1} className={styles.tools}>
      <Way folder={place.folder} addressOf={(folder) => timePath({ ...place, folder })} />
      <div className={styles.search}>
        <TextField
          label={place.folder === '' ? 'Search' : 'Search in this folder'}
          type="search"
          value={typed}
          onChange={(event) => onType(event.target.value)}
        />
        <Check
          label="Deleted files, too"
          isChecked={place.hasDeleted}
          onChange={(hasDeleted) => navigate(timePath({ ...place, hasDeleted }), { replace: true })}
        />
      </div>
    </div>
  );
}

function Nothing({ place, isSearch }: PlaceProps & { readonly isSearch: boolean }) {
  const isPast = place.at !== undefined;
  if (isSearch) {
    return (
      <Empty icon={FolderOpen} title={isPast ? 'No file was called so' : 'No file is called so'}>
        {!place.hasDeleted && <p>It may have been deleted: show deleted files, too.</p>}
      </Empty>
    );
  }
  return <Empty icon={FolderOpen} title={isPast ? 'Nothing was in it then' : 'Nothing is in it'} />;
}
