/** Doing something through a route, with a message about how it went, wherever one has gone by then. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { type Answer, callRoute, type Input, type RouteName } from '../api/client.ts';
import { useHomeId } from '../api/home.ts';
import { failureToast } from './failure-toast.ts';
import { useToast } from './toasts.tsx';

interface Told<Name extends RouteName> {
  /** What was done, from the answer; undefined for what is seen anyway. */
  readonly words?: (answer: Answer<Name>) => string | undefined;
  /** Takes it back. */
  readonly undo?: (answer: Answer<Name>) => void;
  /** Called when what the page shows is new again, where what asked is still a part of it. */
  readonly onDone?: () => void;
}

interface Act<Name extends RouteName> {
  readonly act: (input: Input<Name>, told?: Told<Name>) => void;
  /** Until what the page shows is new again. */
  readonly isBusy: boolean;
  /** Why it was not done, for a form to show. */
  readonly error: Error | null;
}

interface ActOptions {
  /** True for a form: it shows itself what it is refused, as long as it is there. */
  readonly isForm?: boolean;
}

interface Call<Name extends RouteName> {
  readonly input: Input<Name>;
  readonly told: Told<Name>;
}

export function useAct<Name extends RouteName>(name: Name, options: ActOptions = {}): Act<Name> {
  const { isForm = false } = options;
  const home = useHomeId();
  const client = useQueryClient();
  const toast = useToast();
  const isShown = useIsShown();
  // What tells goes with each call: what is given to `mutate` is dropped with whoever asked.
  const { mutate, isPending, error } = useMutation({
    mutationFn: ({ input }: Call<Name>) => callRoute(name, input, { home }),
    onSuccess: (answer, { told: { words, undo } }) => {
      const said = words?.(answer);
      if (said === undefined) return;
      toast({ words: said, ...(undo === undefined ? {} : { undo: () => undo(answer) }) });
    },
    onError: (failure) => {
      if (!isForm || !isShown.current) toast(failureToast(failure));
    },
    onSettled: () => client.invalidateQueries(),
  });
  const act: Act<Name>['act'] = (input, told = {}) =>
    mutate({ input, told }, { onSuccess: () => told.onDone?.() });
  return { act, isBusy: isPending, error };
}

/** False from the moment on at which what asks is no longer a part of the page. */
export function useIsShown(): { readonly current: boolean } {
  const isShown = useRef(false);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);
  return isShown;
}
