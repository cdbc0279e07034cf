/** Fetching content into `.satchel/tmp` ahead of its turn, so that placing never waits half-way. */

import { utf8Text } from '../../base/bytes.ts';
import type { RecordView } from '../../sync/kind.ts';
import { isFullDisk, meansNoLinks } from '../files/disk-errors.ts';
import { tmpPath } from '../files/hops.ts';
import { LINK_TARGET_MAX_BYTES, unsafeTargetReason } from '../files/links.ts';
import { removeIfThere, type Staged, stage, stageLink } from '../files/place.ts';
import { isExecutable, mtimeField } from './fields.ts';
import type { FileTask, Job, JobOf } from './plan.ts';
import type { Vault } from './workings.ts';

/**
 * How many contents are fetched at the same time. Making a small file durable is mostly waiting,
 * and a disk serves many such waits at once.
 */
const AHEAD = 16;
/** And how many bytes of them: a long file comes in several chunks at once already. */
const AHEAD_BYTES = 16 * 1024 * 1024;

export type StagedJob =
  | { readonly kind: 'ready'; readonly job: Job; readonly staged: Staged | undefined }
  /** Its content is there, and must not or cannot be placed; why, in words. */
  | { readonly kind: 'refused'; readonly job: Job; readonly reason: string }
  | { readonly kind: 'failed'; readonly job: Job; readonly error: unknown };

/**
 * Yields the jobs in their order, each when its content is there. What was fetched and not asked
 * for any more is removed.
 */
export async function* stageAhead(
  vault: Vault,
  jobs: readonly Job[],
): AsyncGenerator<StagedJob, void, undefined> {
  const waiting: { readonly sizeBytes: number; readonly done: Promise<StagedJob> }[] = [];
  let aheadBytes = 0;
  let next = 0;
  let ahead = AHEAD;
  const fill = (): void => {
    for (; waiting.length < ahead; next += 1) {
      const job = jobs[next];
      if (job === undefined) return;
      const sizeBytes = contentBytes(job);
      if (waiting.length > 0 && aheadBytes + sizeBytes > AHEAD_BYTES) return;
      aheadBytes += sizeBytes;
      waiting.push({ sizeBytes, done: stageJob(vault, job) });
    }
  };
  try {
    for (;;) {
      fill();
      const first = waiting.shift();
      if (first === undefined) return;
      let staged = await first.done;
      aheadBytes -= first.sizeBytes;
      if (meansNoRoom(staged) && ahead > 1) {
        // What is fetched ahead takes up room: from here on each file gets all that there is.
        ahead = 1;
        aheadBytes = 0;
        next -= waiting.length;
        for (const { done } of waiting.splice(0)) await discard(vault, await done);
        staged = await stageJob(vault, staged.job);
      }
      yield staged;
    }
  } finally {
    for (const { done } of waiting) await discard(vault, await done);
  }
}

function meansNoRoom(staged: StagedJob): boolean {
  return staged.kind === 'failed' && isFullDisk(staged.error);
}

function contentBytes({ task }: Job): number {
  return task.kind === 'file' && task.needsContent ? task.content.sizeBytes : 0;
}

/** Never rejects: a failure waits for its turn. */
async function stageJob(vault: Vault, job: Job): Promise<StagedJob> {
  const { record, task } = job;
  if (task.kind !== 'file' || !task.needsContent) return { kind: 'ready', job, staged: undefined };
  try {
    if (task.isLink) return await stageLinkJob(vault, { ...job, task });
    return { kind: 'ready', job, staged: await stageContent(vault, record, task.view) };
  } catch (error) {
    return { kind: 'failed', job, error };
  }
}

function stageContent(vault: Vault, record: string, view: RecordView): Promise<Staged> {
  const { disk, port, root } = vault;
  return stage(disk, tmpPath(root, record, 'new'), port.content(view), {
    mtimeMs: mtimeField(view.fields),
    isExecutable: isExecutable(view.fields),
  });
}

/** Targets come from other devices: each is looked at once more before a link is made of it. */
async function stageLinkJob(vault: Vault, job: JobOf<FileTask>): Promise<StagedJob> {
  const { disk, port, root } = vault;
  const { place, view } = job.task;
  const target = await shortText(port.content(view));
  const reason = target === undefined ? 'is not text' : unsafeTargetReason(place, target);
  if (target === undefined || reason !== undefined) {
    return { kind: 'refused', job, reason: `not placed: the link's target ${reason}` };
  }
  try {
    const path = tmpPath(root, job.record, 'new');
    const staged = await stageLink(disk, path, target, mtimeField(view.fields));
    return { kind: 'ready', job, staged };
  } catch (error) {
    if (!meansNoLinks(error)) throw error;
    return { kind: 'refused', job, reason: NO_SYMLINKS };
  }
}

const NO_SYMLINKS =
  'not placed: symbolic links cannot be made here; it stays in the collection for devices that can';

/** Undefined for what is no text, or longer than it said it would be. */
async function shortText(pieces: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const read: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of pieces) {
    sizeBytes += piece.length;
    if (sizeBytes > LINK_TARGET_MAX_BYTES) return undefined;
    read.push(piece);
  }
  return utf8Text(Buffer.concat(read));
}

/** Removes what was fetched for a job and not placed. */
export async function discard(vault: Vault, job: StagedJob): Promise<void> {
  if (job.kind !== 'ready' || job.staged === undefined) return;
  // What cannot be removed now is removed with the other leftovers at the next scan.
  await removeIfThere(vault.disk, job.staged.path).catch(() => undefined);
}
