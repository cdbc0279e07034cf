/** Setting up this computer, from the first question to the first folder. */
import { VisuallyHidden } from 'radix-ui';
import { useEffect, useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useAnswer } from '../../api/queries.ts';
import { Brand } from '../../frame/brand.tsx';
import { BucketChooser } from '../bucket-choice/bucket-chooser.tsx';
import { FoldersStep } from './folders-step.tsx';
import { KitStep } from './kit-step.tsx';
import { LinkStep } from './link-step.tsx';
import { OpenStep } from './open-step.tsx';
import { type AtBucketProps, ProtectStep } from './protect-step.tsx';
import styles from './setup-page.module.css';
import { StartStep } from './start-step.tsx';

/** What a person has to see once the device is set up, before its pages. */
export interface Made {
  /** Null where nothing is to be written down, or it was. */
  readonly recovery: Answer<'setUp'>['recovery'];
  readonly notices: readonly string[];
}

interface SetupPageProps {
  /** Undefined until the device is set up. */
  readonly made: Made | undefined;
  /** A home may be there from now on; what follows is shown before its pages. */
  readonly onBegin: () => void;
  readonly onMade: (made: Made) => void;
  readonly onDone: () => void;
}

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

function Stages({ made, onBegin, onMade, onDone }: SetupPageProps) {
  const [stage, setStage] = useState<'start' | 'bucket' | 'link'>('start');
  const toStart = (): void => setStage('start');
  if (made !== undefined) {
    const { recovery, notices } = made;
    if (recovery === null) return <FoldersStep notices={notices} onDone={onDone} />;
    return <KitStep {...recovery} onNext={() => onMade({ recovery: null, notices })} />;
  }
  switch (stage) {
    case 'start':
      return <StartStep onBucket={() => setStage('bucket')} onLink={() => setStage('link')} />;
    case 'bucket':
      return (
        <BucketChooser purpose="begin" onBack={toStart}>
          {(chosen, onBack) => (
            <AtBucket chosen={chosen} onBegin={onBegin} onMade={onMade} onBack={onBack} />
          )}
        </BucketChooser>
      );
    case 'link':
      return (
        <LinkStep
          onBegin={onBegin}
          onMade={({ notices }) => onMade({ recovery: null, notices })}
          onBack={toStart}
        />
      );
  }
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
