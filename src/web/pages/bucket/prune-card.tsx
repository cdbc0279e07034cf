/** Freeing space that nothing needs any more: first a look at what would go, then doing it. */
import { Search, Trash2 } from 'lucide-react';
import { useAction } from '../../api/queries.ts';
import { useNow } from '../../clock.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Failed } from '../../ui/states.tsx';
import { pruneLines } from './bucket-words.ts';
import { Actions, Body, Muted } from './parts.tsx';
import styles from './prune-card.module.css';

export function PruneCard() {
  const prune = useAction('prune');
  const nowMs = useNow();
  const { data: pruned, error, isPending } = prune;
  const mayFree =
    pruned?.dryRun === true &&
    pruned.condemned.objects + pruned.deleted.objects + pruned.history.versions > 0;
  return (
    <Card title="Free space">
      <Body>
        <Muted>
          Old versions go when your settings no longer keep them, and with them what only they used.
          It is marked first and deleted a week later; Satchel does this by itself once a month,
          unless that is turned off.
        </Muted>
        <Actions>
          <Button icon={Search} isBusy={isPending} onClick={() => prune.mutate({ dryRun: true })}>
            See what can go
          </Button>
          {mayFree && (
            <Button icon={Trash2} look="main" isBusy={isPending} onClick={() => prune.mutate({})}>
              Free it
            </Button>
          )}
        </Actions>
        <div role="status">
          {isPending && <Muted>Looking through the bucket…</Muted>}
          {pruned !== undefined && !isPending && (
            <ul className={styles.lines}>
              {pruneLines(pruned, nowMs).map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          )}
        </div>
        {error !== null && <Failed error={error} />}
      </Body>
    </Card>
  );
}
