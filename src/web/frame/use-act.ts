/** Doing something through a route, with a message about how it went. */

import type { Answer, Input, RouteName } from '../api/client.ts';
import { useAction } from '../api/queries.ts';
import { failureToast } from './failure-toast.ts';
import { useToast } from './toasts.tsx';

interface Told<Name extends RouteName> {
  /** What was done, from the answer; undefined for what is seen anyway. */
  readonly words?: (answer: Answer<Name>) => string | undefined;
  /** Takes it back. */
  readonly undo?: () => void;
}

interface Act<Name extends RouteName> {
  readonly act: (input: Input<Name>, told?: Told<Name>) => void;
  readonly isBusy: boolean;
}

export function useAct<Name extends RouteName>(name: Name): Act<Name> {
  const action = useAction(name);
  const toast = useToast();
  const act = (input: Input<Name>, { words, undo }: Told<Name> = {}): void => {
    action.mutate(input, {
      onSuccess: (answer) => {
        const told = words?.(answer);
        if (told !== undefined) toast({ words: told, ...(undo === undefined ? {} : { undo }) });
      },
      onError: (error) => toast(failureToast(error)),
    });
  };
  return { act, isBusy: action.isPending };
}
