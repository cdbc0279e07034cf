/** Choosing a folder of this computer: typed, or found by going through the folders. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { CornerLeftUp, Folder, FolderPlus } from 'lucide-react';
import { useDeferredValue } from 'react';
import type { Answer } from '../../api/client.ts';
import { callRoute } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { LongList } from '../../ui/long-list.tsx';
import { countWords } from '../../words.ts';
import styles from './folder-picker.module.css';
import { pathIn } from './paths.ts';

type Folders = Answer<'folders'>;

interface FolderPickerProps {
  readonly label: string;
  /** What the folder is for, where there may be another picker on the page. */
  readonly about?: string;
  /** The folder as it is typed. */
  readonly value: string;
  readonly onChange: (folder: string) => void;
  /** Offers a new folder of this name in each folder. */
  readonly newName?: string;
  /** What to say of a folder, once it is known whether it is there. */
  readonly noteOf?: (isThere: boolean) => string | undefined;
}

const ROW_PX = 36;
const MOST_PX = 216;

export function FolderPicker(props: FolderPickerProps) {
  const { label, about, value, onChange, newName, noteOf } = props;
  const { data, error } = useFolders(value);
  const isTyped = value.trim() !== '';
  const note = data !== undefined && isTyped ? noteOf?.(data.isThere) : undefined;
  return (
    <div className={styles.picker}>
      <TextField
        label={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        autoComplete="off"
        spellCheck={false}
        help={note}
        error={isTyped ? error?.message : undefined}
      />
      {data !== undefined && (
        <Inside about={about} data={data} value={value} onChange={onChange} newName={newName} />
      )}
    </div>
  );
}

/** The folders in a folder, or in the nearest one that is there. No home is needed to ask. */
export function useFolders(typed: string) {
  const folder = useDeferredValue(typed.trim());
  return useQuery({
    queryKey: ['folders', { folder }],
    queryFn: ({ signal }) => callRoute('folders', folder === '' ? {} : { folder }, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
}

interface InsideProps {
  readonly about: string | undefined;
  readonly data: Folders;
  readonly value: string;
  readonly onChange: (folder: string) => void;
  readonly newName: string | undefined;
}

function Inside({ about, data, value, onChange, newName }: InsideProps) {
  const { folder, parent, folders } = data;
  const isThere = folders.some(({ name }) => name === newName);
  const fresh = newName === undefined || isThere ? value : pathIn(folder, newName);
  return (
    <div className={styles.inside}>
      <div className={styles.where}>
        <span className={styles.folder} title={folder}>
          {folder}
        </span>
        {parent !== null && (
          <Button look="quiet" icon={CornerLeftUp} onClick={() => onChange(parent)}>
            Up
          </Button>
        )}
        {fresh !== value && (
          <Button look="quiet" icon={FolderPlus} onClick={() => onChange(fresh)}>
            New folder “{newName}”
          </Button>
        )}
      </div>
      {folders.length === 0 ? (
        <p className={styles.none}>No folders in it.</p>
      ) : (
        <LongList
          label={
            about === undefined ? `Folders in ${folder}` : `Folders in ${folder}, for ${about}`
          }
          count={folders.length}
          rowHeightPx={ROW_PX}
          maxHeightPx={MOST_PX}
          keyOf={(row) => folders[row]?.path ?? row}
        >
          {(row) => {
            const found = folders[row];
            if (found === undefined) return null;
            return (
              <button type="button" className={styles.row} onClick={() => onChange(found.path)}>
                <Folder aria-hidden />
                <span className={styles.name}>{found.name}</span>
                <span className={styles.files}>
                  {found.files === 0 ? '' : countWords(found.files, 'file')}
                </span>
              </button>
            );
          }}
        </LongList>
      )}
    </div>
  );
}
