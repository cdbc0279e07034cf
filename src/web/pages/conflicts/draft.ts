/** A merge that somebody types: it outlasts a change of the sides, and a look at another page. */
import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { useHome } from '../../api/home.ts';
import type { Place } from './conflict-words.ts';

interface Draft {
  readonly text: string;
  /** The state of the conflict that it began from. */
  readonly state: string;
}

export interface DraftUse {
  readonly draft: Draft | undefined;
  readonly set: (draft: Draft | undefined) => void;
  /** Drops it where it is still this text. */
  readonly drop: (text: string) => void;
}

/** Kept where the answers of the daemon are kept, and sent nowhere. */
export function useDraft({ collection, path }: Place): DraftUse {
  const key = ['draft', useHome().repository, collection, path];
  const client = useQueryClient();
  const { data } = useQuery<Draft | null>({
    queryKey: key,
    queryFn: skipToken,
    staleTime: 'static',
    gcTime: Number.POSITIVE_INFINITY,
  });
  return {
    draft: data ?? undefined,
    set: (draft) => client.setQueryData<Draft | null>(key, draft ?? null),
    drop: (text) =>
      client.setQueryData<Draft | null>(key, (now) => (now?.text === text ? null : now)),
  };
}
