/** How things stand at a glance: what needs a person first, then all that goes by itself. */
import { RefreshCw } from 'lucide-react';
import type { HomeStatus } from '../../../api/status.ts';
import { useHome } from '../../api/home.ts';
import { PageHeader } from '../../frame/page-header.tsx';
import { useSyncNow } from '../../frame/sync-now.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Coming } from '../../ui/moment.tsx';
import { countWords, sentence } from '../../words.ts';
import { needsOf } from './attention.ts';
import { backlogWords } from './backlog.ts';
import { Collections } from './collections.tsx';
import { Demo } from './demo.tsx';
import { Happenings } from './happenings.tsx';
import { Needs } from './needs.tsx';
import styles from './overview.module.css';
import { PauseButton } from './pause.tsx';
import { Recovered } from './recovered.tsx';
import { Transfers } from './transfers.tsx';

export function OverviewPage() {
  const { sync, isBusy } = useSyncNow();
  return (
    <>
      <PageHeader
        title="Overview"
        actions={
          <>
            <PauseButton />
            <Button look="main" icon={RefreshCw} isBusy={isBusy} onClick={() => sync()}>
              Sync now
            </Button>
          </>
        }
      >
        <Standing />
      </PageHeader>
      <div className={styles.parts}>
        <Demo />
        <Needs />
        <Recovered />
        <Transfers />
        <Collections />
        <Happenings />
      </div>
    </>
  );
}

/** The state of everything in one line. */
function Standing() {
  const home = useHome();
  const { state, nextTryAt, paused } = home;
  return (
    <p className={styles.standing} role="status">
      <StateBadge state={state} />
      {paused && state !== 'paused' && <StateBadge state="paused" />}
      <span>{sentence(standingWords(home))}</span>
      {state === 'offline' && nextTryAt !== null && (
        <span>
          Next try <Coming time={nextTryAt} />
        </span>
      )}
    </p>
  );
}

function standingWords(home: HomeStatus): string {
  if (home.state === 'attention') {
    const needs = needsOf(home).filter(({ tone }) => tone !== 'idle').length;
    return `${countWords(needs, 'thing needs', 'things need')} you`;
  }
  return home.reason ?? backlogWords(home.collections);
}
