/** What stands in place of the pages: nobody answers, nobody is signed in, nothing is set up yet. */
import { KeyRound } from 'lucide-react';
import { type ComponentProps, type ReactNode, Suspense } from 'react';
import { later } from '../later.ts';
import { Empty, Failed, Loading } from '../ui/states.tsx';
import { Brand } from './brand.tsx';
import styles from './doors.module.css';

function Door({ children }: { readonly children: ReactNode }) {
  return (
    <main className={styles.door}>
      <h1>
        <Brand />
      </h1>
      <div className={styles.card}>{children}</div>
    </main>
  );
}

export function Starting() {
  return (
    <Door>
      <Loading />
    </Door>
  );
}

interface StoppedProps {
  readonly error: Error;
  readonly onRetry: () => void;
}

export function Stopped({ error, onRetry }: StoppedProps) {
  return (
    <Door>
      <Failed error={error} onRetry={onRetry} />
    </Door>
  );
}

/** A browser gets in by a link that works once: there is no password that a page could steal. */
export function SignedOut() {
  return (
    <Door>
      <Empty icon={KeyRound} title="This browser is not signed in">
        <p>
          Open the link that <code>satchel up</code> prints when it starts: it signs one browser in,
          once. When that is done, this page goes on by itself.
        </p>
      </Empty>
    </Door>
  );
}

/** Loaded when it is needed: once on each device. */
const SetupPage = later(async () => (await import('../pages/setup/setup-page.tsx')).SetupPage);

export function SetUp(props: ComponentProps<typeof SetupPage>) {
  return (
    <Suspense fallback={<Starting />}>
      <SetupPage {...props} />
    </Suspense>
  );
}
