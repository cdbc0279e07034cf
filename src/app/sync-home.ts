/** A round in a home of its own, followed by one at the new bucket where the repository moved. */

import type { SyncResult } from '../api/status.ts';
import type { AppContext } from './context.ts';
import { withSession } from './session.ts';
import { runSync } from './sync.ts';

/** @throws SatchelError as `runSync`. */
export async function syncHome(
  context: AppContext,
  command: string,
  names: readonly string[] | undefined,
): Promise<SyncResult> {
  for (;;) {
    const result = await withSession(context, command, (session) => runSync(session, names));
    if (result.moved !== true) return result;
  }
}
