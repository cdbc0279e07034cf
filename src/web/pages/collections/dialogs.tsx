/** Adding a folder, bringing a collection here, choosing another part of it, another name. */
import { useState } from 'react';
import { useAction } from '../../api/queries.ts';
import { useToast } from '../../frame/toasts.tsx';
import { useAct } from '../../frame/use-act.ts';
import { TextField } from '../../ui/field.tsx';
import { FolderPicker, useFolders } from '../folders/folder-picker.tsx';
import { folderName, nameOfPath, pathIn } from '../folders/paths.ts';
import type { Chosen } from './chosen.ts';
import type { Collection } from './collection-words.ts';
import { FormDialog } from './form-dialog.tsx';
import { Subfolders } from './subfolders.tsx';

interface DialogProps {
  readonly onClose: () => void;
}

interface OfCollection extends DialogProps {
  readonly collection: Collection;
}

export function AddDialog({ onClose }: DialogProps) {
  const [folder, setFolder] = useState('');
  const [name, setName] = useState('');
  const add = useAction('addCollection');
  const { act: detach } = useAct('detachCollection');
  const toast = useToast();
  const submit = (): void => {
    const named = name.trim() === '' ? {} : { name };
    add.mutate(
      { folder, ...named },
      {
        onSuccess: (added) => {
          onClose();
          toast({
            words: `${added.name} is carried from now on`,
            undo: () => detach({ collection: added.id }),
          });
        },
      },
    );
  };
  return (
    <FormDialog
      title="Add a folder"
      onClose={onClose}
      submit="Add"
      missing={missingFolder(folder)}
      isBusy={add.isPending}
      error={add.error}
      onSubmit={submit}
    >
      <FolderPicker
        label="Folder on this computer"
        value={folder}
        onChange={setFolder}
        noteOf={(isThere) =>
          isThere ? 'Its files stay where they are.' : 'There is no such folder.'
        }
      />
      <TextField
        label="Name on all devices"
        value={name}
        placeholder={nameOfPath(folder)}
        maxLength={100}
        onChange={(event) => setName(event.target.value)}
      />
    </FormDialog>
  );
}

export function BringDialog({ collection, onClose }: OfCollection) {
  const { id, name } = collection;
  const own = useFolders('').data?.folder;
  const newName = folderName(name);
  const [typed, setTyped] = useState<string>();
  const [chosen, setChosen] = useState<Chosen>();
  const attach = useAction('attachCollection');
  const { act: detach } = useAct('detachCollection');
  const toast = useToast();
  const folder = typed ?? (own === undefined ? '' : pathIn(own, newName));
  const submit = (): void => {
    attach.mutate(
      { collection: id, folder, ...onlyOf(chosen) },
      {
        onSuccess: () => {
          onClose();
          toast({
            words: `${name} is on its way into ${folder}`,
            undo: () => detach({ collection: id }),
          });
        },
      },
    );
  };
  return (
    <FormDialog
      title={`Bring ${name} here`}
      onClose={onClose}
      submit="Bring here"
      missing={missingChoice(chosen) ?? missingFolder(folder)}
      isBusy={attach.isPending}
      error={attach.error}
      onSubmit={submit}
    >
      <Subfolders collection={id} chosen={chosen} onChange={setChosen} />
      <FolderPicker
        label="Folder on this computer"
        value={folder}
        onChange={setTyped}
        newName={newName}
        noteOf={(isThere) =>
          isThere
            ? 'Files that are there already are matched. Nothing is overwritten: what differs waits for you to choose.'
            : 'This folder is made.'
        }
      />
    </FormDialog>
  );
}

/** Another part of a collection that is here. */
export function ChooseDialog({ collection, onClose }: OfCollection) {
  const { id, name, only } = collection;
  const [chosen, setChosen] = useState<Chosen | undefined>(
    only === null ? undefined : new Set(only),
  );
  const attach = useAction('attachCollection');
  const { act } = useAct('attachCollection');
  const toast = useToast();
  const submit = (): void => {
    attach.mutate(
      { collection: id, ...onlyOf(chosen) },
      {
        onSuccess: () => {
          onClose();
          const undo = (): void => act({ collection: id, ...(only === null ? {} : { only }) });
          toast({ words: `${name}: the rest comes by itself`, undo });
        },
      },
    );
  };
  const isSame = only === null && chosen === undefined;
  return (
    <FormDialog
      title={`Folders of ${name}`}
      onClose={onClose}
      submit="Carry these"
      missing={missingChoice(chosen)}
      isBusy={attach.isPending}
      error={attach.error}
      onSubmit={isSame ? onClose : submit}
    >
      <Subfolders collection={id} chosen={chosen} onChange={setChosen} />
      <p>What is not chosen any more stays in the folder, and is carried no longer.</p>
    </FormDialog>
  );
}

export function RenameDialog({ collection, onClose }: OfCollection) {
  const { id, name } = collection;
  const [typed, setTyped] = useState(name);
  const rename = useAction('renameCollection');
  const { act } = useAct('renameCollection');
  const toast = useToast();
  const submit = (): void => {
    rename.mutate(
      { collection: id, name: typed },
      {
        onSuccess: (renamed) => {
          onClose();
          const undo = (): void => act({ collection: id, name });
          toast({ words: `${name} is called ${renamed.name} now`, undo });
        },
      },
    );
  };
  return (
    <FormDialog
      title={`Rename ${name}`}
      onClose={onClose}
      submit="Rename"
      missing={typed.trim() === '' ? 'Type a name.' : undefined}
      isBusy={rename.isPending}
      error={rename.error}
      onSubmit={typed.trim() === name ? onClose : submit}
    >
      <TextField
        label="Name on all devices"
        help="Folders keep theirs."
        value={typed}
        maxLength={100}
        onChange={(event) => setTyped(event.target.value)}
      />
    </FormDialog>
  );
}

function missingFolder(folder: string): string | undefined {
  return folder.trim() === '' ? 'Choose a folder.' : undefined;
}

function missingChoice(chosen: Chosen | undefined): string | undefined {
  return chosen?.size === 0 ? 'Choose at least one folder of the collection.' : undefined;
}

function onlyOf(chosen: Chosen | undefined): { readonly only?: readonly string[] } {
  return chosen === undefined ? {} : { only: [...chosen] };
}
