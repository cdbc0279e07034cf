/** Making the folder show what the replica shows (rules S5 and S6). */
import { isErrorKind, systemCode } from '../../base/errors.ts';
import {
  OutdatedViewError,
  type PutOutReport,
  type RecordId,
  type Shown,
} from '../../sync/kind.ts';
import { FOLDER_MARK } from '../files/changes.ts';
import { diskErrorWords, stopsAllWrites } from '../files/disk-errors.ts';
import { IGNORE_FILE } from '../files/ignore.ts';
import { foldersAbove } from '../files/layout.ts';
import { checkFolder } from '../files/marker.ts';
import { foldName } from '../files/names.ts';
import { makeOwnFolder } from '../files/place.ts';
import { applyJob, isPlainPlacing } from './apply.ts';
import { noteIntentions, readIntentions } from './intentions.ts';
import { notePlacedFiles } from './placed-files.ts';
import { type Job, planJob, type Surroundings } from './plan.ts';
import { bringBack, stuckTrouble, tidyFolders } from './recover.ts';
import { noteOutcome, type PutOutRound, startRound } from './round.ts';
import { discard, type StagedJob, stageAhead } from './stage-ahead.ts';
import { nothingTouched } from './touched.ts';
import { foldingOf, loadRules, type Vault } from './workings.ts';

/** Records placed together: bounds what a crash leaves to find out, and saves flushes. */
const WINDOW = 1_000;

export async function putOut(vault: Vault): Promise<PutOutReport> {
  const { disk, port, root, marker, memory } = vault;
  if (port.stale().length === 0) return { applied: { versions: 0, bytes: 0 }, failed: [] };
  await checkFolder(disk, root, marker);
  await makeOwnFolder(disk, root);
  const round = startRound(vault, await lookAround(vault));
  memory.placing = { lifted: round.lifted, note: () => notePlacedFiles(round) };
  try {
    if (await applyRules(round)) await applyRest(round);
  } finally {
    await memory.turns(async () => {
      for (const record of round.lifted) round.failed.push(...(await bringBack(vault, record)));
      memory.placing = undefined;
      port.startOn([]);
    });
  }
  memory.blocked = round.blocked;
  const { versions, bytes, failed } = round;
  const report = { applied: { versions, bytes }, failed };
  return round.again ? { ...report, again: true } : report;
}

async function lookAround(vault: Vault): Promise<Surroundings> {
  const rules = await loadRules(vault);
  const { port, selection, disk } = vault;
  const { hasWindowsNames } = disk;
  return { port, rules, selection, folding: await foldingOf(vault), hasWindowsNames };
}

/** The ignore rules come first: what they leave out is not even fetched. */
async function applyRules(round: PutOutRound): Promise<boolean> {
  const { vault } = round;
  const stale = new Set(vault.port.stale());
  const claimants = vault.port.claimants(foldName(IGNORE_FILE));
  const records = claimants.map((claimant) => claimant.record).filter((id) => stale.has(id));
  if (records.length === 0) return true;
  const goesOn = await applyRecords(round, records);
  round.surroundings = await lookAround(vault);
  return goesOn;
}

async function applyRest(round: PutOutRound): Promise<void> {
  if (!(await applyRecords(round, round.vault.port.stale()))) return;
  const seen = new Set<RecordId>();
  for (;;) {
    const records = [...round.queue].filter((record) => !seen.has(record));
    if (records.length === 0) return;
    for (const record of records) seen.add(record);
    if (!(await applyRecords(round, records))) return;
  }
}

/** False where it makes no sense to go on: the disk is full or read-only. */
async function applyRecords(round: PutOutRound, records: readonly RecordId[]): Promise<boolean> {
  const { port } = round.vault;
  for (let from = 0; from < records.length; from += WINDOW) {
    const window = records.slice(from, from + WINDOW);
    const onDone = (count: number): void =>
      port.progress('Writing files', from + count, records.length, 'files');
    if (!(await applyWindow(round, window, onDone))) return false;
  }
  return true;
}

async function applyWindow(
  round: PutOutRound,
  records: readonly RecordId[],
  onDone: (count: number) => void,
): Promise<boolean> {
  const { vault } = round;
  const { turns } = vault.memory;
  // In a turn, as a save under way may have changed half of what the plan looks at.
  const jobs = await turns(async () => {
    vault.memory.touched = nothingTouched();
    return vault.port.transaction(() => {
      vault.port.startOn(records);
      return records.map((record) => planJob(round.surroundings, record));
    });
  });
  noteIntentions(vault.port, intentionsOf(round, jobs));
  let goesOn = true;
  let isAllNoted = false;
  try {
    let done = 0;
    for await (const staged of stageAhead(vault, jobs)) {
      goesOn = await turns(() => applyStaged(round, staged));
      if (!goesOn) break;
      done += 1;
      onDone(done);
    }
  } finally {
    isAllNoted = await turns(() => notePlacedFiles(round));
  }
  if (!goesOn || !isAllNoted) return false;
  // Lifted files keep their intentions until they have landed.
  if (round.lifted.size === 0) {
    const stuck = await turns(() => tidyFolders(vault, readIntentions(vault.port)));
    round.failed.push(...stuck.map(stuckTrouble));
  }
  return true;
}

function intentionsOf(round: PutOutRound, jobs: readonly Job[]) {
  const { port } = round.vault;
  // What could not be removed so far is still to be removed.
  const folders = new Set<string>(readIntentions(port).folders);
  const places: [string, RecordId][] = [];
  for (const { record, task } of jobs) {
    const shown = port.shown(record);
    if (shown !== undefined) for (const folder of foldersLeft(shown)) folders.add(folder);
    if (task.kind !== 'file' && task.kind !== 'folder') continue;
    for (const folder of foldersAbove(task.place)) folders.add(folder);
    if (task.kind === 'file' && shown?.place !== task.place) places.push([task.place, record]);
  }
  return { folders: [...folders], places };
}

/** The folders that may be empty when what is shown has left its place. */
function foldersLeft({ place, mark }: Shown): readonly string[] {
  return mark === FOLDER_MARK ? [place, ...foldersAbove(place)] : foldersAbove(place);
}

function isOutdated(staged: StagedJob): boolean {
  return staged.kind === 'failed' && staged.error instanceof OutdatedViewError;
}

/** False where it makes no sense to go on. */
async function applyStaged(round: PutOutRound, staged: StagedJob): Promise<boolean> {
  const { job } = staged;
  if (round.vault.memory.touched.records.has(job.record) || isOutdated(staged)) {
    // Saved or decided here since the job was planned: what it was to bring is something else now.
    await discard(round.vault, staged);
    if (round.vault.port.isStale(job.record)) round.again = true;
    return true;
  }
  try {
    if (staged.kind === 'failed') throw staged.error;
    if (staged.kind === 'refused') {
      noteOutcome(round, job, staged);
      return true;
    }
    // Other work reads the notes of what it meets.
    if (!isPlainPlacing(round, job) && !(await notePlacedFiles(round))) {
      await discard(round.vault, staged);
      return false;
    }
    const outcome = await applyJob(round, job, staged.staged);
    if (outcome.kind !== 'done') await discard(round.vault, staged);
    noteOutcome(round, job, outcome);
    return true;
  } catch (error) {
    await discard(round.vault, staged);
    // Damaged content concerns its record alone; a bucket that is not to be had ends the round.
    const isOwnTrouble = isErrorKind(error, 'damaged') || systemCode(error) !== undefined;
    if (!isOwnTrouble) throw error;
    round.failed.push({ path: job.title, error: diskErrorWords(error) });
    return !stopsAllWrites(error);
  }
}
