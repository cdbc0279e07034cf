/** Collections that other devices have: each can come into a folder of this computer. */
import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useAction } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Form } from '../../ui/form.tsx';
import { FolderPicker, useFolders } from '../folders/folder-picker.tsx';
import { folderName, pathIn } from '../folders/paths.ts';
import styles from './bring-here.module.css';

type Collection = Answer<'collections'>[number];

export function BringHere({ collections }: { readonly collections: readonly Collection[] }) {
  return (
    <ul className={styles.list} aria-label="Collections on your other devices">
      {collections.map((collection) => (
        <li key={collection.id} className={styles.one}>
          <BringOne collection={collection} />
        </li>
      ))}
    </ul>
  );
}

function BringOne({ collection }: { readonly collection: Collection }) {
  const { id, name, devices } = collection;
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState<string>();
  const home = useFolders('~');
  const { mutate, isPending, error } = useAction('attachCollection');
  const own = folderName(name);
  const folder = typed ?? (home.data === undefined ? '' : pathIn(home.data.folder, own));
  return (
    <>
      <div className={styles.row}>
        <span className={styles.texts}>
          <span className={styles.name}>{name}</span>
          {devices.length > 0 && <span className={styles.on}>On {devices.join(', ')}</span>}
        </span>
        {!isOpen && (
          <Button onClick={() => setOpen(true)} aria-label={`Bring ${name} here`}>
            Bring here
          </Button>
        )}
      </div>
      {isOpen && (
        <Form
          submit="Bring here"
          isBusy={isPending}
          error={error}
          onSubmit={() => mutate({ collection: id, folder })}
          onCancel={() => setOpen(false)}
        >
          <FolderPicker
            label={`The folder for ${name}`}
            about={name}
            value={folder}
            onChange={setTyped}
            newName={own}
            noteOf={(isThere) => (isThere ? 'What is in it already joins in.' : 'It is made.')}
          />
        </Form>
      )}
    </>
  );
}
