/** Another name for this device. Taken back from the message about it. */
import { useState } from 'react';
import { useAct } from '../../frame/use-act.ts';
import { TextField } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import type { Device } from './device-words.ts';

const NAME_MAX_LENGTH = 60;

interface RenameDeviceProps {
  readonly device: Device;
  readonly onDone: () => void;
}

export function RenameDevice({ device: { name: before }, onDone }: RenameDeviceProps) {
  const [name, setName] = useState(before);
  const { act, isBusy, error } = useAct('renameDevice', { isForm: true });
  const submit = (): void => {
    if (name.trim() === before) {
      onDone();
      return;
    }
    const undo = (): void => act({ name: before });
    act({ name }, { words: (now) => `This device is called ${now.name} now`, undo, onDone });
  };
  return (
    <Form submit="Rename" isBusy={isBusy} error={error} onSubmit={submit} onCancel={onDone}>
      <TextField
        label="Name"
        help="Your other devices show it, too."
        value={name}
        maxLength={NAME_MAX_LENGTH}
        onChange={(event) => setName(event.target.value)}
      />
    </Form>
  );
}
