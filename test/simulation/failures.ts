/** I0: which work may fail, and how. */
import { SatchelError } from '../../src/base/errors.ts';
import { isFullDisk } from '../../src/kinds/files/disk-errors.ts';
import { type Happening, STORE_FAULTS } from './faults.ts';

/** What may be the matter while a piece of work is under way. */
export interface Circumstances {
  /** What happens in this run. */
  readonly on: ReadonlySet<Happening>;
  /** False where the faults had stopped when it began: then all is in reach, and no disk is full. */
  readonly isFaulty: boolean;
}

/** @param what the work that failed. */
export function isNormalFailure(
  what: string,
  error: unknown,
  { on, isFaulty }: Circumstances,
): boolean {
  const hasStoreFaults = STORE_FAULTS.some((fault) => on.has(fault));
  // To attach a folder is a command of a person, who is told that there is no room.
  if (what === 'start' && isFullDisk(error)) return isFaulty && on.has('full-disk');
  if (!(error instanceof SatchelError)) return false;
  if (error.kind === 'unreachable') return isFaulty && (hasStoreFaults || on.has('partition'));
  // Who prunes relies on everything in the bucket, and is told of what is torn or not there. That may
  // be so for good.
  const mayPrune = what === 'prune' || what === 'round in watch';
  return mayPrune && hasStoreFaults && ['damaged', 'attention'].includes(error.kind);
}
