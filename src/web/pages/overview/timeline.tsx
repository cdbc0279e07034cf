/** What all devices saved, by day, the newest first. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { MonitorSmartphone } from 'lucide-react';
import type { Answer } from '../../api/client.ts';
import { callRoute } from '../../api/client.ts';
import { useHome } from '../../api/home.ts';
import { keyOf, toldError } from '../../api/queries.ts';
import { useNow } from '../../clock.ts';
import { Button } from '../../ui/button.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import { clockWords } from '../../words.ts';
import { activityWords } from './activity-words.ts';
import { byDay } from './days.ts';
import styles from './timeline.module.css';

type Entry = Answer<'activity'>['entries'][number];

export function Timeline() {
  const home = useHome().repository;
  const nowMs = useNow();
  const answer = useInfiniteQuery({
    queryKey: keyOf('activity', home, {}),
    queryFn: ({ pageParam, signal }) =>
      callRoute('activity', pageParam === null ? {} : { before: pageParam }, { home, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
  const { data, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = answer;
  const error = toldError(data, answer.error);
  if (error !== null) return <Failed error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading rows={5} />;
  const entries = data.pages.flatMap((page) => page.entries);
  if (entries.length === 0) {
    return (
      <Empty icon={MonitorSmartphone} title="No device has saved anything yet">
        <p>What is saved on this device or another shows here as it comes.</p>
      </Empty>
    );
  }
  return (
    <div className={styles.timeline}>
      {byDay(entries, nowMs).map(({ day, entries: ofDay }) => (
        <section key={day} aria-label={day}>
          <h3 className={styles.day}>{day}</h3>
          <ol>
            {ofDay.map((entry) => (
              <TimelineEntry key={`${entry.time} ${entry.device} ${entry.collection}`} {...entry} />
            ))}
          </ol>
        </section>
      ))}
      {hasNextPage && (
        <Button look="quiet" isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show earlier
        </Button>
      )}
    </div>
  );
}

function TimelineEntry(entry: Entry) {
  const { time, device, collection } = entry;
  const { what, paths } = activityWords(entry);
  return (
    <li className={styles.entry}>
      <time className={styles.time} dateTime={time}>
        {clockWords(Date.parse(time))}
      </time>
      <p className={styles.what}>
        <strong>{device}</strong> {what} in {collection}
        <span className={styles.paths}>{paths}</span>
      </p>
    </li>
  );
}
