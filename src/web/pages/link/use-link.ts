/** The link that is shown: kept while the page is open, whichever part of it a person looks at. */
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { type Answer, callRoute } from '../../api/client.ts';
import { useHome } from '../../api/home.ts';
import { useToldOnce } from '../../api/told-once.ts';
import { useAct } from '../../frame/use-act.ts';

export type MadeLink = Answer<'makeLink'>;
export type LinkEnd = Exclude<Answer<'linkState'>['state'], 'waiting'>;

interface Shown {
  readonly made: MadeLink;
  /** Undefined while it waits for the other device. */
  readonly end?: LinkEnd;
}

/** A person is waiting, and each look is a request to the bucket. */
const LOOK_EVERY_MS = 3_000;

export function useLink() {
  const [shown, show] = useToldOnce<Shown>('link');
  const making = useAct('makeLink', { isForm: true });
  const cancelling = useAct('cancelLink');
  const isMade = (made: MadeLink): undefined => {
    show({ made });
  };
  const isTakenBack = (): string => {
    show(undefined);
    return 'The link is taken back';
  };
  return {
    shown,
    show,
    isMaking: making.isBusy,
    makingError: making.error,
    make: (credentials: boolean) => making.act({ credentials }, { words: isMade }),
    isCancelling: cancelling.isBusy,
    cancel: (made: MadeLink) => cancelling.act({ id: made.id }, { words: isTakenBack }),
  };
}

/** Looks again and again what has become of a link, and tells its end. */
export function useLinkState({ id, until }: MadeLink, onEnd: (end: LinkEnd) => void) {
  const home = useHome().repository;
  const { data, error } = useQuery({
    queryKey: ['linkState', home, id],
    queryFn: ({ signal }) => callRoute('linkState', { id, until }, { home, signal }),
    refetchInterval: LOOK_EVERY_MS,
  });
  const state = data?.state ?? 'waiting';
  // biome-ignore lint/correctness/useExhaustiveDependencies: an end is told once, when it is known.
  useEffect(() => {
    if (state !== 'waiting') onEnd(state);
  }, [state]);
  return { secondsLeft: data?.secondsLeft, error };
}
