/** Looking whether everything is whole: the replica on this device, and what the bucket holds. */
import { text } from '../replica/database.ts';
import { type VerifyReport, verifyBucket } from '../sync/verify.ts';
import type { Session } from './session.ts';

export interface Verification extends VerifyReport {
  /** What SQLite finds wrong in the replica; empty where it is whole. */
  readonly replica: readonly string[];
}

/** @throws SatchelError `unreachable`, `refused`, or `damaged` where the replica cannot be read. */
export async function verifyAll(session: Session): Promise<Verification> {
  const replica = session.engine.db
    .all('PRAGMA quick_check')
    .map((row) => text(row, 'quick_check'))
    .filter((line) => line !== 'ok');
  return { ...(await verifyBucket(session.engine)), replica };
}

export function isWhole({ replica, damaged }: Verification): boolean {
  return replica.length === 0 && damaged.length === 0;
}
