/** Changing a collection between two rounds, and who hears of it. */
import { newestChange } from '../../app/editor-changes.ts';
import type { Session } from '../../app/session.ts';
import type { Daemon } from '../ports.ts';

/** Other devices hear of it with the next round, which begins soon, and open pages at once. */
export async function changeBetweenRounds<T>(
  daemon: Daemon,
  home: string | undefined,
  work: (session: Session) => Promise<{ readonly id: string; readonly answer: T }>,
): Promise<T> {
  const host = daemon.host(home);
  const { id, answer, rev } = await host.exclusive(async (session) => {
    const done = await work(session);
    return { ...done, rev: newestChange(session) };
  });
  host.wake();
  daemon.news.tell({ type: 'changed', home: host.id, collection: id, rev });
  return answer;
}
