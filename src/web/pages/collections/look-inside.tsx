/** Looking inside a collection, here or elsewhere: its folders and files as they are now. */
import { ArrowLeft, Download, FolderOpen } from 'lucide-react';
import { useDeferredValue, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { Answer } from '../../api/client.ts';
import { useAnswer } from '../../api/queries.ts';
import { PageHeader } from '../../frame/page-header.tsx';
import { useOnChange } from '../../frame/use-on-change.ts';
import { Entries, type Entry } from '../../listing/entries.tsx';
import { nameIn } from '../../listing/paths.ts';
import { useListing } from '../../listing/use-listing.ts';
import { Way } from '../../listing/way.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { TextField } from '../../ui/field.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import { countWords } from '../../words.ts';
import type { Collection } from './collection-words.ts';
import { BringDialog } from './dialogs.tsx';
import { LookFile } from './look-file.tsx';
import styles from './look-inside.module.css';
import { COLLECTIONS_PATH, type LookPlace, lookPath } from './look-place.ts';

type Look = Answer<'look'>;

export function LookInside({ place }: { readonly place: LookPlace }) {
  const { data: collections } = useAnswer('collections', {});
  const collection = collections?.find(({ id }) => id === place.collection);
  const [isBringing, setBringing] = useState(false);
  const isElsewhere = collection !== undefined && collection.folder === null;
  return (
    <>
      <PageHeader
        title={collection?.name ?? 'Collection'}
        actions={
          isElsewhere && (
            <Button look="main" icon={Download} onClick={() => setBringing(true)}>
              Bring here
            </Button>
          )
        }
      >
        <Link href={COLLECTIONS_PATH} className={styles.back}>
          <ArrowLeft aria-hidden />
          All collections
        </Link>
      </PageHeader>
      <div className={styles.parts}>
        <Inside key={place.collection} place={place} collection={collection} />
        {place.file !== undefined && (
          <LookFile key={place.file} collection={place.collection} path={place.file} />
        )}
      </div>
      {isBringing && collection !== undefined && (
        <BringDialog collection={collection} onClose={() => setBringing(false)} />
      )}
    </>
  );
}

interface InsideProps {
  readonly place: LookPlace;
  readonly collection: Collection | undefined;
}

function Inside({ place, collection }: InsideProps) {
  const { folder = '' } = place;
  const [typed, setTyped] = useState({ folder, text: '' });
  // In another folder, nothing is searched for yet.
  const text = typed.folder === folder ? typed.text : '';
  const search = useDeferredValue(text.trim());
  const top = useRef<HTMLDivElement>(null);
  // The link that led into a folder is gone with the list that it stood in.
  useOnChange(folder, () => top.current?.focus({ preventScroll: true }));
  const { data, entries, more, error, refetch } = useListing('look', {
    collection: place.collection,
    folder,
    ...(search === '' ? {} : { search }),
  });
  return (
    <Card title={folder === '' ? 'Everything in it' : nameIn(folder)}>
      <div ref={top} tabIndex={-1} className={styles.tools}>
        <Way
          folder={folder}
          addressOf={(one) => lookPath({ collection: place.collection, folder: one })}
        />
        <TextField
          label="Search"
          type="search"
          value={text}
          onChange={(event) => setTyped({ folder, text: event.target.value })}
        />
        {data !== undefined && <Reading look={data} />}
      </div>
      {error !== null ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <>
          {collection?.folder === null && (
            <p className={styles.reading}>
              It is read from the bucket. A large one takes a while the first time.
            </p>
          )}
          <Loading rows={6} />
        </>
      ) : data.total === 0 ? (
        <Empty
          icon={FolderOpen}
          title={search === '' ? 'Nothing is in it' : 'No file is called so'}
        />
      ) : (
        <Entries
          isSearch={search !== ''}
          entries={entries}
          addressOf={(entry) => addressOf(place.collection, folder, entry)}
          shown={place.file}
          onMore={more}
        />
      )}
    </Card>
  );
}

function addressOf(collection: string, folder: string, { kind, path }: Entry): string {
  if (kind === 'folder') return lookPath({ collection, folder: path });
  return lookPath({ collection, folder, file: path });
}

/** How much there is, and how new what is shown is. */
function Reading({ look: { total, readAt, trouble } }: { readonly look: Look }) {
  return (
    <p className={styles.reading} role="status">
      {countWords(total, 'entry', 'entries')}
      {readAt !== null && (
        <>
          , read <Moment time={readAt} />
        </>
      )}
      {trouble !== null && `. Something may be missing: ${trouble}`}
    </p>
  );
}
