/** Bringing one record onto the disk. System errors pass through; `putOut` puts them into words. */
import type { Shown } from '../../sync/kind.ts';
import { FOLDER_MARK } from '../files/changes.ts';
import type { DiskStat } from '../files/disk.ts';
import { tmpPath } from '../files/hops.ts';
import { foldersAbove, pathOf } from '../files/layout.ts';
import { linkAbove } from '../files/links.ts';
import { isSamePath } from '../files/names.ts';
import { hashOf, notedCheck, placedMark, wasExecutable } from '../files/noted.ts';
import { replaceKnown, type Staged } from '../files/place.ts';
import { removeEmptyFolders, removeFolderIfEmpty } from '../files/trash.ts';
import { isRacyMark, markOf, racyMark } from '../files/walk.ts';
import { isExecutable } from './fields.ts';
import type { FileTask, Job, JobOf, Task } from './plan.ts';
import { isFolderClaimed } from './projection.ts';
import { freshName } from './recover.ts';
import { CHANGED, DONE, type Outcome, type PutOutRound } from './round.ts';
import { spelledJob } from './spelling.ts';
import { keepStale, placedUnfinished } from './unfinished.ts';
import {
  leavePlace,
  liftFile,
  makeFolderAt,
  moveIn,
  refusedAt,
  removeFile,
  withdrawFile,
} from './way.ts';

/**
 * True for the usual work: a new file, or new content for one that stays where it is. It touches
 * nothing but its own place, so that its note can wait for those of others.
 */
export function isPlainPlacing({ vault, lifted }: PutOutRound, { record, task }: Job): boolean {
  if (task.kind !== 'file' || !task.needsContent || lifted.has(record)) return false;
  const shown = vault.port.shown(record);
  return shown === undefined || (shown.mark !== FOLDER_MARK && shown.place === task.place);
}

export async function applyJob(
  round: PutOutRound,
  planned: Job,
  staged: Staged | undefined,
): Promise<Outcome> {
  const job = await spelledJob(round, planned);
  const { record, task } = job;
  const link = task.kind === 'leave' ? undefined : await linkAboveShown(round, record);
  if (link !== undefined) return refusedAt(link, 'a symbolic link');
  switch (task.kind) {
    case 'leave':
      round.vault.port.settled(record);
      return DONE;
    case 'refuse':
      return { kind: 'refused', reason: task.error };
    case 'remove':
      return applyRemoval(round, record);
    case 'withdraw':
      return applyWithdrawal(round, record);
    case 'folder':
      return applyFolder(round, { ...job, task });
    case 'file':
      return applyFile(round, { ...job, task }, staged);
  }
}

/** A link in the place of a folder: what is noted below it may be outside by now, and stays as it is. */
async function linkAboveShown({ vault }: PutOutRound, record: string): Promise<string | undefined> {
  const { disk, port, root } = vault;
  const shown = port.shown(record);
  return shown && (await linkAbove(disk, root, shown.place));
}

async function applyRemoval(round: PutOutRound, record: string): Promise<Outcome> {
  const { port } = round.vault;
  const shown = port.shown(record);
  if (shown !== undefined && shown.mark !== FOLDER_MARK) return removeFile(round, record);
  if (shown === undefined) {
    port.removed(record);
    return DONE;
  }
  await removeOwnFolder(round, shown.place);
  // Not before: an empty folder that is not noted would be taken for one that a person made.
  port.removed(record);
  await leaveFolder(round, shown.place);
  round.versions += 1;
  return DONE;
}

/** What is carried here no longer goes like what is gone, and is noted so that it is no deletion. */
async function applyWithdrawal(round: PutOutRound, record: string): Promise<Outcome> {
  const { port } = round.vault;
  const shown = port.shown(record);
  if (shown === undefined || shown.mark === FOLDER_MARK) return applyRemoval(round, record);
  return withdrawFile(round, record, shown.place);
}

/** The folder of a record that is gone: it goes if it is empty; what is kept in it keeps it there. */
async function removeOwnFolder({ vault, surroundings }: PutOutRound, place: string): Promise<void> {
  const { disk, port, root } = vault;
  if (!isFolderClaimed(port, place, surroundings.folding))
    await removeFolderIfEmpty(disk, root, place);
}

/** A folder that is left goes if it is empty, and so do those above; its name may be free now. */
async function leaveFolder(round: PutOutRound, place: string): Promise<void> {
  await leavePlace(round, `${place}/`);
}

async function applyFolder(
  round: PutOutRound,
  { record, task }: JobOf<Extract<Task, { kind: 'folder' }>>,
): Promise<Outcome> {
  const { port } = round.vault;
  const { place, view } = task;
  const shown = port.shown(record);
  if (shown !== undefined && shown.mark !== FOLDER_MARK) {
    // It was a file here. That goes to the trash like anything that is replaced by nothing.
    const outcome = await removeFile(round, record);
    if (outcome.kind !== 'done') return outcome;
  }
  const outcome = await makeFolderAt(round, place);
  if (outcome.kind !== 'done') return outcome;
  port.placed({ record, place, mark: FOLDER_MARK, hash: '', versions: view.shows });
  if (shown?.place === place && shown.mark === FOLDER_MARK) return DONE;
  round.versions += 1;
  if (shown?.mark === FOLDER_MARK) await leaveFolder(round, shown.place);
  return DONE;
}

