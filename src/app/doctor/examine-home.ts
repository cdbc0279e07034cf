/** The doctor's findings about this home's bucket, for those who want them all at once. */
import type { Check as ToldCheck } from '../../api/bucket.ts';
import { SatchelError } from '../../base/errors.ts';
import { formatSentence } from '../../base/sentence.ts';
import type { AppContext } from '../context.ts';
import { examineBucket } from '../doctor.ts';
import type { Check } from './check.ts';
import { Stopped } from './stop.ts';

/**
 * Examines the bucket of this home.
 * @param signal ends it early, when nobody waits for it any more: what was written is removed.
 * @throws SatchelError as `examineBucket`.
 */
export async function examineHome(context: AppContext, signal: AbortSignal): Promise<ToldCheck[]> {
  const checks: Check[] = [];
  const report = (check: Check): void => void checks.push(check);
  try {
    await examineBucket(context, { signal, report });
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    throw new SatchelError('usage', 'The examination was stopped.', { hint: 'Begin it anew.' });
  }
  return checks.map(({ kind: _kind, message, ...check }) => ({
    ...check,
    message: formatSentence(message),
  }));
}
