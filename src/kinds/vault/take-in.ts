/** Taking in what a person changed in the folder (rules S5, S6 and S8). */
import { forEachConcurrently } from '../../base/concurrency.ts';
import { INLINE_MAX_BYTES, type Shown, type TakeInReport, type Trouble } from '../../sync/kind.ts';
import { matchRenames, type ScanPlan } from '../files/changes.ts';
import { diskErrorWords } from '../files/disk-errors.ts';
import { checkFolder } from '../files/marker.ts';
import { dayOf, isClockDoubtful, type StuckFolder, sweepTrash } from '../files/trash.ts';
import { lastingPart, type WalkedFile } from '../files/walk.ts';
import {
  EditBatch,
  editOfFolder,
  editOfFound,
  editOfMissing,
  type FoundAgain,
  type ReadFile,
} from './edits.ts';
import { folderFields } from './fields.ts';
import { readIntentions } from './intentions.ts';
import { findMovedOut } from './outside.ts';
import { recordUnderSuffix } from './projection.ts';
import { type ReadAt, ReadBatch } from './read-batch.ts';
import { recoverLeftovers, recoverPlaced, stuckTrouble, tidyFolders } from './recover.ts';
import { scanVault } from './scan.ts';
import {
  readLink,
  readOne,
  recordFor,
  type TakeIn,
  takeInFound,
  takeInNew,
} from './take-in-file.ts';
import { isTouched, isTouchedBelow, isTouchedPlace } from './touched.ts';
import type { Vault } from './workings.ts';

/** Files read at the same time. */
const READERS = 4;
/** Content of new files kept in memory until it is known which of them are renamed ones. */
const KEPT_BYTES = 8 * 1024 * 1024;

export async function takeIn(vault: Vault): Promise<TakeInReport> {
  const { disk, port, root, marker } = vault;
  await checkFolder(disk, root, marker);
  const { stuck, waiting } = await vault.memory.turns(() => setRight(vault));
  const skipped = [...waiting, ...stuck.map(stuckTrouble)];
  await sweepDaily(vault, skipped);
  const { plan, unreadable, leftOut, isGone } = await scanVault(vault);
  skipped.push(...unreadable);
  const staleBefore = new Set(port.stale());
  const wasStale = (record: string): boolean => staleBefore.has(record);
  const work: TakeIn = { vault, batch: new EditBatch(port, wasStale), wasStale, skipped };
  const isNowhere = (row: Shown): boolean => isGone(row) && !vault.memory.waiting.has(row.record);
  const missing = (await takeInFiles(work, plan)).filter(isNowhere);
  const ownFolders = new Set(stuck.map(({ place }) => place));
  for (const place of plan.newFolders) {
    const { touched } = vault.memory;
    const isTold = ownFolders.has(place) || isTouchedPlace(touched, place);
    if (!isTold && !isTouchedBelow(touched, place)) takeInFolder(work, place);
  }
  work.batch.flush();
  if (missing.length > 0) {
    // S8: once more, as the disk may have gone away since the scan began.
    await checkFolder(disk, root, marker);
    work.batch.saveTogether(untouched(vault, missing).map(editOfMissing));
  }
  return { edits: work.batch.count, skipped, leftOut };
}

interface NotSetRight {
  readonly waiting: readonly Trouble[];
  readonly stuck: readonly StuckFolder[];
}

/** What a crash left half-way, before anything is looked at. */
async function setRight(vault: Vault): Promise<NotSetRight> {
  const intentions = readIntentions(vault.port);
  const waiting = await recoverLeftovers(vault);
  await recoverPlaced(vault, intentions);
  return { waiting, stuck: await tidyFolders(vault, intentions) };
}

/** Of what is noted, that which no save has touched since the folder was looked at. */
function untouched({ memory }: Vault, rows: readonly Shown[]): readonly Shown[] {
  return rows.filter(({ place, record }) => !isTouched(memory.touched, place, record));
}

const SWEEP_NOTE = 'trash-swept';

/** A trash that cannot be emptied is told, and no reason to leave changes where they are. */
async function sweepDaily({ disk, port, root }: Vault, skipped: Trouble[]): Promise<void> {
  const nowMs = port.deletionTime();
  const today = dayOf(nowMs);
  const last = port.note(SWEEP_NOTE);
  if (last === today) return;
  try {
    // After a month's silence it is the next day's turn.
    if (!isClockDoubtful(last, nowMs)) await sweepTrash(disk, root, nowMs);
    port.setNote(SWEEP_NOTE, today);
  } catch (error) {
    skipped.push({ path: '.satchel/trash', error: `not emptied: ${diskErrorWords(error)}` });
  }
}

