/** A new repository: what the device is called, and the passphrase that opens all. */
import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useAction } from '../../api/queries.ts';
import { NewPassphrase } from '../../secrets/passphrase-fields.tsx';
import { passphraseProblem } from '../../secrets/passphrase-words.ts';
import { Check } from '../../ui/field.tsx';
import type { Chosen } from '../bucket-choice/bucket-chooser.tsx';
import { StepForm } from '../bucket-choice/step-form.tsx';
import { DeviceName } from './device-name.tsx';
import styles from './protect-step.module.css';

/** What a step needs that sets this computer up with a bucket. */
export interface AtBucketProps {
  readonly chosen: Chosen;
  readonly deviceName: string;
  readonly onBegin: () => void;
  readonly onMade: (made: Answer<'setUp'>) => void;
  readonly onBack: () => void;
}

export function ProtectStep({ chosen, deviceName, onBegin, onMade, onBack }: AtBucketProps) {
  const [device, setDevice] = useState(deviceName);
  const [chosenPassphrase, setPassphrase] = useState({ first: '', again: '' });
  const [isEncrypted, setEncrypted] = useState(true);
  const [isTried, setTried] = useState(false);
  const { mutate, isPending, error } = useAction('setUp', onMade);
  const problem = isEncrypted ? passphraseProblem(chosenPassphrase) : undefined;
  const submit = (): void => {
    setTried(true);
    if (device.trim() === '' || problem !== undefined) return;
    onBegin();
    const secret = isEncrypted ? { passphrase: chosenPassphrase.first } : {};
    const wish = { ...chosen.choice, ...secret, device: device.trim(), isEncrypted };
    mutate(wish);
  };
  return (
    <StepForm
      title="Name and passphrase"
      words="The passphrase opens all that you carry, on each further device. Nobody else knows it, so nobody can give it back to you: a recovery key comes next."
      submit="Set up"
      isBusy={isPending}
      error={error}
      onSubmit={submit}
      onBack={onBack}
    >
      <DeviceName name={device} onChange={setDevice} isTried={isTried} />
      {isEncrypted && (
        <NewPassphrase
          value={chosenPassphrase}
          onChange={setPassphrase}
          error={isTried ? problem : undefined}
        />
      )}
      <details>
        <summary>Without encryption</summary>
        <div className={styles.rare}>
          <Check
            label="Do not encrypt"
            help="Whoever can read the bucket can read everything, the provider included. This cannot be changed later."
            isChecked={!isEncrypted}
            onChange={(isOpen) => setEncrypted(!isOpen)}
          />
        </div>
      </details>
    </StepForm>
  );
}
