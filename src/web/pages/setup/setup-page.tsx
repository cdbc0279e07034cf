/** Setting up this computer, from the first question to the first folder. */
import { VisuallyHidden } from 'radix-ui';
import { useEffect, useState } from 'react';
import { useAnswer } from '../../api/queries.ts';
import { Brand } from '../../frame/brand.tsx';
import { BucketChooser } from '../bucket-choice/bucket-chooser.tsx';
import { FoldersStep } from './folders-step.tsx';
import { KitStep } from './kit-step.tsx';
import { LinkStep } from './link-step.tsx';
import { OpenStep } from './open-step.tsx';
import { type AtBucketProps, type Made, ProtectStep } from './protect-step.tsx';
import styles from './setup-page.module.css';
import { StartStep } from './start-step.tsx';

interface SetupPageProps {
  /** A home may be there from now on; what follows is shown before its pages. */
  readonly onBegin: () => void;
  readonly onDone: () => void;
}

type Recovery = NonNullable<Made['recovery']>;

type Stage =
  | { readonly kind: 'start' | 'bucket' | 'link' }
  | { readonly kind: 'kit'; readonly recovery: Recovery; readonly notices: readonly string[] }
  | { readonly kind: 'folders'; readonly notices: readonly string[] };

export function SetupPage(props: SetupPageProps) {
  useEffect(() => {
    document.title = 'Set up · Satchel';
  }, []);
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <Brand />
      </header>
      <main id="main" className={styles.main}>
        <VisuallyHidden.Root asChild>
          <h1>Set up Satchel</h1>
        </VisuallyHidden.Root>
        <Stages {...props} />
      </main>
    </div>
  );
}

function Stages({ onBegin, onDone }: SetupPageProps) {
  const [stage, setStage] = useState<Stage>({ kind: 'start' });
  const toStart = (): void => setStage({ kind: 'start' });
  switch (stage.kind) {
    case 'start':
      return (
        <StartStep
          onBucket={() => setStage({ kind: 'bucket' })}
          onLink={() => setStage({ kind: 'link' })}
        />
      );
    case 'bucket':
      return (
        <BucketChooser purpose="begin" onBack={toStart}>
          {(chosen, onBack) => (
            <AtBucket
              chosen={chosen}
              onBegin={onBegin}
              onMade={(made) => setStage(afterMade(made))}
              onBack={onBack}
            />
          )}
        </BucketChooser>
      );
    case 'link':
      return (
        <LinkStep
          onBegin={onBegin}
          onMade={({ notices }) => setStage({ kind: 'folders', notices })}
          onBack={toStart}
        />
      );
    case 'kit': {
      const { recovery, notices } = stage;
      return <KitStep {...recovery} onNext={() => setStage({ kind: 'folders', notices })} />;
    }
    case 'folders':
      return <FoldersStep notices={stage.notices} onDone={onDone} />;
  }
}

function afterMade({ recovery, notices }: Made): Stage {
  return recovery === null ? { kind: 'folders', notices } : { kind: 'kit', recovery, notices };
}

function AtBucket(props: Omit<AtBucketProps, 'deviceName'>) {
  const { data } = useAnswer('providers', {});
  const deviceName = data?.deviceName ?? '';
  return props.chosen.trial.holds === 'repository' ? (
    <OpenStep {...props} deviceName={deviceName} />
  ) : (
    <ProtectStep {...props} deviceName={deviceName} />
  );
}
