/** Taking in what a person changed in the folder (rules S5, S6 and S8). */
import { utf8 } from '../../base/bytes.ts';
import { forEachConcurrently } from '../../base/concurrency.ts';
import { INLINE_MAX_BYTES, type Shown, type TakeInReport, type Trouble } from '../../sync/kind.ts';
import { matchRenames, planScan, type ScanPlan } from '../files/changes.ts';
import { diskErrorWords } from '../files/disk-errors.ts';
import { readStable } from '../files/hash-file.ts';
import { pathOf } from '../files/layout.ts';
import { checkFolder } from '../files/marker.ts';
import { hashOfTarget } from '../files/noted.ts';
import { dayOf, sweepTrash } from '../files/trash.ts';
import { type WalkedFile, walkFolder } from '../files/walk.ts';
import {
  EditBatch,
  editOfFolder,
  editOfFound,
  editOfMissing,
  editOfNew,
  type FoundAgain,
  isOnlyTouched,
  type ReadFile,
} from './edits.ts';
import { folderFields } from './fields.ts';
import { readIntentions } from './intentions.ts';
import { findMovedOut, forgetOutside, notedInside } from './outside.ts';
import { recordUnderSuffix } from './projection.ts';
import { type ReadAt, ReadBatch } from './read-batch.ts';
import { recoverLeftovers, recoverPlaced, stuckTrouble, tidyFolders } from './recover.ts';
import { placedUnfinished } from './unfinished.ts';
import { knownPlaces, loadRules, type Vault } from './workings.ts';

/** Files read at the same time. */
const READERS = 4;
/** Content of new files kept in memory until it is known which of them are renamed ones. */
const KEPT_BYTES = 8 * 1024 * 1024;

interface TakeIn {
  readonly vault: Vault;
  readonly batch: EditBatch;
  readonly staleBefore: ReadonlySet<string>;
  readonly skipped: Trouble[];
}

export async function takeIn(vault: Vault): Promise<TakeInReport> {
  const { disk, port, root, marker } = vault;
  await checkFolder(disk, root, marker);
  const intentions = readIntentions(port);
  await recoverLeftovers(vault);
  await recoverPlaced(vault, intentions);
  const stuck = await tidyFolders(vault, intentions);
  const skipped = stuck.map(stuckTrouble);
  await sweepDaily(vault, skipped);
  const { plan, leftOut } = await scanVault(vault, skipped);
  const staleBefore = new Set(port.stale());
  const work: TakeIn = { vault, batch: new EditBatch(port, staleBefore), staleBefore, skipped };
  const missing = await takeInFiles(work, plan);
  const ownFolders = new Set(stuck.map(({ place }) => place));
  for (const place of plan.newFolders) if (!ownFolders.has(place)) takeInFolder(work, place);
  work.batch.flush();
  if (missing.length > 0) {
    // S8: once more, as the disk may have gone away since the scan began.
    await checkFolder(disk, root, marker);
    work.batch.saveTogether(missing.map(editOfMissing));
  }
  return { edits: work.batch.count, skipped, leftOut };
}

/** What is unchanged is forgotten with the walk: of a large vault, that is most. */
async function scanVault(
  vault: Vault,
  skipped: Trouble[],
): Promise<{ readonly plan: ScanPlan; readonly leftOut: readonly Trouble[] }> {
  const { disk, port, root, selection } = vault;
  const rules = await loadRules(vault);
  const walk = await walkFolder(disk, root, rules, {
    nowMs: port.now(),
    selection,
    isKnownPlace: knownPlaces(port),
  });
  skipped.push(...walk.unreadable);
  const ignores = rules.ignores.bind(rules);
  const outside: Shown[] = [];
  const plan = planScan(walk, notedInside(vault, outside), ignores);
  forgetOutside(vault, outside);
  return { plan, leftOut: walk.leftOut };
}

const SWEEP_NOTE = 'trash-swept';

/** A trash that cannot be emptied is told, and no reason to leave changes where they are. */
async function sweepDaily({ disk, port, root }: Vault, skipped: Trouble[]): Promise<void> {
  const today = dayOf(port.now());
  if (port.note(SWEEP_NOTE) === today) return;
  try {
    await sweepTrash(disk, root, port.now());
    port.setNote(SWEEP_NOTE, today);
  } catch (error) {
    skipped.push({ path: '.satchel/trash', error: `not emptied: ${diskErrorWords(error)}` });
  }
}

