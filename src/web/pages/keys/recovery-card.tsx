/** A new recovery key. Those before it go when the person has this one on paper. */
import { useAct } from '../../frame/use-act.ts';
import { RecoveryKit } from '../../secrets/recovery-kit.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { countWords } from '../../words.ts';
import type { MadeRecovery } from './new-recovery.tsx';
import styles from './recovery-card.module.css';

interface RecoveryCardProps {
  readonly made: MadeRecovery;
  readonly onDone: () => void;
}

export function RecoveryCard({ made, onDone }: RecoveryCardProps) {
  const { act, isBusy } = useAct('keepRecovery');
  const { recoveryKey, kit, earlier } = made;
  const keep = (): void => {
    act(
      { recoveryKey },
      {
        words: ({ removed }) => {
          onDone();
          return removed.length === 0
            ? 'The new recovery key opens the repository'
            : `The new recovery key replaces ${countWords(removed.length, 'earlier one')}`;
        },
      },
    );
  };
  return (
    <Card title="Your new recovery key">
      <div className={styles.body}>
        <RecoveryKit recoveryKey={recoveryKey} kit={kit} />
        {earlier.length > 0 && <p>Until you say so, the one before it works, too.</p>}
        <div>
          <Button look="main" isBusy={isBusy} onClick={keep}>
            I have written it down
          </Button>
        </div>
      </div>
    </Card>
  );
}
