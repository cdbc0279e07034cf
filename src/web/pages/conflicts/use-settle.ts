/** Settling conflicts through the daemon, with a message that takes it back. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Decision, NotSettled, SettleItem } from '../../../api/conflicts.ts';
import { callRoute } from '../../api/client.ts';
import { useHome } from '../../api/home.ts';
import { failureToast } from '../../frame/failure-toast.ts';
import { useToast } from '../../frame/toasts.tsx';
import { failedWords, settledWords } from './conflict-words.ts';

/** So many at a time: others who ask the daemon get their turn in between. */
const PART = 200;

export interface Settling {
  /** @returns whether all were settled. What was not is told. */
  readonly settle: (items: readonly SettleItem[]) => Promise<boolean>;
  readonly isBusy: boolean;
}

export function useSettle(): Settling {
  const home = useHome().repository;
  const client = useQueryClient();
  const toast = useToast();
  const [isBusy, setBusy] = useState(false);

  const undo = async (decisions: readonly Decision[]): Promise<void> => {
    try {
      for (const part of parts(decisions)) {
        const { failed } = await callRoute('undoResolve', { decisions: part }, { home });
        const [first] = failed;
        if (first !== undefined) {
          toast({ words: `${first.path} stays as it is`, hint: first.error, isFailure: true });
        }
      }
    } catch (error) {
      toast(failureToast(error));
    } finally {
      void client.invalidateQueries();
    }
  };

  const settle = async (items: readonly SettleItem[]): Promise<boolean> => {
    const settled: Decision[] = [];
    const failed: NotSettled[] = [];
    let isCutShort = false;
    setBusy(true);
    try {
      for (const part of parts(items)) {
        const outcome = await callRoute('resolve', { items: part }, { home });
        settled.push(...outcome.settled);
        failed.push(...outcome.failed);
      }
    } catch (error) {
      isCutShort = true;
      toast(failureToast(error));
    } finally {
      setBusy(false);
      void client.invalidateQueries();
    }
    const keep = items[0]?.choice.keep ?? 'local';
    if (settled.length > 0) {
      const words = settledWords(
        settled.map(({ path }) => path),
        keep,
      );
      toast({ words, undo: () => void undo(settled) });
    }
    if (failed.length > 0) toast({ words: failedWords(failed), isFailure: true });
    return !isCutShort && failed.length === 0;
  };

  return { settle, isBusy };
}

function parts<T>(all: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(all.length / PART);
  return Array.from({ length: count }, (_, index) => all.slice(index * PART, (index + 1) * PART));
}
