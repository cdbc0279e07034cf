/** Removing another device: because it is no more, or because somebody else may have it. */
import { useState } from 'react';
import { useHome } from '../../api/home.ts';
import { useNow } from '../../clock.ts';
import { useAct } from '../../frame/use-act.ts';
import { NewPassphrase, PresentPassphrase } from '../../secrets/passphrase-fields.tsx';
import { passphraseProblem } from '../../secrets/passphrase-words.ts';
import { Check } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { Moment } from '../../ui/moment.tsx';
import { type Device, isRecent, type Removed } from './device-words.ts';

interface RemoveDeviceProps {
  readonly device: Device;
  readonly onDone: (removed: Removed) => void;
  readonly onCancel: () => void;
}

export function RemoveDevice({ device, onDone, onCancel }: RemoveDeviceProps) {
  const { encrypted } = useHome();
  const { act, isBusy, error } = useAct('removeDevice', { isForm: true });
  const [isLost, setLost] = useState(device.retiredAt !== null);
  const [present, setPresent] = useState('');
  const [chosen, setChosen] = useState({ first: '', again: '' });
  const [problem, setProblem] = useState<string>();
  const changesKey = isLost && encrypted;
  const submit = (): void => {
    const found = changesKey ? passphraseProblem(chosen) : undefined;
    setProblem(found);
    if (found !== undefined) return;
    const keys = changesKey ? { present, passphrase: chosen.first } : {};
    // That it was at work lately is told beside the button.
    const isRemoved = (removed: Removed): undefined => {
      onDone(removed);
    };
    act({ device: device.id, lost: isLost, force: true, ...keys }, { words: isRemoved });
  };
  return (
    <Form
      submit={isLost ? `Report ${device.name} as lost` : `Remove ${device.name}`}
      look="danger"
      isBusy={isBusy}
      error={error}
      onSubmit={submit}
      onCancel={onCancel}
    >
      {device.retiredAt === null && (
        <Check
          group="why"
          label="It is not used any more"
          help="What it had saved stays. If it is used again, it is back on the list by itself."
          isChecked={!isLost}
          onChange={() => setLost(false)}
        />
      )}
      <Check
        group="why"
        label="It is lost or stolen"
        help={
          encrypted
            ? 'What it sends from now on does not count, and the key of the repository is changed: it cannot read what is saved from now on.'
            : 'What it sends from now on does not count. The repository is not encrypted: it reads on until it is kept out of the bucket.'
        }
        isChecked={isLost}
        onChange={() => setLost(true)}
      />
      <LastSeen device={device} isLost={isLost} />
      {changesKey && (
        <>
          <PresentPassphrase value={present} onChange={setPresent} />
          <NewPassphrase value={chosen} onChange={setChosen} error={problem} />
        </>
      )}
    </Form>
  );
}

function LastSeen({ device, isLost }: { readonly device: Device; readonly isLost: boolean }) {
  const nowMs = useNow();
  if (isLost || device.lastSeenAt === null || !isRecent(device, nowMs)) return null;
  return (
    <p>
      {device.name} sent something <Moment time={device.lastSeenAt} />. Is it the right one?
    </p>
  );
}
