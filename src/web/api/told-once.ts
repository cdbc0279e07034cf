/** What the daemon tells once: kept while the page is open, whichever part of it a person looks at. */
import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { useHomeId } from './home.ts';

/**
 * What was told of the home that is shown, and a way to keep it, which also works when what asked is
 * no longer shown. Undefined before, and once the person is done with it.
 */
export function useToldOnce<Told>(
  name: string,
): readonly [Told | undefined, (told: Told | undefined) => void] {
  const client = useQueryClient();
  const queryKey = ['toldOnce', name, useHomeId()];
  const { data } = useQuery<Told | null>({
    queryKey,
    queryFn: skipToken,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
  return [
    data ?? undefined,
    (told) => void client.setQueryData<Told | null>(queryKey, told ?? null),
  ];
}
