/** Conflicts: the list of all, or one of them, as the address says. */
import { useSearch } from 'wouter';
import { useAnswer } from '../../api/queries.ts';
import { PageHeader } from '../../frame/page-header.tsx';
import { Failed, Loading } from '../../ui/states.tsx';
import { ConflictList } from './conflict-list.tsx';
import { ConflictView } from './conflict-view.tsx';
import { keyOfPlace, placeIn } from './conflict-words.ts';

export function ConflictsPage() {
  const place = placeIn(useSearch());
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
