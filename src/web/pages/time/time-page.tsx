/** Every collection at any moment: what was there, what became of a file, and bringing it back. */
import { History } from 'lucide-react';
import { useId, useRef } from 'react';
import { useLocation } from 'wouter';
import { useSearch } from 'wouter/use-browser-location';
import type { HomeStatus } from '../../../api/status.ts';
import { useHome } from '../../api/home.ts';
import { PageHeader } from '../../frame/page-header.tsx';
import { beginAtTop, useOnChange } from '../../frame/use-on-change.ts';
import { Select } from '../../ui/select.tsx';
import { Empty } from '../../ui/states.tsx';
import { momentWords } from '../../words.ts';
import { Browse } from './browse.tsx';
import { FileView } from './file-view.tsx';
import { MomentChoice } from './moment-choice.tsx';
import styles from './time-page.module.css';
import { type TimePlace, timePath, timePlaceOf } from './time-place.ts';

type Collection = HomeStatus['collections'][number];

export function TimePage() {
  const { collections } = useHome();
  const place = timePlaceOf(useSearch());
  const [, navigate] = useLocation();
  useOnChange(place.file === undefined ? '' : `${place.file} ${place.version}`, beginAtTop);
  const chosen = collections.find(({ id }) => id === place.collection) ?? collections[0];
  if (chosen === undefined) {
    return (
      <>
        <PageHeader title="Time" />
        <Empty icon={History} title="No collection is on this device yet">
          <p>Once there is one, every version of its files is found here.</p>
        </Empty>
      </>
    );
  }
  const here = { ...place, collection: chosen.id };
  const { file, version } = here;
  return file === undefined ? (
    <Moments
      place={here}
      collections={collections}
      name={chosen.name}
      onGo={(to) => navigate(timePath(to))}
    />
  ) : (
    <FileView
      key={`${chosen.id} ${file} ${version}`}
      place={{ ...here, file }}
      collection={chosen.name}
    />
  );
}

interface MomentsProps {
  readonly place: TimePlace & { readonly collection: string };
  readonly collections: readonly Collection[];
  /** Of the collection. */
  readonly name: string;
  readonly onGo: (place: TimePlace) => void;
}

function Moments({ place, collections, name, onGo }: MomentsProps) {
  const { at, collection, folder } = place;
  const id = useId();
  const tools = useRef<HTMLDivElement>(null);
  // The link that led into a folder is gone with the list that it stood in.
  useOnChange(folder, () => {
    if (document.activeElement === document.body) tools.current?.focus({ preventScroll: true });
  });
  const choices = collections.map((one) => ({ value: one.id, words: one.name }));
  return (
    <>
      <PageHeader
        title="Time"
        actions={
          collections.length > 1 && (
            <>
              <span id={id} className={styles.label}>
                Collection
              </span>
              <Select
                labelledBy={id}
                value={collection}
                choices={choices}
                onChange={(other) => onGo({ ...place, collection: other, folder: '' })}
              />
            </>
          )
        }
      >
        <p className={styles.when} role="status">
          {at === undefined
            ? `${name} as it is now`
            : `${name} as it was on ${momentWords(Date.parse(at))}`}
        </p>
      </PageHeader>
      <div className={styles.parts}>
        <MomentChoice
          key={collection}
          place={place}
          onChoose={(moment) => onGo({ ...place, at: moment })}
        />
        <Browse key={`${collection} ${folder}`} place={place} tools={tools} />
      </div>
    </>
  );
}
