/** Looking whether everything is whole: the replica on this device, and what the bucket holds. */
import { isErrorKind } from '../base/errors.ts';
import { isBucketDamaged, text } from '../replica/database.ts';
import { chooseSample, mendBucket, type VerifyReport, verifyBucket } from '../sync/verify.ts';
import type { AppContext } from './context.ts';
import { openForReading, openForWork, type Session } from './session.ts';
import { errorWords } from './trouble.ts';

export interface Verification extends VerifyReport {
  /** What SQLite finds wrong in the replica; empty where it is whole. */
  readonly replica: readonly string[];
}

export interface VerifyOptions {
  /** How many of the segments, archives and blobs are read whole; of the rest, only the names. */
  readonly percent: number;
  /** Mend what this device can. */
  readonly isMending: boolean;
}

/**
 * Looks at everything without holding anybody up; where something is damaged and is to be mended,
 * once more under the lock of the home.
 * @throws SatchelError `unreachable`, `refused`, or `damaged` where the replica cannot be read.
 */
export async function verifyAll(
  context: AppContext,
  { percent, isMending }: VerifyOptions,
): Promise<Verification> {
  const session = await openForReading(context);
  const sample = chooseSample(session.engine, percent);
  let looked: Verification;
  try {
    const replica = checkReplica(session);
    looked = { ...(await verifyBucket(session.engine, sample)), replica };
  } finally {
    await session.close();
  }
  if (!isMending || looked.damaged.length === 0 || looked.replica.length > 0) return looked;
  const work = await openUnlessBusy(context);
  if (work === undefined) return looked;
  try {
    return { ...(await mendBucket(work.engine, work.open, sample)), replica: [] };
  } catch (error) {
    if (!isBucketDamaged(error)) throw error;
    context.notice(`Nothing was mended: ${errorWords(error)}`);
    return looked;
  } finally {
    await work.close();
  }
}

/** All is well, or is well again. */
export function isWhole({ replica, damaged }: Verification): boolean {
  return replica.length === 0 && damaged.every(({ mended }) => mended);
}

function checkReplica({ engine }: Session): string[] {
  return engine.db
    .all('PRAGMA quick_check')
    .map((row) => text(row, 'quick_check'))
    .filter((line) => line !== 'ok');
}

async function openUnlessBusy(context: AppContext): Promise<Session | undefined> {
  try {
    return await openForWork(context, 'verify');
  } catch (error) {
    if (!isErrorKind(error, 'busy')) throw error;
    context.notice(
      'Another Satchel works in this home, so nothing is mended now. End it and run "satchel verify" again.',
    );
    return undefined;
  }
}
