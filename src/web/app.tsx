/** The whole page: who may see it, which home it shows, and its frame. */
import { QueryClientProvider, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DaemonStatus } from '../api/status.ts';
import { createQueryClient } from './api/cache.ts';
import { callRoute } from './api/client.ts';
import { isFailure } from './api/failure.ts';
import { ShownProvider } from './api/home.ts';
import { useLive } from './api/live.ts';
import { keyOf } from './api/queries.ts';
import { useToldOnce } from './api/told-once.ts';
import { SetUp, SignedOut, Starting, Stopped } from './frame/doors.tsx';
import { keep, readKept } from './frame/kept.ts';
import { Shell } from './frame/shell.tsx';
import { Toasts } from './frame/toasts.tsx';
import type { Made } from './pages/setup/setup-page.tsx';

export function App() {
  const [client] = useState(createQueryClient);
  return (
    <QueryClientProvider client={client}>
      <Toasts>
        <Door />
      </Toasts>
    </QueryClientProvider>
  );
}

/** How often a daemon that does not answer is tried. */
const RETRY_MS = 3_000;

/** What there is to see depends on whether the daemon answers, and to whom. */
function Door() {
  const { data, error, refetch } = useQuery({
    queryKey: keyOf('status'),
    queryFn: ({ signal }) => callRoute('status', {}, { signal }),
    refetchInterval: ({ state }) => (isFailure(state.error, 'stopped') ? RETRY_MS : false),
  });
  if (isFailure(error, 'signedOut')) return <SignedOut />;
  if (data !== undefined) return <SignedIn status={data} />;
  if (error === null) return <Starting />;
  return <Stopped error={error} onRetry={() => void refetch()} />;
}

function SignedIn({ status }: { readonly status: DaemonStatus }) {
  const connection = useLive();
  // A device that was just set up has a home, and its person has not seen all of the setup yet.
  const [isSettingUp, setSettingUp] = useState(false);
  const [made, setMade] = useToldOnce<Made>('setUp');
  const [chosen, setChosen] = useState(() => readKept('home'));
  const home = status.homes.find(({ repository }) => repository === chosen) ?? status.homes[0];
  if (home === undefined || isSettingUp || made !== undefined) {
    const done = (): void => {
      setSettingUp(false);
      setMade(undefined);
    };
    return <SetUp made={made} onBegin={() => setSettingUp(true)} onMade={setMade} onDone={done} />;
  }
  const choose = (repository: string): void => {
    setChosen(repository);
    keep('home', repository);
  };
  return (
    <ShownProvider value={{ daemon: status, home }}>
      <Shell connection={connection} onChooseHome={choose} />
    </ShownProvider>
  );
}
