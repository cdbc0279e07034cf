/** One more device of a repository that is there: its passphrase, or the recovery key. */
import { useState } from 'react';
import { useAction } from '../../api/queries.ts';
import { SecretField } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import type { Chosen } from '../bucket-choice/bucket-chooser.tsx';
import { Step } from '../bucket-choice/step.tsx';
import { FILL_IN } from '../bucket-choice/way-in.tsx';
import { DeviceName } from './device-name.tsx';
import type { Made } from './protect-step.tsx';

interface OpenStepProps {
  readonly chosen: Chosen;
  readonly deviceName: string;
  readonly onBegin: () => void;
  readonly onMade: (made: Made) => void;
  readonly onBack: () => void;
}

export function OpenStep({ chosen, deviceName, onBegin, onMade, onBack }: OpenStepProps) {
  const { choice, trial } = chosen;
  const isEncrypted = trial.encrypted !== false;
  const [device, setDevice] = useState(deviceName);
  const [passphrase, setPassphrase] = useState('');
  const [isTried, setTried] = useState(false);
  const { mutate, isPending, error } = useAction('setUp');
  const submit = (): void => {
    setTried(true);
    if (device.trim() === '' || (isEncrypted && passphrase.trim() === '')) return;
    onBegin();
    const secret = isEncrypted ? { passphrase: passphrase.trim() } : {};
    const wish = { ...choice, ...secret, device: device.trim(), join: true };
    mutate(wish, { onSuccess: onMade });
  };
  return (
    <Step
      title="Join with this device"
      words={
        isEncrypted
          ? 'What is in the bucket opens with its passphrase, or with the recovery key.'
          : 'What is in the bucket is not encrypted: who can read the bucket can read everything.'
      }
    >
      <Form
        submit="Join"
        isBusy={isPending}
        error={error}
        onSubmit={submit}
        onCancel={onBack}
        cancel="Back"
      >
        <DeviceName name={device} onChange={setDevice} isTried={isTried} />
        {isEncrypted && (
          <SecretField
            label="Passphrase, or recovery key"
            value={passphrase}
            onChange={(event) => setPassphrase(event.target.value)}
            error={isTried && passphrase.trim() === '' ? FILL_IN : undefined}
            autoComplete="off"
          />
        )}
      </Form>
    </Step>
  );
}
