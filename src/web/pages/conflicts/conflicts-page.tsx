/** Conflicts: the list of all, or one of them, as the address says. */
import { useSearch } from 'wouter/use-browser-location';
import { useAnswer } from '../../api/queries.ts';
import { PageHeader } from '../../frame/page-header.tsx';
import { beginAtTop, useOnChange } from '../../frame/use-on-change.ts';
import { Failed, Loading } from '../../ui/states.tsx';
import { ConflictList } from './conflict-list.tsx';
import { ConflictView } from './conflict-view.tsx';
import { keyOfPlace, placeIn } from './conflict-words.ts';

export function ConflictsPage() {
  const place = placeIn(useSearch());
  useOnChange(place === undefined ? '' : keyOfPlace(place), beginAtTop);
  const { data: list, error, refetch } = useAnswer('conflicts', {});
  if (place !== undefined) {
    return <ConflictView key={keyOfPlace(place)} place={place} list={list ?? []} />;
  }
  return (
    <>
      <PageHeader title="Conflicts" />
      {error !== null ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : list === undefined ? (
        <Loading />
      ) : (
        <ConflictList list={list} />
      )}
    </>
  );
}
