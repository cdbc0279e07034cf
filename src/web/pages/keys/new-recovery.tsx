/** Asks for a new recovery key. */
import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useAction } from '../../api/queries.ts';
import { PresentPassphrase } from '../../secrets/passphrase-fields.tsx';
import { Form } from '../../ui/form.tsx';

export type MadeRecovery = Answer<'newRecovery'>;

interface NewRecoveryProps {
  readonly onDone: (made: MadeRecovery) => void;
  readonly onCancel: () => void;
}

export function NewRecovery({ onDone, onCancel }: NewRecoveryProps) {
  const { mutate, isPending, error } = useAction('newRecovery', onDone);
  const [present, setPresent] = useState('');
  return (
    <Form
      submit="Make a new one"
      isBusy={isPending}
      error={error}
      onSubmit={() => mutate({ present })}
      onCancel={onCancel}
    >
      <p>
        It opens everything should the passphrase be forgotten. The one you have goes on to work
        until you have written the new one down.
      </p>
      <PresentPassphrase value={present} onChange={setPresent} />
    </Form>
  );
}
