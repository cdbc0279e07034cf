/** The collections of the repository: those on this device, and those elsewhere. */
import { FolderPlus } from 'lucide-react';
import { useState } from 'react';
import { useSearch } from 'wouter/use-browser-location';
import { useAnswer } from '../../api/queries.ts';
import { PageHeader } from '../../frame/page-header.tsx';
import { beginAtTop, useOnChange } from '../../frame/use-on-change.ts';
import { Button } from '../../ui/button.tsx';
import { Failed, Loading } from '../../ui/states.tsx';
import styles from './collections-page.module.css';
import { AddDialog } from './dialogs.tsx';
import { Elsewhere } from './elsewhere.tsx';
import { Here } from './here.tsx';
import { LookInside } from './look-inside.tsx';
import { lookPlaceOf } from './look-place.ts';

export function CollectionsPage() {
  const place = lookPlaceOf(useSearch());
  useOnChange(place?.collection ?? '', beginAtTop);
  return place === undefined ? <Lists /> : <LookInside place={place} />;
}

function Lists() {
  const { data: collections, error, refetch } = useAnswer('collections', {});
  const [isAdding, setAdding] = useState(false);
  return (
    <>
      <PageHeader
        title="Collections"
        actions={
          <Button look="main" icon={FolderPlus} onClick={() => setAdding(true)}>
            Add a folder
          </Button>
        }
      />
      {error !== null ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : collections === undefined ? (
        <Loading rows={5} />
      ) : (
        <div className={styles.cards}>
          <Here collections={collections.filter(({ folder }) => folder !== null)} />
          <Elsewhere collections={collections.filter(({ folder }) => folder === null)} />
        </div>
      )}
      {isAdding && <AddDialog onClose={() => setAdding(false)} />}
    </>
  );
}
