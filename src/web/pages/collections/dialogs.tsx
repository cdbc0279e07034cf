/** Adding a folder, bringing a collection here, choosing another part of it, another name. */
import { useState } from 'react';
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
  const { act: add, isBusy, error } = useAct('addCollection', { isForm: true });
  const { act: detach } = useAct('detachCollection');
  const submit = (): void => {
    const named = name.trim() === '' ? {} : { name };
    add(
      { folder, ...named },
      {
        words: (added) => `${added.name} is carried from now on`,
        undo: (added) => detach({ collection: added.id }),
        onDone: onClose,
      },
    );
  };
  return (
    <FormDialog
      title="Add a folder"
      onClose={onClose}
      submit="Add"
      missing={missingFolder(folder)}
      isBusy={isBusy}
      error={error}
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
  const { act: attach, isBusy, error } = useAct('attachCollection', { isForm: true });
  const { act: detach } = useAct('detachCollection');
  const folder = typed ?? (own === undefined ? '' : pathIn(own, newName));
  const submit = (): void => {
    attach(
      { collection: id, folder, ...onlyOf(chosen) },
      {
        words: () => `${name} is on its way into ${folder}`,
        undo: () => detach({ collection: id }),
        onDone: onClose,
      },
    );
  };
  return (
    <FormDialog
      title={`Bring ${name} here`}
      onClose={onClose}
      submit="Bring here"
      missing={missingChoice(chosen) ?? missingFolder(folder)}
      isBusy={isBusy}
      error={error}
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
  const { act, isBusy, error } = useAct('attachCollection', { isForm: true });
  const submit = (): void => {
    act(
      { collection: id, ...onlyOf(chosen) },
      {
        words: () => `${name}: the rest comes by itself`,
        undo: () => act({ collection: id, ...(only === null ? {} : { only }) }),
        onDone: onClose,
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
      isBusy={isBusy}
      error={error}
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
  const { act, isBusy, error } = useAct('renameCollection', { isForm: true });
  const submit = (): void => {
    act(
      { collection: id, name: typed },
      {
        words: (renamed) => `${name} is called ${renamed.name} now`,
        undo: () => act({ collection: id, name }),
        onDone: onClose,
      },
    );
  };
  return (
    <FormDialog
      title={`Rename ${name}`}
      onClose={onClose}
      submit="Rename"
      missing={typed.trim() === '' ? 'Type a name.' : undefined}
      isBusy={isBusy}
      error={error}
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
