/** What the daemon's news mean for the answers that the page holds. Pure. */
import type { LogEntry, News } from '../../api/events.ts';
import type { DaemonStatus, HomeStatus } from '../../api/status.ts';

/** The log is as long as what the page shows of it. */
const MAX_LOG_ENTRIES = 500;

/** The status after a piece of news; the same object where it says nothing about it. */
export function statusAfter(status: DaemonStatus, news: News): DaemonStatus {
  switch (news.type) {
    case 'status':
      return withHome(status, news.home, () => news.status);
    case 'transfers':
      return withHome(status, news.home, (home) => ({ ...home, transfers: news.transfers }));
    default:
      return status;
  }
}

function withHome(
  status: DaemonStatus,
  id: string,
  change: (home: HomeStatus) => HomeStatus,
): DaemonStatus {
  const homes = status.homes.map((home) => (home.repository === id ? change(home) : home));
  return { ...status, homes };
}

/** Events after which lists say something else, though no file on this device did change. */
const CHANGING_EVENTS: readonly string[] = [
  'applied',
  'approved',
  'collection',
  'conflict',
  'device',
  'held',
  'published',
  'rejected',
  'resolved',
];

/** What has to be asked for again: all, the list of homes, or what is told about one home's files. */
export type Stale =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'everything' }
  | { readonly kind: 'status' }
  | { readonly kind: 'content'; readonly home: string };

/** What a piece of news makes old, with the status as it was before. */
export function staleAfter(news: News, before: DaemonStatus | undefined): Stale {
  if (news.type === 'reset' || news.type === 'settings') return { kind: 'everything' };
  if (news.type === 'changed') return { kind: 'content', home: news.home };
  if (news.type === 'log' && CHANGING_EVENTS.includes(news.entry.kind)) {
    return { kind: 'content', home: news.home };
  }
  if (news.type !== 'status') return { kind: 'nothing' };
  const known = before?.homes.find((home) => home.repository === news.home);
  if (known === undefined) return { kind: 'status' };
  if (countsOf(known) === countsOf(news.status)) return { kind: 'nothing' };
  return { kind: 'content', home: news.home };
}

/** What waits for a person and which collections there are: the pages that list them follow it. */
function countsOf(home: HomeStatus): string {
  return home.collections
    .map(({ id, conflicts, held }) => [id, conflicts, held].join(' '))
    .join('\n');
}

/** The log with one entry more, newest last. */
export function logAfter(entries: readonly LogEntry[], entry: LogEntry): readonly LogEntry[] {
  const last = entries.at(-1);
  if (last !== undefined && last.id >= entry.id) return entries;
  return [...entries, entry].slice(-MAX_LOG_ENTRIES);
}
