/** Moving files for programs: one rename on the disk, and the edits for all of it in one piece. */
import { SatchelError } from '../../base/errors.ts';
import type { Edit, Expected, Moves, Shown } from '../../sync/kind.ts';
import { FOLDER_MARK } from '../files/changes.ts';
import type { DiskStat } from '../files/disk.ts';
import { pathOf } from '../files/layout.ts';
import { isSamePath } from '../files/names.ts';
import { sizeInMark } from '../files/noted.ts';
import { makeFoldersAbove } from '../files/place.ts';
import { walkedFile } from '../files/walk.ts';
import { requireCarried, requireOwnSpelling, requireSafePath } from './allowed-path.ts';
import { EditBatch, editOfFound, editOfMissing } from './edits.ts';
import { changedAt, entryAt, isAsExpected, lookAt, requireAtRest } from './look-at.ts';
import { noSuchFile } from './remove-file.ts';
import { inTheWay } from './save-file.ts';
import { touch } from './touched.ts';
import { foldingOf, type Vault } from './workings.ts';

export async function movePath(
  vault: Vault,
  from: string,
  to: string,
  expected: Expected,
): Promise<Moves> {
  requireSafePath(from);
  requireSafePath(to);
  const isFolder = (await entryAt(vault, from))?.kind === 'folder';
  return isFolder ? moveFolder(vault, from, to, expected) : moveFile(vault, from, to, expected);
}

async function moveFile(
  vault: Vault,
  from: string,
  to: string,
  expected: Expected,
): Promise<Moves> {
  await requireCarried(vault, to, 'file');
  const look = await lookAt(vault, from);
  if (!isAsExpected(vault, look, expected)) return changedAt(vault, from);
  const { row, stat } = look;
  if (row === undefined || stat === undefined) throw noSuchFile(from);
  if (from === to) return { kind: 'moved', moved: [] };
  await requireFree(vault, from, to, stat, 'file');
  await carryOver(vault, { from, to, stat, rows: [row] }, async () => {
    if (await isRespelling(vault, from, to)) return rename(vault, from, to);
    const { disk, root } = vault;
    const isFree = (there: DiskStat | undefined) => there === undefined;
    // A second name and then one less would leave two files where the process ends in between.
    if (!(await disk.replace(pathOf(root, from), pathOf(root, to), isFree))) {
      throw inTheWay(to, from);
    }
  });
  return { kind: 'moved', moved: [{ from, to }] };
}

async function moveFolder(
  vault: Vault,
  from: string,
  to: string,
  expected: Expected,
): Promise<Moves> {
  const { disk, port, root } = vault;
  if (expected.kind !== 'nothing') {
    throw new SatchelError('usage', `"${from}" is a folder, and If-Match holds for files alone.`, {
      hint: 'Leave the header out.',
    });
  }
  if (to === from) return { kind: 'moved', moved: [] };
  if (to.startsWith(`${from}/`)) {
    throw new SatchelError('usage', `"${from}" cannot be moved into itself.`, {
      hint: 'Choose a place outside of it.',
    });
  }
  await requireCarried(vault, to, 'folder');
  const stat = await disk.stat(pathOf(root, from));
  if (stat === undefined) throw noSuchFile(from);
  await requireFree(vault, from, to, stat, 'folder');
  const rows = [...port.shownAll()].filter(({ place }) => isAtOrBelow(place, from));
  for (const { place, mark } of rows) {
    await requireCarried(vault, moved(place, from, to), mark === FOLDER_MARK ? 'folder' : 'file');
  }
  await carryOver(vault, { from, to, stat, rows }, () => rename(vault, from, to));
  const files = rows.filter(({ mark }) => mark !== FOLDER_MARK);
  return {
    kind: 'moved',
    moved: files.map(({ place }) => ({ from: place, to: moved(place, from, to) })),
  };
}

interface Carried {
  readonly from: string;
  readonly to: string;
  readonly stat: DiskStat;
  readonly rows: readonly Shown[];
}