/**
 * Saves moved, changed and new files; returns what is missing. What was found at another place, and
 * could not be read there because it moved on, is not: the next look tells.
 */
async function takeInFiles(work: TakeIn, plan: ScanPlan): Promise<readonly Shown[]> {
  const moved = plan.moved.map(({ file, shown }) =>
    file.target === undefined
      ? { file, shown, hash: shown.hash }
      : { ...readLink(file, file.target), shown },
  );
  if (plan.missing.length === 0) {
    // Nothing new can be a renamed file, so each is saved soon after it is read.
    saveRenames(work, moved);
    await readFiles(work, plan, undefined);
    return [];
  }
  const found: ReadFile[] = [];
  let keptBytes = 0;
  const unread = await readFiles(work, plan, ({ file, hash, bytes }) => {
    keptBytes += bytes?.length ?? 0;
    found.push(
      bytes !== undefined && keptBytes <= KEPT_BYTES ? { file, hash, bytes } : { file, hash },
    );
  });
  const { renamed, missing: unmatched, created } = matchRenames(plan.missing, found);
  const { movedOut, missing } = await findMovedOut(work.vault, unmatched, (file) =>
    readOne(work, file),
  );
  const bytesOf = new Map(found.map(({ file, bytes }) => [file.path, bytes]));
  saveRenames(work, [...moved, ...renamed, ...movedOut]);
  const waiting = new ReadBatch((reads) => saveReads(work, reads));
  for (const { file, hash } of created) {
    const read = await withBytes(work, { file, hash }, bytesOf.get(file.path));
    if (read !== undefined) waiting.add({ ...read, shown: undefined });
  }
  waiting.flush();
  const left = new Set(unread.map(({ mark }) => lastingPart(mark)));
  return missing.filter(({ mark }) => {
    const part = lastingPart(mark);
    return part === undefined || !left.has(part);
  });
}

/** A folder that was renamed arrives elsewhere as one change. */
function saveRenames({ vault, batch }: TakeIn, found: readonly FoundAgain[]): void {
  batch.flush();
  const { touched } = vault.memory;
  const still = found.filter(
    ({ file, shown }) =>
      !isTouched(touched, file.path, shown.record) && !isTouchedPlace(touched, shown.place),
  );
  batch.saveTogether(still.map((one) => editOfFound(vault.port.view(one.shown.record), one)));
}

/**
 * Reads what has to be read, and saves it many at a time; what is new goes to `onNew`, if given.
 * Returns what was found and not read, as when it moved on.
 */
async function readFiles(
  work: TakeIn,
  plan: ScanPlan,
  onNew: ((read: ReadFile) => void) | undefined,
): Promise<readonly WalkedFile[]> {
  const { port } = work.vault;
  const total = plan.toHash.length;
  let done = 0;
  const unread: WalkedFile[] = [];
  const waiting = new ReadBatch((reads) => saveReads(work, reads));
  await forEachConcurrently(plan.toHash, READERS, async ({ file, shown }) => {
    const read = await readOne(work, file);
    done += 1;
    port.progress('Reading files', done, total, 'files');
    // Another one may have come to its place since it was found there.
    if (read?.file.inode !== file.inode) unread.push(file);
    if (read === undefined) return;
    if (shown === undefined && onNew !== undefined) onNew(read);
    else waiting.add({ ...read, shown });
  });
  waiting.flush();
  return unread;
}

/** One transaction for all: what a file means takes a dozen looks at the replica. */
function saveReads(work: TakeIn, reads: readonly ReadAt[]): void {
  work.vault.port.transaction(() => {
    for (const { shown, ...read } of reads) {
      if (isTouched(work.vault.memory.touched, read.file.path, shown?.record)) continue;
      if (shown === undefined) takeInNew(work, read);
      else takeInFound(work, { ...read, shown });
    }
    work.batch.flush();
  });
}

/** Short content that was not kept is read once more. */
async function withBytes(
  work: TakeIn,
  read: ReadFile,
  bytes: Uint8Array | undefined,
): Promise<ReadFile | undefined> {
  if (bytes !== undefined) return { ...read, bytes };
  return read.file.sizeBytes <= INLINE_MAX_BYTES ? await readOne(work, read.file) : read;
}

function takeInFolder({ vault, batch }: TakeIn, place: string): void {
  const { port } = vault;
  const record = recordFor(
    batch,
    () => recordUnderSuffix(port, place, 'folder') ?? port.recordFor(folderFields(place)),
  );
  batch.add(editOfFolder(record, port.view(record), place));
}
