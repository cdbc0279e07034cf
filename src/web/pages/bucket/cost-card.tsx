/** What the bucket costs by its provider's price list, where that is heading, and a limit to it. */
import { useAnswer } from '../../api/queries.ts';
import { Plot } from '../../plots/plot.tsx';
import { isEmpty } from '../../plots/plot-data.ts';
import { Card } from '../../ui/card.tsx';
import { Failed, Loading } from '../../ui/states.tsx';
import {
  COST_PARTS,
  type Cost,
  costParts,
  moneyWords,
  slowedWords,
  unpricedWords,
} from './bucket-words.ts';
import { CapForm } from './cap-form.tsx';
import styles from './cost-card.module.css';
import { Body, Muted, Note } from './parts.tsx';

export function CostCard() {
  const { data: cost, error, refetch } = useAnswer('cost', {});
  return (
    <Card title="Cost">
      {error !== null ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : cost === undefined ? (
        <Loading />
      ) : (
        <Body>
          {cost.currency === null ? (
            <Muted>{unpricedWords(cost)}</Muted>
          ) : (
            <Priced cost={cost} currency={cost.currency} />
          )}
        </Body>
      )}
    </Card>
  );
}

interface PricedProps {
  readonly cost: Cost;
  readonly currency: NonNullable<Cost['currency']>;
}

function Priced({ cost, currency }: PricedProps) {
  const { months, forecast, cap, provider } = cost;
  const words = (amount: number): string => moneyWords(amount, currency);
  const [now] = months;
  const oldestFirst = months.toReversed();
  const parts = oldestFirst.map(costParts);
  const series = COST_PARTS.map((name) => ({
    name,
    values: parts.map((month) => month.parts.find((part) => part.name === name)?.amount ?? null),
  })).filter((one) => !isEmpty([one]));
  return (
    <>
      {now !== undefined && (
        <dl className={styles.figures}>
          <Figure name="This month so far" words={words(costParts(now).total)} />
          <Figure
            name="Heading for"
            words={forecast === null ? 'too early to tell' : words(forecast)}
          />
          <Figure name="Limit" words={cap === null ? 'none' : words(cap)} />
        </dl>
      )}
      <Muted>{slowedWords(cost)}</Muted>
      <CapForm cap={cap} currency={currency} />
      <Plot
        title="By month"
        empty="Nothing was asked of the bucket yet."
        look="bars"
        steps={oldestFirst.map(({ month }) => month)}
        series={series}
        words={words}
      />
      <Note>
        An estimate by the list prices of {provider?.name}, for the requests of this device and what
        the bucket held when it was last counted; what it held in former months is not known. Other
        devices count their own requests.
      </Note>
    </>
  );
}

function Figure({ name, words }: { readonly name: string; readonly words: string }) {
  return (
    <div className={styles.figure}>
      <dt>{name}</dt>
      <dd>{words}</dd>
    </div>
  );
}