/** Moves on the disk with `act`, and then in the replica: a crash in between looks like a rename. */
async function carryOver(
  vault: Vault,
  { from, to, rows }: Carried,
  act: () => Promise<void>,
): Promise<void> {
  const { disk, root, port, memory } = vault;
  requireAtRest(vault, rows);
  touch(memory.touched, undefined, from);
  touch(memory.touched, undefined, to);
  for (const { record } of rows) memory.touched.records.add(record);
  const obstacle = await makeFoldersAbove(disk, root, to);
  if (obstacle !== undefined) throw inTheWay(obstacle.place, to);
  await act();
  const edits: Edit[] = [];
  for (const row of rows) {
    const edit = await editOfMoved(vault, row, moved(row.place, from, to));
    if (edit !== undefined) edits.push(edit);
  }
  new EditBatch(port, (record) => port.isStale(record)).saveTogether(edits);
}

/**
 * The edit that gives a noted file another place. A write to it that was not taken in yet stays one:
 * it keeps the mark that tells. Undefined where a person has removed it: the next scan sees that.
 */
async function editOfMoved(
  { disk, port, root }: Vault,
  row: Shown,
  place: string,
): Promise<Edit | undefined> {
  const view = port.view(row.record);
  if (row.mark === FOLDER_MARK) {
    return {
      record: row.record,
      sawVersions: row.versions,
      change: {
        kind: 'write',
        fields: { ...view?.fields, path: place },
        changed: ['path'],
        content: { kind: 'none' },
        shown: { place, mark: FOLDER_MARK, hash: '' },
      },
    };
  }
  const path = pathOf(root, place);
  const stat = await disk.stat(path);
  if (stat?.kind !== 'file' && stat?.kind !== 'symlink') return undefined;
  const target = stat.kind === 'symlink' ? { target: await disk.readLink(path) } : {};
  const sizeBytes = Number(sizeInMark(row.mark));
  const file = { ...walkedFile(place, stat, undefined), ...target, mark: row.mark, sizeBytes };
  return editOfFound(view, { shown: row, file, hash: row.hash });
}

/** @throws SatchelError `usage` where something has the name, or one that some disks take for it. */
async function requireFree(
  vault: Vault,
  from: string,
  to: string,
  stat: DiskStat,
  kind: 'file' | 'folder',
): Promise<void> {
  const { disk, port, root } = vault;
  if (await isRespelling(vault, from, to)) return;
  const there = await disk.stat(pathOf(root, to));
  if (there !== undefined) throw inTheWay(to, from);
  const folding = { case: true, form: true };
  if (!isSamePath(from, to, folding)) await requireOwnSpelling(vault, to, kind);
  if (stat.kind === 'other') throw noSuchFile(from);
  // What a person deleted there is to be deleted before something else has its place.
  const left = kind === 'folder' ? rowsBelow(vault, to) : [port.shownAt(to)];
  const rows = left.filter((row) => row !== undefined);
  requireAtRest(vault, rows, to);
  for (const { record, place } of rows) touch(vault.memory.touched, record, place);
  new EditBatch(port, () => false).saveTogether(rows.map(editOfMissing));
}

function rowsBelow({ port }: Vault, folder: string): readonly Shown[] {
  return [...port.shownAll()].filter(({ place }) => isAtOrBelow(place, folder));
}

/**
 * True where the disk takes both names for one: the file is to be spelled otherwise. A folder may
 * tell apart what the others on its disk do not: then another file has the name.
 */
async function isRespelling(vault: Vault, from: string, to: string): Promise<boolean> {
  const { disk, root } = vault;
  if (!isSamePath(from, to, await foldingOf(vault))) return false;
  const there = await disk.stat(pathOf(root, to));
  return there === undefined || there.inode === (await disk.stat(pathOf(root, from)))?.inode;
}

function rename({ disk, root }: Vault, from: string, to: string): Promise<void> {
  return disk.rename(pathOf(root, from), pathOf(root, to));
}

function moved(place: string, from: string, to: string): string {
  return to + place.slice(from.length);
}

function isAtOrBelow(place: string, folder: string): boolean {
  return place === folder || place.startsWith(`${folder}/`);
}