/** Saves moved, changed and new files; returns what is missing. */
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
  await readFiles(work, plan, ({ file, hash, bytes }) => {
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
  return missing;
}

/** A folder that was renamed arrives elsewhere as one change. */
function saveRenames({ vault, batch }: TakeIn, found: readonly FoundAgain[]): void {
  batch.flush();
  batch.saveTogether(found.map((one) => editOfFound(vault.port.view(one.shown.record), one)));
}

/** Reads what has to be read, and saves it many at a time; what is new goes to `onNew`, if given. */
async function readFiles(
  work: TakeIn,
  plan: ScanPlan,
  onNew: ((read: ReadFile) => void) | undefined,
): Promise<void> {
  const { port } = work.vault;
  const total = plan.toHash.length;
  let done = 0;
  const waiting = new ReadBatch((reads) => saveReads(work, reads));
  await forEachConcurrently(plan.toHash, READERS, async ({ file, shown }) => {
    const read = await readOne(work, file);
    done += 1;
    port.progress('Reading files', done, total, 'files');
    if (read === undefined) return;
    if (shown === undefined && onNew !== undefined) onNew(read);
    else waiting.add({ ...read, shown });
  });
  waiting.flush();
}

/** One transaction for all: what a file means takes a dozen looks at the replica. */
function saveReads(work: TakeIn, reads: readonly ReadAt[]): void {
  work.vault.port.transaction(() => {
    for (const { shown, ...read } of reads) {
      if (shown === undefined) takeInNew(work, read);
      else takeInFound(work, { ...read, shown });
    }
    work.batch.flush();
  });
}

/** Undefined where it went away, or could not be read: that is told, and tried again. */
async function readOne(
  { vault, skipped }: TakeIn,
  file: WalkedFile,
): Promise<ReadFile | undefined> {
  if (file.target !== undefined) return readLink(file, file.target);
  const { disk, port, root } = vault;
  const outcome = await readStable(disk, pathOf(root, file.path), file, {
    now: () => port.now(),
    sleep: (delayMs) => port.sleep(delayMs),
  });
  if ('hash' in outcome) return outcome;
  if ('changing' in outcome) {
    skipped.push({ path: file.path, error: 'it is being written; it is taken in when it rests' });
  } else if ('unreadable' in outcome) {
    skipped.push({ path: file.path, error: outcome.unreadable });
  }
  return undefined;
}

/** A link is never written to: another target is another link. What the walk read is all of it. */
function readLink(file: WalkedFile, target: string): ReadFile {
  return { file, hash: hashOfTarget(target), bytes: utf8(target) };
}

function takeInFound({ vault, batch, staleBefore }: TakeIn, found: FoundAgain): void {
  const { port } = vault;
  const { shown, file } = found;
  if (isOnlyTouched(found) && staleBefore.has(shown.record)) {
    // What is to come for the record is not on the device yet: this must not count as a choice.
    placedUnfinished(port, { ...shown, mark: file.mark });
    return;
  }
  batch.add(editOfFound(port.view(shown.record), found));
}

function takeInNew({ vault, batch }: TakeIn, read: ReadFile): void {
  const { port } = vault;
  const { file, hash } = read;
  const record = recordFor(
    batch,
    () => recordUnderSuffix(port, file.path, 'file') ?? port.recordFor({ path: file.path }),
  );
  const view = port.view(record);
  const isOther = view?.live === true && view.content?.hash !== hash;
  const versions = isOther ? port.knowsContent(record, hash) : [];
  if (versions.length === 0) {
    batch.add(editOfNew(record, view, read));
    return;
  }
  // An older state, as on a device that had a copy of the folder: what followed will be put out.
  placedUnfinished(port, { record, place: file.path, mark: file.mark, hash, versions });
}

/** While edits wait, the port may give the same record to two files that it could belong to. */
function recordFor(batch: EditBatch, ask: () => string): string {
  const record = ask();
  if (!batch.has(record)) return record;
  batch.flush();
  return ask();
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
