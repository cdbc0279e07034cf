/** The collections on this device. */
import {
  Ellipsis,
  FolderPlus,
  FolderTree,
  Pencil,
  ScanEye,
  SlidersHorizontal,
  Unplug,
} from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useAct } from '../../frame/use-act.ts';
import { ButtonLink, IconButton } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { Empty } from '../../ui/states.tsx';
import { CollectionRow, CollectionRows } from './collection-row.tsx';
import { type Collection, detachedWords } from './collection-words.ts';
import { ChooseDialog, RenameDialog } from './dialogs.tsx';
import { lookPath } from './look-place.ts';

export function Here({ collections }: { readonly collections: readonly Collection[] }) {
  return (
    <Card title="On this device">
      {collections.length === 0 ? (
        <Empty icon={FolderPlus} title="No folder is carried yet">
          <p>Add one of this computer, or bring one here from below.</p>
        </Empty>
      ) : (
        <CollectionRows>
          {collections.map((collection) => (
            <HereRow key={collection.id} collection={collection} />
          ))}
        </CollectionRows>
      )}
    </Card>
  );
}

function HereRow({ collection }: { readonly collection: Collection }) {
  const [dialog, setDialog] = useState<'rename' | 'choose'>();
  const [, navigate] = useLocation();
  const { act: detach } = useAct('detachCollection');
  const { act: attach } = useAct('attachCollection');
  const { id, name, folder, only, removed } = collection;
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
      <CollectionRow
        collection={collection}
        actions={
          <>
            <ButtonLink href={lookPath({ collection: id })} look="quiet" icon={ScanEye}>
              Look inside
            </ButtonLink>
            <Menu trigger={<IconButton icon={Ellipsis} label={`What to do with ${name}`} />}>
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
            </Menu>
          </>
        }
      />
      {dialog === 'rename' && <RenameDialog collection={collection} onClose={close} />}
      {dialog === 'choose' && <ChooseDialog collection={collection} onClose={close} />}
    </>
  );
}
