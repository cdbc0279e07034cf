/** The log of this device, the newest first. */
import { ScrollText } from 'lucide-react';
import { useAnswer } from '../../api/queries.ts';
import { LongList } from '../../ui/long-list.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import styles from './log.module.css';

const ENTRIES = 500;
const ROW_PX = 44;
const MOST_PX = 440;

export function Log() {
  const { data: entries, error, refetch } = useAnswer('log', { limit: ENTRIES });
  if (error !== null) return <Failed error={error} onRetry={() => void refetch()} />;
  if (entries === undefined) return <Loading rows={6} />;
  if (entries.length === 0) {
    return <Empty icon={ScrollText} title="Nothing has happened yet" />;
  }
  const entryOf = (row: number) => entries.at(-1 - row);
  return (
    <LongList
      label="Log of this device, the newest first"
      count={entries.length}
      rowHeightPx={ROW_PX}
      maxHeightPx={MOST_PX}
      keyOf={(row) => entryOf(row)?.id ?? row}
    >
      {(row) => {
        const entry = entryOf(row);
        if (entry === undefined) return null;
        return (
          <p className={styles.entry} title={entry.message}>
            <span className={styles.message}>{entry.message}</span>
            {entry.collection !== null && <span className={styles.of}>{entry.collection}</span>}
            <span className={styles.time}>
              <Moment time={entry.time} />
            </span>
          </p>
        );
      }}
    </LongList>
  );
}
