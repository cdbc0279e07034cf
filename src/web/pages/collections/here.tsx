/** The collections on this device. */
import { FolderPlus, FolderTree, Pencil, SlidersHorizontal, Unplug } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useAct } from '../../frame/use-act.ts';
import { Card } from '../../ui/card.tsx';
import { MenuItem } from '../../ui/menu.tsx';
import { Rows } from '../../ui/rows.tsx';
import { Empty } from '../../ui/states.tsx';
import { CollectionRow } from './collection-row.tsx';
import { type Collection, detachedWords } from './collection-words.ts';
import { ChooseDialog, RenameDialog } from './dialogs.tsx';

export function Here({ collections }: { readonly collections: readonly Collection[] }) {
  return (
    <Card title="On this device">
      {collections.length === 0 ? (
        <Empty icon={FolderPlus} title="No folder is carried yet">
          <p>Add one of this computer, or bring one here from below.</p>
        </Empty>
      ) : (
        <Rows>
          {collections.map((collection) => (
            <HereRow key={collection.id} collection={collection} />
          ))}
        </Rows>
      )}
    </Card>
  );
}

function HereRow({ collection }: { readonly collection: Collection }) {
  const [dialog, setDialog] = useState<'rename' | 'choose'>();
  const [, navigate] = useLocation();
  const { act: detach } = useAct('detachCollection');
  const { act: attach } = useAct('attachCollection');
  const { id, folder, only, removed } = collection;
  const close = (): void => setDialog(undefined);
  const stop = (): void => {
    const back = only === null ? {} : { only };
    const undo = (): void => {
      if (folder !== null) attach({ collection: id, folder, ...back });
    };
    detach({ collection: id }, { words: detachedWords, ...(removed ? {} : { undo }) });
  };
  return (
    <>
      <CollectionRow collection={collection}>
        {!removed && (
          <MenuItem icon={Pencil} onSelect={() => setDialog('rename')}>
            Rename
          </MenuItem>
        )}
        <MenuItem icon={FolderTree} onSelect={() => setDialog('choose')}>
          Choose folders
        </MenuItem>
        <MenuItem icon={SlidersHorizontal} onSelect={() => navigate('/settings')}>
          Rules for what is left out
        </MenuItem>
        <MenuItem icon={Unplug} onSelect={stop}>
          Stop carrying it here
        </MenuItem>
      </CollectionRow>
      {dialog === 'rename' && <RenameDialog collection={collection} onClose={close} />}
      {dialog === 'choose' && <ChooseDialog collection={collection} onClose={close} />}
    </>
  );
}
