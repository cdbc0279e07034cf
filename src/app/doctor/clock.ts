/** What a difference between this device's clock and the bucket's means. Pure. */
import { CLOCK_TOLERATED_MS } from '../corrected-clock.ts';
import { type Check, ok, problem, unknown, warning } from './check.ts';

/** S3 refuses requests that were signed further away from its own time (RequestTimeTooSkewed). */
const S3_TOLERATES_MS = 15 * 60 * 1000;
const HINT = 'Set the clock of this device, or let it be set from the network.';
const ID = 'clock';

/**
 * @param aheadMs the bucket's clock less this device's; undefined where it is not told.
 * @param isSigned whether requests carry a time that the service checks.
 */
export function clockCheck(aheadMs: number | undefined, isSigned: boolean): Check {
  if (aheadMs === undefined) return unknown(ID, 'The server does not tell what time it has.');
  const offMs = Math.abs(aheadMs);
  if (offMs <= CLOCK_TOLERATED_MS) return ok(ID, "This device's clock agrees with the bucket's.");
  const where = `This device's clock is ${inWords(offMs)} ${aheadMs > 0 ? 'behind' : 'ahead of'} the bucket's`;
  return isSigned && offMs > S3_TOLERATES_MS
    ? problem(ID, `${where}: the service refuses requests that are signed so far off.`, HINT)
    : warning(ID, `${where}: which of two saves is the newer could be told wrong.`, HINT);
}

function inWords(durationMs: number): string {
  const minutes = Math.round(durationMs / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
