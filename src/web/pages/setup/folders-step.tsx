/** Which folders of this computer take part: new ones to carry, and collections to bring here. */
import { CircleCheck } from 'lucide-react';
import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useAction, useAnswer } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Form } from '../../ui/form.tsx';
import { Failed, Loading } from '../../ui/states.tsx';
import { Step } from '../bucket-choice/step.tsx';
import { FolderPicker, useFolders } from '../folders/folder-picker.tsx';
import { BringHere } from './bring-here.tsx';
import styles from './folders-step.module.css';
import { likelyFolders } from './likely-folders.ts';

interface FoldersStepProps {
  /** What went otherwise than it should while the device was set up. */
  readonly notices: readonly string[];
  readonly onDone: () => void;
}

export function FoldersStep({ notices, onDone }: FoldersStepProps) {
  const { data: collections, error, refetch } = useAnswer('collections', {});
  return (
    <Step
      title="Which folders take part?"
      words="Satchel carries what is in them, and keeps watching. You can add others at any time."
    >
      {notices.map((notice) => (
        <p key={notice} className={styles.notice}>
          {notice}
        </p>
      ))}
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {collections === undefined ? (
        error === null && <Loading />
      ) : (
        <Folders collections={collections} onDone={onDone} />
      )}
    </Step>
  );
}

interface FoldersProps {
  readonly collections: Answer<'collections'>;
  readonly onDone: () => void;
}

function Folders({ collections, onDone }: FoldersProps) {
  const here = collections.filter(({ folder }) => folder !== null);
  const elsewhere = collections.filter(({ folder, removed }) => folder === null && !removed);
  return (
    <>
      {here.length > 0 && (
        <ul className={styles.here} aria-label="Folders that take part">
          {here.map(({ id, name, folder }) => (
            <li key={id} className={styles.one}>
              <CircleCheck className={styles.sign} aria-hidden />
              <span className={styles.texts}>
                <span className={styles.name}>{name}</span>
                <span className={styles.folder}>{folder}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {elsewhere.length > 0 && <BringHere collections={elsewhere} />}
      <CarryFolder
        key={here.length}
        taken={here.flatMap(({ folder }) => folder ?? [])}
        isFirst={collections.length === 0}
      />
      <div className={styles.end}>
        <Button look={here.length > 0 ? 'main' : 'plain'} onClick={onDone}>
          {here.length > 0 ? 'Done' : 'Later'}
        </Button>
      </div>
    </>
  );
}

interface CarryFolderProps {
  /** Folders that take part already. */
  readonly taken: readonly string[];
  /** True where this is what a person came for. */
  readonly isFirst: boolean;
}

function CarryFolder({ taken, isFirst }: CarryFolderProps) {
  const [folder, setFolder] = useState('');
  const [isOpen, setOpen] = useState(isFirst);
  const { mutate, isPending, error } = useAction('addCollection');
  const home = useFolders('~');
  const documents = useFolders('~/Documents');
  const likely = likelyFolders([
    ...(home.data?.folders ?? []),
    ...(documents.data?.isThere === true ? documents.data.folders : []),
  ]).filter(({ path }) => !taken.includes(path));
  if (!isOpen) {
    return (
      <div>
        <Button onClick={() => setOpen(true)}>Carry another folder of this computer</Button>
      </div>
    );
  }
  return (
    <Form
      submit="Carry this folder"
      look={taken.length > 0 ? 'plain' : 'main'}
      isBusy={isPending}
      error={error}
      onSubmit={() => mutate({ folder, kind: 'vault' })}
    >
      {likely.length > 0 && (
        <div className={styles.likely}>
          <span>Found here:</span>
          {likely.map(({ name, path }) => (
            <Button key={path} onClick={() => setFolder(path)} title={path}>
              {name}
            </Button>
          ))}
        </div>
      )}
      <FolderPicker label="A folder of this computer" value={folder} onChange={setFolder} />
    </Form>
  );
}
