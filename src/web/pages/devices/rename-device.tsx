/** Another name for this device. Taken back from the message about it. */
import { useState } from 'react';
import { useAction } from '../../api/queries.ts';
import { useToast } from '../../frame/toasts.tsx';
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
  const { mutate, isPending, error } = useAction('renameDevice');
  const { act } = useAct('renameDevice');
  const toast = useToast();
  const submit = (): void => {
    if (name.trim() === before) {
      onDone();
      return;
    }
    const undo = (): void => act({ name: before });
    const onSuccess = (answer: { readonly name: string }): void => {
      toast({ words: `This device is called ${answer.name} now`, undo });
      onDone();
    };
    mutate({ name }, { onSuccess });
  };
  return (
    <Form submit="Rename" isBusy={isPending} error={error} onSubmit={submit} onCancel={onDone}>
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
