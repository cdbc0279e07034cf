/**
 * One look at one place for the door (see `file-door.ts`): what is on the disk there is taken in
 * first, so that note and file agree afterwards.
 */
import { SatchelError } from '../../base/errors.ts';
import type { Expected, FileChanged, FileNow, Shown } from '../../sync/kind.ts';
import type { DiskStat } from '../files/disk.ts';
import { diskErrorWords } from '../files/disk-errors.ts';
import { foldersAbove, pathOf } from '../files/layout.ts';
import { notedCheck } from '../files/noted.ts';
import { walkedFile } from '../files/walk.ts';
import { requireCarried } from './allowed-path.ts';
import { EditBatch } from './edits.ts';
import { pathField } from './fields.ts';
import { readOne, type TakeIn, takeInFound, takeInNew } from './take-in-file.ts';
import { touch } from './touched.ts';
import type { Vault } from './workings.ts';

export interface Look {
  readonly place: string;
  /** What is noted there. */
  readonly row: Shown | undefined;
  /** The file there, as it is noted; undefined where none is. */
  readonly stat: DiskStat | undefined;
  /** True where its content was not known here before this look. */
  readonly isNews: boolean;
}

/**
 * Looks at a place and takes in what is there.
 * @throws SatchelError `usage` where nothing is carried, or something else than a file is there or
 *   above; `attention` where it cannot be read; `busy` where it is on its way to somewhere else.
 */
export async function lookAt(vault: Vault, place: string): Promise<Look> {
  const { disk, port, root } = vault;
  await requireCarried(vault, place, 'file');
  const row = port.shownAt(place);
  requireAtRest(vault, row === undefined ? [] : [row], place);
  const stat = await fileAt(vault, place);
  if (stat === undefined) return { place, row, stat, isNews: false };
  if (row !== undefined && (await notedCheck(disk, root, row)(pathOf(root, place)))) {
    return { place, row, stat, isNews: false };
  }
  const taken = await takeInPlace(vault, place, stat, row);
  const now = port.shownAt(place);
  return { place, row: now, stat: taken, isNews: row === undefined || row.hash !== now?.hash };
}

/** The state that belongs to what was taken in. */
async function takeInPlace(
  vault: Vault,
  place: string,
  stat: DiskStat,
  row: Shown | undefined,
): Promise<DiskStat> {
  const { port } = vault;
  const wasStale = (record: string): boolean => port.isStale(record);
  const work: TakeIn = { vault, batch: new EditBatch(port, wasStale), wasStale, skipped: [] };
  const read = await readOne(work, walkedFile(place, stat, port.now()));
  if (read === undefined) {
    const reason = work.skipped[0]?.error ?? 'it went away while it was read';
    throw new SatchelError('attention', `"${place}" cannot be read now: ${reason}.`, {
      hint: 'Nothing was changed. Try again in a moment.',
    });
  }
  touch(vault.memory.touched, row?.record, place);
  port.transaction(() => {
    if (row === undefined) takeInNew(work, read);
    else takeInFound(work, { ...read, shown: row });
    work.batch.flush();
  });
  touch(vault.memory.touched, port.shownAt(place)?.record, place);
  return read.file;
}

/** A file that `putOut` has lifted is at none of its places, and what looks free there is not. */
export function requireAtRest(
  { memory, port }: Vault,
  rows: readonly Shown[],
  place?: string,
): void {
  for (const record of memory.placing?.lifted ?? []) {
    const wanted = pathField(port.view(record)?.fields ?? {});
    if (wanted !== place && !rows.some((row) => row.record === record)) continue;
    throw new SatchelError('busy', `"${wanted}" is being moved, as on another device.`, {
      hint: 'Try again in a moment.',
    });
  }
}

/** The state of a file; undefined where nothing is. */
async function fileAt(vault: Vault, place: string): Promise<DiskStat | undefined> {
  const stat = await entryAt(vault, place);
  if (stat !== undefined && stat.kind !== 'file') throw noFile(place, stat, 'and no file');
  return stat;
}

/**
 * The state of whatever is at a safe place; undefined for nothing. The folders above are looked at
 * from the root down: a symbolic link among them would lead out.
 * @throws SatchelError `usage` where something above is no folder; `attention` where it cannot be
 *   read.
 */
export async function entryAt({ disk, root }: Vault, place: string): Promise<DiskStat | undefined> {
  try {
    for (const folder of foldersAbove(place).reverse()) {
      const stat = await disk.stat(pathOf(root, folder));
      if (stat === undefined) return undefined;
      if (stat.kind !== 'folder') throw noFile(folder, stat, 'so nothing can be in it');
    }
    return await disk.stat(pathOf(root, place));
  } catch (error) {
    if (error instanceof SatchelError) throw error;
    throw new SatchelError('attention', `"${place}" cannot be read: ${diskErrorWords(error)}.`, {
      hint: 'Nothing was changed. Look at the permissions of the folder.',
      cause: error,
    });
  }
}

function noFile(place: string, { kind }: DiskStat, so: string): SatchelError {
  const what = { file: 'a file', folder: 'a folder', symlink: 'a symbolic link', other: 'special' };
  return new SatchelError('usage', `"${place}" is ${what[kind]}, ${so}.`, {
    hint: 'Give the path of a file.',
  });
}

/** Whether things are as the caller knows them. */
export function isAsExpected({ port }: Vault, { row, stat, isNews }: Look, it: Expected): boolean {
  switch (it.kind) {
    case 'nothing':
      // What nobody has seen here may not be replaced by someone who cannot have seen it either.
      return !isNews;
    case 'absent':
      return stat === undefined;
    case 'rev':
      return stat !== undefined && row !== undefined && port.rev(row.record) === it.rev;
    case 'mtime':
      return stat?.mtimeNs === it.mtimeNs;
  }
}

/** The answer where they are not: the file as it is, to be shown beside what the caller has. */
export async function changedAt(vault: Vault, place: string): Promise<FileChanged> {
  const now = await readNow(vault, place);
  const record = now?.record ?? vault.port.shownAt(place)?.record;
  return { kind: 'changed', path: place, record, now };
}

/** A longer file is read from the folder by whoever can. */
const WHOLE_MAX_BYTES = 32 * 1024 * 1024;
/** Someone may save it in between: so often it is looked at anew. */
const ATTEMPTS = 4;

/** The file with its content; undefined where there is none. */
export async function readNow(vault: Vault, place: string): Promise<FileNow | undefined> {
  const { disk, port, root } = vault;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { row, stat } = await lookAt(vault, place);
    if (stat === undefined || row === undefined) return undefined;
    const { mtimeNs, sizeBytes } = stat;
    const isLong = sizeBytes > WHOLE_MAX_BYTES;
    const bytes = isLong ? undefined : await disk.readFile(pathOf(root, place));
    if (!(await notedCheck(disk, root, row)(pathOf(root, place)))) continue;
    const { record } = row;
    return { path: place, record, rev: port.rev(record), mtimeNs, sizeBytes, bytes };
  }
  throw new SatchelError('attention', `"${place}" is being written to all the time.`, {
    hint: 'Try again when it rests.',
  });
}
