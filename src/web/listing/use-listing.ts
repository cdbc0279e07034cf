/** What is in a folder of a collection, a part at a time: now, at a moment, here or elsewhere. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type Answer, callRoute, type Input } from '../api/client.ts';
import { useHome } from '../api/home.ts';
import { type Known, keyOf, toldError } from '../api/queries.ts';

/** Routes that list a folder. */
type ListingName = 'tree' | 'look';

interface Listing<Name extends ListingName> {
  /** The first part, and what was told with it about the whole. */
  readonly data: Answer<Name> | undefined;
  /** Those of all parts that are there. */
  readonly entries: Answer<Name>['entries'];
  /** Asks for the next part; undefined where there is none. Another one after each answer. */
  readonly more: (() => void) | undefined;
  /** True while what is shown is what was asked for before. */
  readonly isPrevious: boolean;
}

/** What fills the window comes soon, and the rest of a long list in few parts. */
const FIRST_PART = 1_000;
const PART = 5_000;

export function useListing<Name extends ListingName>(
  name: Name,
  input: Omit<Input<Name>, 'after' | 'limit'>,
): Listing<Name> & Known<Answer<Name>> {
  const home = useHome().repository;
  const answer = useInfiniteQuery({
    queryKey: keyOf(name, home, { ...input, parts: true }),
    queryFn: ({ pageParam, signal }) => {
      const part = pageParam === null ? { limit: FIRST_PART } : { limit: PART, after: pageParam };
      return callRoute(name, { ...input, ...part } as Input<Name>, { home, signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    // What was shown stays until what is asked for is there.
    placeholderData: keepPreviousData,
  });
  const { data, error, refetch, isFetching, hasNextPage, fetchNextPage, dataUpdatedAt } = answer;
  // biome-ignore lint/correctness/useExhaustiveDependencies: news may call off what was asked for.
  const more = useMemo(
    () => (hasNextPage ? () => void fetchNextPage() : undefined),
    [hasNextPage, fetchNextPage, dataUpdatedAt],
  );
  return {
    data: data?.pages[0],
    entries: data?.pages.flatMap(({ entries }) => entries) ?? [],
    more,
    error: toldError(data, error),
    refetch,
    isFetching,
    isPrevious: answer.isPlaceholderData,
  };
}
