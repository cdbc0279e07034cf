/** The answers that the page holds. */
import { QueryCache, QueryClient } from '@tanstack/react-query';
import { isFailure } from './failure.ts';
import { keyOf } from './queries.ts';

/** News make answers old before this; it is for what happened without news. */
const FRESH_MS = 30_000;

export function createQueryClient(): QueryClient {
  const queryCache = new QueryCache({
    onError: (error, { queryKey: [name] }) => {
      // The status decides whether the page or the way to sign in is shown.
      if (name === 'status' || !isFailure(error, 'signedOut')) return;
      void client.invalidateQueries({ queryKey: keyOf('status') });
    },
  });
  const client = new QueryClient({
    queryCache,
    // The daemon is on this computer: what it refuses, it refuses again, and whether the computer
    // has a network does not matter.
    defaultOptions: {
      queries: { retry: false, staleTime: FRESH_MS, networkMode: 'always' },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
  return client;
}
