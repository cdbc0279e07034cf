/** I0: which work may fail, and how. */
import { SatchelError } from '../../src/base/errors.ts';
import { isFullDisk } from '../../src/kinds/files/disk-errors.ts';

/**
 * @param what the work that failed.
 * @param hadFaults whether there were faults when it began: once they have stopped, nothing is out
 *   of reach and no disk is full.
 */
export function isNormalFailure(what: string, error: unknown, hadFaults: boolean): boolean {
  // To attach a folder is a command of a person, who is told that there is no room.
  if (what === 'start' && isFullDisk(error)) return hadFaults;
  if (!(error instanceof SatchelError)) return false;
  // Who prunes relies on everything in the bucket, and is told of what is torn or not there.
  if (what === 'prune' && ['damaged', 'attention'].includes(error.kind)) return true;
  return error.kind === 'unreachable' && hadFaults;
}
