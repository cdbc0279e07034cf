/** A folder as it was: what would change, and making it so. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { callRoute } from '../../api/client.ts';
import { useHome } from '../../api/home.ts';
import { keyOf } from '../../api/queries.ts';
import { nameIn } from '../../listing/paths.ts';
import { Actions } from '../../ui/actions.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Check } from '../../ui/field.tsx';
import { LongList } from '../../ui/long-list.tsx';
import { Failed, Loading } from '../../ui/states.tsx';
import { countWords, momentWords } from '../../words.ts';
import styles from './restore-folder.module.css';
import { type Change, changeWords, planWords } from './restore-words.ts';
import type { TimePlace } from './time-place.ts';
import { useRestore } from './use-restore.ts';

interface RestoreFolderProps {
  readonly place: TimePlace & { readonly collection: string; readonly at: string };
  readonly onClose: () => void;
}

export function RestoreFolder({ place, onClose }: RestoreFolderProps) {
  const { collection, folder, at } = place;
  const [exact, setExact] = useState(false);
  const { restore, isBusy } = useRestore();
  const wish = { collection, path: folder, at, exact };
  const { data, error, refetch } = usePlan(wish);
  const count = data?.restored.length ?? 0;
  const carryOut = async (): Promise<void> => {
    if (await restore(wish)) onClose();
  };
  return (
    <Dialog
      title={`Restore ${folder === '' ? 'everything' : nameIn(folder)}`}
      isOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <div className={styles.parts}>
        <p>As it was on {momentWords(Date.parse(at))}.</p>
        <Check
          label="Remove what has come since"
          help="Otherwise newer files stay beside those that come back."
          isChecked={exact}
          onChange={setExact}
        />
        {error !== null ? (
          <Failed error={error} onRetry={() => void refetch()} />
        ) : data === undefined ? (
          <Loading />
        ) : (
          <Plan changes={data.restored} />
        )}
        <p className={styles.note}>
          What is there now stays in the history, and you can take this back.
        </p>
        <Actions>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="main"
            isBusy={isBusy}
            disabled={count === 0}
            onClick={() => void carryOut()}
          >
            {count === 0 ? 'Restore' : `Restore ${countWords(count, 'file')}`}
          </Button>
        </Actions>
      </div>
    </Dialog>
  );
}

/** Asked anew each time: it takes in what is in the folder right now. */
function usePlan(wish: {
  readonly collection: string;
  readonly path: string;
  readonly at: string;
  readonly exact: boolean;
}) {
  const home = useHome().repository;
  const input = { ...wish, dryRun: true };
  return useQuery({
    queryKey: keyOf('restore', home, input),
    queryFn: ({ signal }) => callRoute('restore', input, { home, signal }),
    gcTime: 0,
  });
}

const ROW_PX = 46;
const MOST_PX = 276;

function Plan({ changes }: { readonly changes: readonly Change[] }) {
  return (
    <>
      <p role="status">{planWords(changes)}.</p>
      {changes.length > 0 && (
        <div className={styles.plan}>
          <LongList
            label="What would change"
            count={changes.length}
            rowHeightPx={ROW_PX}
            maxHeightPx={MOST_PX}
            keyOf={(row) => `${changes[row]?.path} ${changes[row]?.version}`}
          >
            {(row) => {
              const change = changes[row];
              return (
                change && (
                  <span className={styles.change}>
                    <span className={styles.path} title={change.path}>
                      {change.path}
                    </span>
                    <span className={styles.what}>{changeWords(change)}</span>
                  </span>
                )
              );
            }}
          </LongList>
        </div>
      )}
    </>
  );
}
