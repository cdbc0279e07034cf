/** How well this device keeps up with what is saved, and how much each device saves. */
import { Activity } from 'lucide-react';
import { useId, useState } from 'react';
import { useAnswer } from '../../api/queries.ts';
import { useNow } from '../../clock.ts';
import { PageHeader } from '../../frame/page-header.tsx';
import { Plot } from '../../plots/plot.tsx';
import { lastDays, stepWords } from '../../plots/plot-data.ts';
import { Card } from '../../ui/card.tsx';
import { Select } from '../../ui/select.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import { numberWords, sizeWords } from '../../words.ts';
import styles from './performance.module.css';
import {
  type Day,
  latencyWords,
  newestSending,
  ownSeries,
  savesByDevice,
} from './performance-data.ts';

const PERIODS = [7, 30, 90] as const;

export function PerformancePage() {
  const [days, setDays] = useState<number>(30);
  const { data, error, refetch } = useAnswer('performance', { days });
  return (
    <>
      <PageHeader title="Performance" actions={<Period days={days} onChoose={setDays} />} />
      {error !== null ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading rows={6} />
      ) : data.days.length === 0 ? (
        <Empty icon={Activity} title="Nothing was saved or sent yet">
          <p>How much each device saves, and how soon the bucket has it, shows here day by day.</p>
        </Empty>
      ) : (
        <Plots days={data.days} period={days} />
      )}
    </>
  );
}

interface PeriodProps {
  readonly days: number;
  readonly onChoose: (days: number) => void;
}

function Period({ days, onChoose }: PeriodProps) {
  const id = useId();
  return (
    <div className={styles.period}>
      <span id={id}>Show</span>
      <Select
        labelledBy={id}
        value={String(days)}
        choices={PERIODS.map((period) => ({
          value: String(period),
          words: `the last ${period} days`,
        }))}
        onChange={(value) => onChoose(Number(value))}
      />
    </div>
  );
}

function Plots({ days, period }: { readonly days: readonly Day[]; readonly period: number }) {
  const steps = lastDays(period, useNow());
  const empty = `Nothing in the last ${period} days.`;
  const shared = { steps, empty } as const;
  return (
    <div className={styles.parts}>
      <Card title="Saves by device">
        <div className={styles.body}>
          <Plot
            {...shared}
            title="Saves a day"
            look="bars"
            series={savesByDevice(days, steps)}
            words={numberWords}
          />
        </div>
      </Card>
      <Card title="How soon the bucket has what is saved here">
        <div className={styles.body}>
          <Sending day={newestSending(days)} />
          <Plot
            {...shared}
            title="From the save until other devices can fetch it"
            look="lines"
            series={ownSeries(days, steps, [
              ['Half of the saves within', 'publishP50Ms'],
              ['95 of 100 within', 'publishP95Ms'],
            ])}
            words={latencyWords}
          />
        </div>
      </Card>
      <Card title="Traffic of this device">
        <div className={styles.plots}>
          <Plot
            {...shared}
            title="Bytes a day"
            look="bars"
            series={ownSeries(days, steps, [
              ['Sent', 'bytesUp'],
              ['Fetched', 'bytesDown'],
            ])}
            words={sizeWords}
          />
          <Plot
            {...shared}
            title="Requests that had to be sent again"
            look="bars"
            empty={`None in the last ${period} days.`}
            series={ownSeries(days, steps, [['Retries', 'retries']])}
            words={numberWords}
          />
        </div>
      </Card>
    </div>
  );
}

/** The newest day in words. */
function Sending({ day }: { readonly day: Day | undefined }) {
  if (day === undefined || day.publishP50Ms === null || day.publishP95Ms === null) return null;
  return (
    <p>
      On {stepWords(day.day)}, half of the saves were there within{' '}
      <strong>{latencyWords(day.publishP50Ms)}</strong>, 95 of 100 within{' '}
      <strong>{latencyWords(day.publishP95Ms)}</strong>.{' '}
      <span className={styles.muted}>Time without a network counts, too.</span>
    </p>
  );
}
