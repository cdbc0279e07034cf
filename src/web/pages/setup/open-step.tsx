/** One more device of a repository that is there: its passphrase, or the recovery key. */
import { useState } from 'react';
import { useAction } from '../../api/queries.ts';
import { SecretField } from '../../ui/field.tsx';
import { StepForm } from '../bucket-choice/step-form.tsx';
import { FILL_IN } from '../bucket-choice/way-in.tsx';
import { DeviceName } from './device-name.tsx';
import type { AtBucketProps } from './protect-step.tsx';

export function OpenStep({ chosen, deviceName, onBegin, onMade, onBack }: AtBucketProps) {
  const { choice, trial } = chosen;
  const isEncrypted = trial.encrypted !== false;
  const [device, setDevice] = useState(deviceName);
  const [passphrase, setPassphrase] = useState('');
  const [isTried, setTried] = useState(false);
  const { mutate, isPending, error } = useAction('setUp', onMade);
  const submit = (): void => {
    setTried(true);
    if (device.trim() === '' || (isEncrypted && passphrase.trim() === '')) return;
    onBegin();
    const secret = isEncrypted ? { passphrase } : {};
    const wish = { ...choice, ...secret, device: device.trim(), join: true };
    mutate(wish);
  };
  return (
    <StepForm
      title="Join with this device"
      words={
        isEncrypted
          ? 'What is in the bucket opens with its passphrase, or with the recovery key.'
          : 'What is in the bucket is not encrypted: who can read the bucket can read everything.'
      }
      submit="Join"
      isBusy={isPending}
      error={error}
      onSubmit={submit}
      onBack={onBack}
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
    </StepForm>
  );
}
