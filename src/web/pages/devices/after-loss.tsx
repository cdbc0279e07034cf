/** What comes after a device was reported as lost. It stays until the person is done with it. */

import { RecoveryKit } from '../../secrets/recovery-kit.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import styles from './after-loss.module.css';
import { type Removed, stepsAfterLoss } from './device-words.ts';

interface AfterLossProps {
  readonly removed: Removed;
  readonly onDone: () => void;
}

export function AfterLoss({ removed, onDone }: AfterLossProps) {
  const { name, recoveryKey, kit } = removed;
  return (
    <Card title={`${name} is reported as lost`}>
      <div className={styles.body}>
        <p>
          What it sends from now on does not count. Whoever has it can read the files on it, and all
          that was in the bucket until now, as long as its way into the bucket is open.
        </p>
        {recoveryKey !== undefined && kit !== undefined && (
          <>
            <h3>The new recovery key</h3>
            <RecoveryKit recoveryKey={recoveryKey} kit={kit} />
          </>
        )}
        <h3>What is left for you to do</h3>
        <ol className={styles.steps}>
          {stepsAfterLoss(removed).map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        <div>
          <Button look="main" onClick={onDone}>
            {recoveryKey === undefined ? 'Done' : 'I have written the recovery key down'}
          </Button>
        </div>
      </div>
    </Card>
  );
}