async function applyFile(
  round: PutOutRound,
  job: JobOf<FileTask>,
  staged: Staged | undefined,
): Promise<Outcome> {
  const shown = round.vault.port.shown(job.record);
  if (shown !== undefined && shown.mark !== FOLDER_MARK) {
    return applyKnownFile(round, job, staged, shown);
  }
  if (staged === undefined) throw new Error(`${job.title} is to be created, and nothing is staged`);
  if (shown !== undefined) {
    const { port } = round.vault;
    keepStale(port, [job.record], () => port.removed(job.record));
    await leaveFolder(round, shown.place);
  }
  const outcome = await moveIn(round, staged.path, job.task.place, 'later');
  if (outcome.kind === 'done') countPlaced(round, job, staged);
  return outcome;
}

/** A file that is on this device: moved, written, its executable bit set, as far as it differs. */
async function applyKnownFile(
  round: PutOutRound,
  job: JobOf<FileTask>,
  staged: Staged | undefined,
  shown: Shown,
): Promise<Outcome> {
  const { port } = round.vault;
  const { place, view } = job.task;
  const isElsewhere = shown.place !== place;
  if (isElsewhere || round.lifted.has(job.record)) {
    const outcome = await moveFile(round, job, shown);
    if (outcome.kind !== 'done') return outcome;
  }
  if (staged !== undefined) return replaceFile(round, job, staged, shown);
  if (!job.task.isLink && wasExecutable(shown.mark) !== isExecutable(view.fields)) {
    return switchExecutable(round, job, shown);
  }
  port.placed({ ...shown, place, versions: view.shows });
  if (isElsewhere) round.versions += 1;
  return DONE;
}

async function moveFile(
  round: PutOutRound,
  { record, task }: JobOf<FileTask>,
  shown: Shown,
): Promise<Outcome> {
  const { port, root } = round.vault;
  const lifted = await liftFile(round, record);
  if (lifted.kind !== 'done') return lifted;
  await leaveFolderOfThatName(round, shown.place, task.place);
  const lowered = await moveIn(round, tmpPath(root, record, 'move'), task.place);
  if (lowered.kind !== 'done') return lowered;
  round.lifted.delete(record);
  // Noted at once: should the rest fail, this was no rename by a person.
  placedUnfinished(port, { ...shown, place: task.place });
  if (shown.place !== task.place) await leavePlace(round, shown.place);
  return DONE;
}

/** A file that is to have the name of its own folder needs that folder gone first. */
async function leaveFolderOfThatName(
  { vault, surroundings }: PutOutRound,
  from: string,
  to: string,
): Promise<void> {
  const { disk, port, root } = vault;
  const folders = foldersAbove(from);
  const last = folders.findIndex((folder) => isSamePath(folder, to, surroundings.folding));
  const isClaimed = (folder: string) => isFolderClaimed(port, folder, surroundings.folding);
  await removeEmptyFolders(disk, root, folders.slice(0, last + 1), isClaimed);
}

async function replaceFile(
  round: PutOutRound,
  job: JobOf<FileTask>,
  staged: Staged,
  shown: Shown,
): Promise<Outcome> {
  const { vault } = round;
  const { place } = job.task;
  if (await isRewrittenUnseen(round, { ...shown, place })) return CHANGED;
  const result = await replaceKnown(vault.disk, staged, {
    target: pathOf(vault.root, place),
    isNoted: notedCheck(vault.disk, vault.root, shown),
    aside: tmpPath(vault.root, job.record, 'aside'),
    rescue: pathOf(vault.root, freshName(vault, place)),
  });
  if (result === 'changed') return CHANGED;
  countPlaced(round, job, staged);
  return DONE;
}

/**
 * Some tools write in place and set the time back, which leaves the mark as it was. So before a
 * content is replaced it is read: what was written so may be nowhere else. The next look reads it, too.
 */
async function isRewrittenUnseen({ vault }: PutOutRound, shown: Shown): Promise<boolean> {
  const { disk, port, root } = vault;
  const path = pathOf(root, shown.place);
  if (isRacyMark(shown.mark) || !(await notedCheck(disk, root, shown)(path))) return false;
  const hash = await hashOf(disk, root, shown.place, path);
  if (hash === undefined || hash === shown.hash) return false;
  placedUnfinished(port, { ...shown, mark: racyMark(shown.mark) });
  return true;
}

async function switchExecutable(
  round: PutOutRound,
  job: JobOf<FileTask>,
  shown: Shown,
): Promise<Outcome> {
  const { disk, root } = round.vault;
  const path = pathOf(root, job.task.place);
  const isNoted = notedCheck(disk, root, shown);
  if (!(await isNoted(path))) return CHANGED;
  const before = await disk.stat(path);
  await disk.setExecutable(path, isExecutable(job.task.view.fields));
  const after = await disk.stat(path);
  if (before === undefined || after === undefined) return CHANGED;
  const isSame = markOf({ ...after, isExecutable: before.isExecutable }) === markOf(before);
  if (!isSame) return CHANGED;
  round.unnoted.push(shownAfter(round, job, after));
  round.versions += 1;
  return DONE;
}

/** A file whose name is not durable yet: it is noted with the others, once it is. */
function countPlaced(round: PutOutRound, job: JobOf<FileTask>, staged: Staged): void {
  round.unnoted.push(shownAfter(round, job, staged.stat));
  round.versions += 1;
  round.bytes += staged.sizeBytes;
}

function shownAfter(round: PutOutRound, job: JobOf<FileTask>, stat: DiskStat): Shown {
  const { record, task } = job;
  const { place, view, content } = task;
  const mark = placedMark(stat, round.vault.port.now());
  return { record, place, mark, hash: content.hash, versions: view.shows };
}
