/** A round now, from wherever it is asked for. */
import { useHome } from '../api/home.ts';
import { roundWords } from './sync-result.ts';
import { useAct } from './use-act.ts';

interface SyncNow {
  /** All collections, or those with these ids. */
  readonly sync: (collections?: readonly string[]) => void;
  readonly isBusy: boolean;
}

export function useSyncNow(): SyncNow {
  const { act, isBusy } = useAct('sync');
  const isSyncing = useHome().state === 'syncing';
  return {
    isBusy: isBusy || isSyncing,
    // A round under way may have looked already: another is of use, but not two more.
    sync: (collections) => {
      if (!isBusy) act(collections === undefined ? {} : { collections }, { words: roundWords });
    },
  };
}
