/** Restoring, with a message about it and the way back. */

import type { Answer, Input } from '../../api/client.ts';
import { useAction } from '../../api/queries.ts';
import { failureToast } from '../../frame/failure-toast.ts';
import { useToast } from '../../frame/toasts.tsx';
import { sentence } from '../../words.ts';
import { doneWords, undoneWords } from './restore-words.ts';

type Wish = Input<'restore'>;

interface Restoring {
  /** @returns true where it was done, at least in part. */
  readonly restore: (wish: Wish) => Promise<boolean>;
  readonly isBusy: boolean;
}

/** So many at a time are taken back. */
const PART = 5_000;

export function useRestore(): Restoring {
  const action = useAction('restore');
  const back = useAction('undoRestore');
  const toast = useToast();
  const tell = (words: string, [first]: Answer<'restore'>['failed'], undo?: () => void): void =>
    toast({
      words,
      hint: first && sentence(`${first.path}: ${first.error}`),
      isFailure: first !== undefined,
      ...(undo === undefined ? {} : { undo }),
    });
  const undo = async (collection: string, all: Answer<'restore'>['restored']): Promise<void> => {
    let undone = 0;
    const failed: Answer<'restore'>['failed'][number][] = [];
    try {
      // What was done last is undone first.
      for (let end = all.length; end > 0; end -= PART) {
        const restored = all.slice(Math.max(0, end - PART), end);
        const answer = await back.mutateAsync({ collection, restored });
        undone += answer.undone;
        failed.push(...answer.failed);
      }
      tell(undoneWords({ undone, failed }), failed);
    } catch (error) {
      toast(failureToast(error));
    }
  };
  const restore = async (wish: Wish): Promise<boolean> => {
    try {
      const answer = await action.mutateAsync(wish);
      const { restored, failed } = answer;
      const takeBack = (): void => void undo(wish.collection, restored);
      tell(doneWords(answer), failed, restored.length === 0 ? undefined : takeBack);
      return true;
    } catch (error) {
      toast(failureToast(error));
      return false;
    }
  };
  return { restore, isBusy: action.isPending || back.isPending };
}
