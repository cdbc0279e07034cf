/** A round in a home that a daemon has: the daemon runs it, and tells how far it is. */
import { type SyncResult, syncRoute } from '../api/status.ts';
import type { AppContext } from '../app/context.ts';
import { readSettings } from '../app/home.ts';
import { troubleLine } from '../app/trouble.ts';
import type { DaemonClient } from '../daemon/client.ts';

/**
 * @param names all collections where there are none.
 * @throws SatchelError as the daemon answers it.
 */
export async function syncBeside(
  app: AppContext,
  daemon: DaemonClient,
  names: readonly string[],
): Promise<Omit<SyncResult, 'moved'>> {
  const over = new AbortController();
  const told = tellProgress(app, daemon, over.signal);
  try {
    const wish = names.length === 0 ? {} : { collections: names };
    const { moved: _, ...result } = await daemon.call(syncRoute, wish);
    for (const trouble of result.unreadable) app.notice(troubleLine(trouble));
    return result;
  } finally {
    over.abort();
    await told;
  }
}

/** Without progress the round is as good: whatever ends the news, the answer tells as well. */
async function tellProgress(
  app: AppContext,
  daemon: DaemonClient,
  signal: AbortSignal,
): Promise<void> {
  const { repository } = readSettings(app.home);
  const tell = daemon.news((news) => {
    if (news.type !== 'transfers' || news.home !== repository) return;
    for (const { step, done, total, unit } of news.transfers) {
      app.progress(step, done, total ?? undefined, unit);
    }
  }, signal);
  await tell.catch(() => {});
}
