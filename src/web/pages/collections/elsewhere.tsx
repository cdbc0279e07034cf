/** The collections that are in the bucket and not on this device. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleMinus, Cloud, Download, Pencil } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { callRoute } from '../../api/client.ts';
import { useHome } from '../../api/home.ts';
import { keyOf } from '../../api/queries.ts';
import { useNow } from '../../clock.ts';
import { useAct } from '../../frame/use-act.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { MenuItem } from '../../ui/menu.tsx';
import { Rows } from '../../ui/rows.tsx';
import { Empty } from '../../ui/states.tsx';
import { sentence } from '../../words.ts';
import { CollectionRow } from './collection-row.tsx';
import { type Collection, toReadUnasked } from './collection-words.ts';
import { BringDialog, RenameDialog } from './dialogs.tsx';
import styles from './elsewhere.module.css';

export function Elsewhere({ collections }: { readonly collections: readonly Collection[] }) {
  const { isReading, error } = useReading(collections);
  return (
    <Card title="Elsewhere">
      {collections.length === 0 ? (
        <Empty icon={Cloud} title="Everything in the bucket is here">
          <p>A collection that another device makes shows here once it has sent it.</p>
        </Empty>
      ) : (
        <>
          {isReading && (
            <p className={styles.note} role="status">
              Reading what is in them…
            </p>
          )}
          {error !== null && (
            <p className={styles.note} role="status">
              What is in them could not be read: {sentence(error.message)}
            </p>
          )}
          <Rows>
            {collections.map((collection) => (
              <ElsewhereRow key={collection.id} collection={collection} />
            ))}
          </Rows>
        </>
      )}
    </Card>
  );
}

/** Reads what is short enough, once, when the list comes into sight. */
function useReading(collections: readonly Collection[]) {
  const home = useHome().repository;
  const client = useQueryClient();
  const nowMs = useNow();
  const asked = useRef(false);
  const { mutate, isPending, error } = useMutation({
    mutationFn: (ids: readonly string[]) =>
      callRoute('readCollections', { collections: ids }, { home }),
    onSettled: () => client.invalidateQueries({ queryKey: keyOf('collections', home) }),
  });
  useEffect(() => {
    const ids = toReadUnasked(collections, nowMs);
    if (asked.current || ids.length === 0) return;
    asked.current = true;
    mutate(ids);
  }, [collections, nowMs, mutate]);
  return { isReading: isPending, error };
}

function ElsewhereRow({ collection }: { readonly collection: Collection }) {
  const [dialog, setDialog] = useState<'bring' | 'rename'>();
  const { act: remove } = useAct('removeCollection');
  const { act: relist } = useAct('relistCollection');
  const { id, name } = collection;
  const close = (): void => setDialog(undefined);
  const takeOff = (): void =>
    remove(
      { collection: id },
      {
        words: () => `${name} is off the list on all devices; nothing of it is deleted`,
        undo: () => relist({ collection: id }),
      },
    );
  return (
    <>
      <CollectionRow
        collection={collection}
        action={
          <Button icon={Download} onClick={() => setDialog('bring')}>
            Bring here
          </Button>
        }
      >
        <MenuItem icon={Pencil} onSelect={() => setDialog('rename')}>
          Rename
        </MenuItem>
        <MenuItem icon={CircleMinus} onSelect={takeOff}>
          Take off the list
        </MenuItem>
      </CollectionRow>
      {dialog === 'bring' && <BringDialog collection={collection} onClose={close} />}
      {dialog === 'rename' && <RenameDialog collection={collection} onClose={close} />}
    </>
  );
}
