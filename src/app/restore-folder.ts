/** Files and folders as they were at a moment: what would change, and making it so. */
import type { AnswerOf } from '../api/route.ts';
import type { Restored, restoreRoute } from '../api/time.ts';
import { isErrorKind, SatchelError } from '../base/errors.ts';
import { formatTime } from '../base/time.ts';
import type { Version } from '../format/commit.ts';
import { getContent } from '../replica/contents.ts';
import type { Trouble } from '../sync/kind.ts';
import type { ListedCollection } from './collection-list.ts';
import { type FoundRecord, readArchivesIfReachable, versionOf } from './records.ts';
import {
  NOTHING_DONE,
  notingUndo,
  type RestoreDone,
  restoreAbsence,
  restoreVersion,
} from './restore.ts';
import { isAtOrBelow, planRestore, type RestoreScope, type RestoreStep } from './restore-plan.ts';
import type { Session } from './session.ts';
import { putOut, takeIn } from './settle.ts';
import { treeSource } from './tree-at.ts';
import { readNodes, type TreeNode } from './tree-nodes.ts';
import { errorWords } from './trouble.ts';

export type RestoreAnswer = AnswerOf<typeof restoreRoute>;

export interface RestoreMoment extends RestoreScope {
  /** By the clocks of the devices that saved, milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** True to tell what would change, and change nothing. */
  readonly dryRun: boolean;
}

/** So long that what is saved from here on is later than `before`, as clocks count. */
export const CLOCK_STEP_MS = 2;

/**
 * Makes a file, a folder or a whole collection as it was at a moment, in a session that holds the
 * home. Edits of which Satchel had not heard are taken in before. All that changes stays in the
 * history, and `undoRestore` takes it back. So does restoring exactly to `before`, together with all
 * that came since; what a device whose clock was ahead had saved counts among that.
 * @throws SatchelError `usage` for a collection that is not on this device, and for a path at which
 *   nothing is or was; as the kind's `takeIn` and `putOut`.
 */
export async function restoreMoment(
  session: Session,
  collection: ListedCollection,
  moment: RestoreMoment,
): Promise<RestoreAnswer> {
  const { engine } = session;
  const { id, name, folder } = collection;
  if (folder === undefined) {
    throw new SatchelError('usage', `"${name}" is not on this device.`, {
      hint: 'Bring it here first: then it can be restored.',
    });
  }
  await takeIn(session, id);
  await readArchivesIfReachable(session, id);
  const source = treeSource(session, collection);
  const then = await readNodes(source, moment.atMs);
  const now = await readNodes(source, undefined);
  const isKnown = [...then, ...now].some((node) => isAtOrBelow(node, moment.path));
  if (!isKnown && moment.path !== '') throw nothingThere(name, moment);
  const steps = planRestore(then, now, moment);
  const before = new Date(engine.clock.now()).toISOString();
  if (moment.dryRun) {
    return { restored: steps.map((step) => toRestored(step, NOTHING_DONE)), failed: [], before };
  }
  if (steps.length > 0) await engine.clock.sleep(CLOCK_STEP_MS);
  const restored: Restored[] = [];
  const failed: Trouble[] = [];
  const bucket: Bucket = { refusal: undefined };
  for (const [index, step] of steps.entries()) {
    const { record, path } = nodeOf(step);
    const found = { collection, kind: source.kind, record, path: step.now?.path ?? path, folder };
    const taken = await take(session, found, step, bucket);
    if (typeof taken === 'string') failed.push({ path, error: taken });
    else restored.push(toRestored(step, taken));
    engine.progress('Restoring', index + 1, steps.length, 'files');
  }
  return { restored, failed: [...failed, ...(await putOut(session, id))], before };
}

function nothingThere(name: string, { path, atMs }: RestoreMoment): SatchelError {
  const when = formatTime(atMs);
  return new SatchelError('usage', `"${name}" has no "${path}", now or on ${when}.`, {
    hint: 'Give the path relative to the folder of the collection, or another time.',
  });
}

function nodeOf(step: RestoreStep): TreeNode {
  return step.kind === 'gone' ? step.now : step.then;
}

function toRestored(step: RestoreStep, done: RestoreDone): Restored {
  const { path, version } = nodeOf(step);
  const from = step.now === undefined || step.now.path === path ? null : step.now.path;
  return { path, change: step.kind, from, version: step.kind === 'gone' ? null : version, ...done };
}

interface Bucket {
  /** Why it gives nothing, once that is known: many files do not wait for it one by one. */
  refusal: string | undefined;
}

/** Does one step; in words why it could not be done. */
async function take(
  session: Session,
  found: FoundRecord,
  step: RestoreStep,
  bucket: Bucket,
): Promise<RestoreDone | string> {
  try {
    if (step.kind === 'gone') {
      return await notingUndo(session, found, () => restoreAbsence(session, found));
    }
    const version = versionOf(session, found, step.then.version);
    if (version === undefined) return 'its content is not kept any more';
    if (bucket.refusal !== undefined && !isHere(session, version)) return bucket.refusal;
    return await notingUndo(session, found, () =>
      restoreVersion(session, found, version, step.then.path),
    );
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    const words = errorWords(error);
    if (isErrorKind(error, 'unreachable') || isErrorKind(error, 'refused')) bucket.refusal = words;
    return words;
  }
}

function isHere({ engine }: Session, { hash }: Version): boolean {
  return hash === undefined || getContent(engine.db, hash) !== undefined;
}
