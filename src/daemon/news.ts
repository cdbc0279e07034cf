/** Live events, to everyone who listens. */
import type { News } from '../api/events.ts';
import type { NewsFeed } from './ports.ts';

/** @returns a feed whose numbers begin anew with each start of the daemon. */
export function createNewsFeed(): NewsFeed {
  const listeners = new Set<(news: News, seq: number) => void>();
  let seq = 0;
  return {
    tell(news) {
      seq += 1;
      for (const listener of [...listeners]) listener(news, seq);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
