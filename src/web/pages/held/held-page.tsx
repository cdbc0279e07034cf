/** Deletions that wait for a person (rule S8): which files would go, and letting them go or not. */
import { ShieldCheck } from 'lucide-react';
import { useDeferredValue, useId, useState } from 'react';
import { useAnswer } from '../../api/queries.ts';
import { PageHeader } from '../../frame/page-header.tsx';
import { useAct } from '../../frame/use-act.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { LongList } from '../../ui/long-list.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import styles from './held-page.module.css';
import { choiceWords, type Held, heldWords, outcomeWords } from './held-words.ts';

export function HeldPage() {
  const { data: groups, error, refetch } = useAnswer('held', {});
  return (
    <>
      <PageHeader title="Held changes" />
      {error !== null ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : groups === undefined ? (
        <Loading />
      ) : groups.length === 0 ? (
        <Empty icon={ShieldCheck} title="No deletions wait for you">
          <p>
            Where much of a collection is deleted within ten minutes, it may be a mistake. It waits
            here before it reaches the other devices, or this one.
          </p>
        </Empty>
      ) : (
        <div className={styles.groups}>
          {groups.map((held) => (
            <HeldCard key={`${held.collection} ${held.direction}`} held={held} />
          ))}
        </div>
      )}
    </>
  );
}

function HeldCard({ held }: { readonly held: Held }) {
  const { act, isBusy } = useAct('decideHeld');
  const words = choiceWords(held);
  const decide = (decision: 'approve' | 'reject'): void => {
    const { collection, direction, state } = held;
    act(
      { collection, direction, state, decision },
      { words: (outcome) => outcomeWords(outcome, decision) },
    );
  };
  return (
    <Card title={held.collection}>
      <div className={styles.about}>
        <p>{heldWords(held)}</p>
        <p className={styles.since}>
          Held <Moment time={held.since} />. Either way, files can be restored from the history
          later.
        </p>
        <div className={styles.choice}>
          <Button look="main" isBusy={isBusy} onClick={() => decide('reject')}>
            {words.reject}
          </Button>
          <Button look="danger" isBusy={isBusy} onClick={() => decide('approve')}>
            {words.approve}
          </Button>
        </div>
      </div>
      <Paths paths={held.paths} />
    </Card>
  );
}

/** From here on, looking through the list by eye takes long. */
const MANY_PATHS = 20;
const ROW_PX = 30;
const MOST_PX = 480;

function Paths({ paths }: { readonly paths: readonly string[] }) {
  const id = useId();
  const [search, setSearch] = useState('');
  const wanted = useDeferredValue(search).toLowerCase();
  const found = wanted === '' ? paths : paths.filter((path) => path.toLowerCase().includes(wanted));
  return (
    <div className={styles.paths}>
      {paths.length > MANY_PATHS && (
        <div className={styles.search}>
          <label htmlFor={id}>Search</label>
          <input
            id={id}
            type="search"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
      )}
      {found.length === 0 && <p className={styles.none}>No file of them is called so.</p>}
      <LongList
        label="Files that would go"
        count={found.length}
        rowHeightPx={ROW_PX}
        maxHeightPx={MOST_PX}
        keyOf={(row) => found[row] ?? row}
      >
        {(row) => (
          <span className={styles.path} title={found[row]}>
            {found[row]}
          </span>
        )}
      </LongList>
    </div>
  );
}
