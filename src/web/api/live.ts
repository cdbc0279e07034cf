/** The daemon's stream of news, poured into the answers that the page holds. */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { LogEntry, News } from '../../api/events.ts';
import type { DaemonStatus } from '../../api/status.ts';
import { after } from '../clock.ts';
import { logAfter, type Stale, staleAfter, statusAfter } from './news.ts';
import { keyOf } from './queries.ts';
import { inSession } from './session.ts';

export type Connection = 'opening' | 'live' | 'lost';

const EVENTS_PATH = '/api/events';
/** The browser tries again by itself, but not after an answer that was an error. */
const RETRY_MS = 2_000;
/** A browser has few connections to one place, and each window listens on one of them. */
const HIDDEN_MS = 30_000;

/** Answers that the stream itself keeps up to date, and those of the bucket that no file changes. */
const TOLD_BY_NEWS: readonly unknown[] = ['status', 'log', 'keys', 'bucketKey'];

/** Answers for which the daemon looks through every record: they need not be of this second. */
const COSTLY: readonly unknown[] = ['storage'];

/** Keeps the answers as new as the daemon's, and tells how the connection is. */
export function useLive(): Connection {
  const client = useQueryClient();
  const [connection, setConnection] = useState<Connection>('opening');
  useEffect(() => listen(client, setConnection), [client]);
  return connection;
}

function listen(client: QueryClient, tell: (connection: Connection) => void): () => void {
  let source: EventSource | undefined;
  let cancel = (): void => {};
  let isFirst = true;
  const close = (): void => {
    cancel();
    source?.close();
    source = undefined;
  };
  const open = (): void => {
    const current = new EventSource(inSession(EVENTS_PATH));
    source = current;
    current.onopen = () => {
      tell('live');
      // What happened while nobody listened may not be told again.
      if (!isFirst) void client.invalidateQueries();
      isFirst = false;
    };
    current.onmessage = ({ data }) => takeIn(client, JSON.parse(String(data)));
    current.onerror = () => {
      tell('lost');
      void client.invalidateQueries({ queryKey: keyOf('status') });
      if (current.readyState === EventSource.CLOSED) cancel = after(RETRY_MS, open);
    };
  };
  const seeWhetherSeen = (): void => {
    cancel();
    if (document.hidden) cancel = after(HIDDEN_MS, close);
    else if (source?.readyState !== EventSource.OPEN) {
      close();
      open();
    }
  };
  open();
  document.addEventListener('visibilitychange', seeWhetherSeen);
  return () => {
    document.removeEventListener('visibilitychange', seeWhetherSeen);
    close();
  };
}

function takeIn(client: QueryClient, news: News): void {
  const before = client.getQueryData<DaemonStatus>(keyOf('status'));
  if (before !== undefined) client.setQueryData(keyOf('status'), statusAfter(before, news));
  renew(client, staleAfter(news, before));
  if (news.type === 'log') {
    client.setQueriesData<readonly LogEntry[]>(
      { queryKey: keyOf('log', news.home) },
      (entries) => entries && logAfter(entries, news.entry),
    );
  }
}

function renew(client: QueryClient, stale: Stale): void {
  if (stale.kind === 'everything') void client.invalidateQueries();
  if (stale.kind === 'status') void client.invalidateQueries({ queryKey: keyOf('status') });
  if (stale.kind !== 'content') return;
  void client.invalidateQueries({
    predicate: ({ queryKey: [name, of] }) =>
      of === stale.home && ![...TOLD_BY_NEWS, ...COSTLY].includes(name),
  });
}
