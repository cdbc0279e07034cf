/** The recovery kit, which nobody passes without having it somewhere safe. */
import { useState } from 'react';
import { RecoveryKit } from '../../secrets/recovery-kit.tsx';
import { Button } from '../../ui/button.tsx';
import { Check } from '../../ui/field.tsx';
import { Step } from '../bucket-choice/step.tsx';
import styles from './kit-step.module.css';

interface KitStepProps {
  readonly recoveryKey: string;
  /** The page to print, as text. */
  readonly kit: string;
  readonly onNext: () => void;
}

export function KitStep({ recoveryKey, kit, onNext }: KitStepProps) {
  const [isKept, setKept] = useState(false);
  return (
    <Step title="Your recovery kit">
      <RecoveryKit recoveryKey={recoveryKey} kit={kit} isKept={isKept} />
      <div className={styles.next}>
        <Check
          label="I have it on paper, or in another safe place"
          isChecked={isKept}
          onChange={setKept}
        />
        <Button look="main" disabled={!isKept} onClick={onNext}>
          Go on
        </Button>
      </div>
    </Step>
  );
}
