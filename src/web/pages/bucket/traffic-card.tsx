/** What this device asked of the bucket, day by day. */
import { useAnswer } from '../../api/queries.ts';
import { useNow } from '../../clock.ts';
import { Plot } from '../../plots/plot.tsx';
import { lastDays } from '../../plots/plot-data.ts';
import { Card } from '../../ui/card.tsx';
import { Failed, Loading } from '../../ui/states.tsx';
import { countWords, numberWords, sizeWords } from '../../words.ts';
import type { Cost } from './bucket-words.ts';
import { Body, Note } from './parts.tsx';
import styles from './traffic-card.module.css';

const SHOWN_DAYS = 30;

export function TrafficCard() {
  const { data: cost, error, refetch } = useAnswer('cost', {});
  return (
    <Card title="Requests and bytes">
      {error !== null ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : cost === undefined ? (
        <Loading />
      ) : (
        <Traffic cost={cost} />
      )}
    </Card>
  );
}

function Traffic({ cost: { days, months } }: { readonly cost: Cost }) {
  const steps = lastDays(SHOWN_DAYS, useNow());
  const counts = new Map(days.map((day) => [day.day, day.counts]));
  type Count = keyof NonNullable<ReturnType<typeof counts.get>>;
  const series = (name: string, count: Count) => ({
    name,
    values: steps.map((day) => counts.get(day)?.[count] ?? 0),
  });
  const empty = `Nothing in the last ${SHOWN_DAYS} days.`;
  const now = months[0]?.counts;
  return (
    <Body>
      {now !== undefined && (
        <p>
          This month:{' '}
          <strong>{countWords(now.get + now.put + now.list + now.delete, 'request')}</strong>,{' '}
          {sizeWords(now.bytesUp)} sent, {sizeWords(now.bytesDown)} fetched.
        </p>
      )}
      <div className={styles.plots}>
        <Plot
          title="Requests a day"
          empty={empty}
          look="bars"
          steps={steps}
          series={[
            series('Reads', 'get'),
            series('Writes', 'put'),
            series('Lists', 'list'),
            series('Deletions', 'delete'),
          ]}
          words={numberWords}
        />
        <Plot
          title="Bytes a day"
          empty={empty}
          look="bars"
          steps={steps}
          series={[series('Sent', 'bytesUp'), series('Fetched', 'bytesDown')]}
          words={sizeWords}
        />
      </div>
      <Note>Of this device. A day begins at midnight UTC, as on bills.</Note>
    </Body>
  );
}
