/**
 * The door for programs that edit files (see `FileDoor`). Each call takes its turn among those that
 * move files in this folder, which is short: nothing is downloaded, and no folder looked through,
 * in a turn.
 */
import { SatchelError, systemCode } from '../../base/errors.ts';
import type { FileDoor } from '../../sync/kind.ts';
import { diskErrorWords, stopsAllWrites } from '../files/disk-errors.ts';
import { checkFolder } from '../files/marker.ts';
import { makeOwnFolder } from '../files/place.ts';
import { readNow } from './look-at.ts';
import { movePath } from './move-file.ts';
import { removeFileFor } from './remove-file.ts';
import { writeFiles } from './save-file.ts';
import type { Vault } from './workings.ts';

/** @param inWords puts what stops all writes to the folder into words. */
export function fileDoor(
  vault: Vault,
  inWords: <T>(work: () => Promise<T>) => Promise<T>,
): FileDoor {
  const { disk, root, marker, memory } = vault;
  const inTurn = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
    if (memory.isClosed) throw closedDoor(root);
    return memory.turns(() =>
      inWords(async () => {
        await checkFolder(disk, root, marker);
        await memory.placing?.note();
        await makeOwnFolder(disk, root);
        return inWordsOf(path, work);
      }),
    );
  };
  return {
    read: (path) => inTurn(path, () => readNow(vault, path)),
    write: (files, expected) =>
      inTurn(files.at(-1)?.path ?? '', () => writeFiles(vault, files, expected)),
    move: (from, to, expected) => inTurn(from, () => movePath(vault, from, to, expected)),
    remove: (path, expected) => inTurn(path, () => removeFileFor(vault, path, expected)),
  };
}

function closedDoor(root: string): SatchelError {
  return new SatchelError('busy', `${root} is being left to another Satchel.`, {
    hint: 'Try again in a moment.',
  });
}

/** What the disk says of one file; what stops the whole folder has words of its own. */
async function inWordsOf<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (systemCode(error) === undefined || stopsAllWrites(error)) throw error;
    throw new SatchelError('attention', `"${path}" was not saved: ${diskErrorWords(error)}.`, {
      hint: 'Look at the permissions of the folder, then try again.',
      cause: error,
    });
  }
}
