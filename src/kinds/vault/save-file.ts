/** Saving files for programs: on the disk, then in the replica with the note of it (rules S4, S6). */
import { dirname } from 'node:path';
import { toBase32 } from '../../base/bytes.ts';
import { SatchelError } from '../../base/errors.ts';
import { contentHash } from '../../base/hash.ts';
import {
  type Edit,
  type Expected,
  type FileStamp,
  type FileToWrite,
  INLINE_MAX_BYTES,
  type Written,
} from '../../sync/kind.ts';
import { tmpPath } from '../files/hops.ts';
import { pathOf } from '../files/layout.ts';
import { notedCheck, placedMark } from '../files/noted.ts';
import {
  makeFoldersAbove,
  moveToFree,
  removeIfThere,
  replaceKnown,
  stage,
} from '../files/place.ts';
import { walkedFile } from '../files/walk.ts';
import { requireOwnSpelling } from './allowed-path.ts';
import { EditBatch, editOfFound, editOfNew, type ReadFile } from './edits.ts';
import { changedAt, isAsExpected, type Look, lookAt } from './look-at.ts';
import { recordUnderSuffix } from './projection.ts';
import { freshName } from './recover.ts';
import { touch } from './touched.ts';
import type { Vault } from './workings.ts';

/** A file of a call, with what is there before anything is written. */
interface Target {
  readonly look: Look;
  readonly record: string;
  readonly bytes: Uint8Array;
  readonly hash: string;
}

/** The files in the order in which they are placed: others before the one that mentions them. */
export async function writeFiles(
  vault: Vault,
  files: readonly FileToWrite[],
  expected: Expected,
): Promise<Written> {
  const targets: Target[] = [];
  for (const [index, { path, bytes }] of files.entries()) {
    const look = await lookAt(vault, path);
    if (look.row === undefined) await requireOwnSpelling(vault, path, 'file');
    const hash = contentHash(bytes);
    const its = index === files.length - 1 ? expected : { kind: 'nothing' as const };
    // A request whose answer was lost comes again: what it asks for is there.
    const isThere = look.stat !== undefined && look.row?.hash === hash;
    if (!isThere && !isAsExpected(vault, look, its)) return changedAt(vault, path);
    targets.push({ look, record: recordAt(vault, look), bytes, hash });
  }
  for (const { look, record } of targets) touch(vault.memory.touched, record, look.place);
  const edits: Edit[] = [];
  const mtimes: (bigint | undefined)[] = [];
  for (const target of targets) {
    const read = await placeTarget(vault, target);
    if (read === 'changed') {
      saveEdits(vault, edits);
      return changedAt(vault, target.look.place);
    }
    mtimes.push(read?.file.mtimeNs ?? target.look.stat?.mtimeNs);
    if (read !== undefined) edits.push(editOf(vault, target, read));
  }
  saveEdits(vault, edits);
  const stamps = targets.map(
    ({ look, record }, index): FileStamp => ({
      path: look.place,
      rev: vault.port.rev(record),
      mtimeNs: mtimes[index] ?? 0n,
    }),
  );
  return { kind: 'written', files: stamps };
}

function saveEdits(vault: Vault, edits: readonly Edit[]): void {
  const { port } = vault;
  const batch = new EditBatch(port, (record) => port.isStale(record));
  batch.saveTogether(edits, { together: edits.length > 1 });
}

function recordAt({ port }: Vault, { row, place }: Look): string {
  if (row !== undefined) return row.record;
  return recordUnderSuffix(port, place, 'file') ?? port.recordFor({ path: place });
}

/** Undefined where the file has the content already. */
async function placeTarget(
  vault: Vault,
  target: Target,
): Promise<ReadFile | 'changed' | undefined> {
  const { disk, port, root } = vault;
  const { look, bytes, hash } = target;
  if (look.stat !== undefined && look.row?.hash === hash) return undefined;
  // A name of its own: that of the record may be taken by what is on its way from elsewhere.
  const draft = tmpPath(root, `save-${toBase32(port.random(10))}`, 'new');
  const staged = await stage(disk, draft, onePiece(bytes), {
    mtimeMs: undefined,
    isExecutable: look.stat?.isExecutable === true,
  });
  try {
    if (!(await place(vault, target, staged))) {
      await removeIfThere(disk, draft);
      return 'changed';
    }
  } catch (error) {
    await removeIfThere(disk, draft).catch(() => undefined);
    throw error;
  }
  const file = walkedFile(look.place, staged.stat, port.now());
  const read = { file: { ...file, mark: placedMark(staged.stat, port.now()) }, hash };
  return bytes.length <= INLINE_MAX_BYTES ? { ...read, bytes } : read;
}

/** False where somebody else wrote there at the same moment. Durable once it returns true. */
async function place(
  vault: Vault,
  { look, record }: Target,
  staged: Awaited<ReturnType<typeof stage>>,
): Promise<boolean> {
  const { disk, root } = vault;
  const target = pathOf(root, look.place);
  if (look.stat === undefined || look.row === undefined) {
    const obstacle = await makeFoldersAbove(disk, root, look.place);
    if (obstacle !== undefined) throw inTheWay(obstacle.place, look.place);
    return moveToFree(disk, staged.path, target);
  }
  const outcome = await replaceKnown(disk, staged, {
    target,
    isNoted: notedCheck(disk, root, look.row),
    aside: tmpPath(root, record, 'aside'),
    rescue: pathOf(root, freshName(vault, look.place)),
  });
  if (outcome === 'changed') return false;
  await disk.flushFolder(dirname(target));
  return true;
}

export function inTheWay(obstacle: string, place: string): SatchelError {
  return new SatchelError('usage', `"${obstacle}" is in the way of "${place}".`, {
    hint: 'Choose another name, or move what is there first.',
  });
}

function editOf({ port }: Vault, { look, record }: Target, read: ReadFile): Edit {
  const view = port.view(record);
  if (look.row === undefined) return editOfNew(record, view, read);
  return editOfFound(view, { ...read, shown: look.row });
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
