/** Deleting a file for a program. It goes to the trash: it may not be in the bucket yet. */
import { SatchelError } from '../../base/errors.ts';
import type { Expected, Removal } from '../../sync/kind.ts';
import { notedCheck } from '../files/noted.ts';
import { moveToTrash } from '../files/trash.ts';
import { EditBatch, editOfMissing } from './edits.ts';
import { changedAt, isAsExpected, lookAt } from './look-at.ts';
import { touch } from './touched.ts';
import type { Vault } from './workings.ts';

export async function removeFileFor(
  vault: Vault,
  path: string,
  expected: Expected,
): Promise<Removal> {
  const { disk, port, root, memory } = vault;
  const look = await lookAt(vault, path);
  if (!isAsExpected(vault, look, expected)) return changedAt(vault, path);
  const { row } = look;
  if (look.stat === undefined || row === undefined) throw noSuchFile(path);
  touch(memory.touched, row.record, path);
  const isNoted = notedCheck(disk, root, row);
  const outcome = await moveToTrash(disk, root, path, isNoted, port.now());
  if (outcome === 'changed') return changedAt(vault, path);
  new EditBatch(port, () => false).saveTogether([editOfMissing(row)]);
  return { kind: 'removed', rev: port.rev(row.record) };
}

export function noSuchFile(path: string): SatchelError {
  return new SatchelError('usage', `There is no file "${path}".`, {
    hint: 'Give a path relative to the folder of the collection.',
  });
}
