/** Asks for a new recovery key. */
import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useAct } from '../../frame/use-act.ts';
import { PresentPassphrase } from '../../secrets/passphrase-fields.tsx';
import { Form } from '../../ui/form.tsx';

export type MadeRecovery = Answer<'newRecovery'>;

interface NewRecoveryProps {
  readonly onDone: (made: MadeRecovery) => void;
  readonly onCancel: () => void;
}

export function NewRecovery({ onDone, onCancel }: NewRecoveryProps) {
  const { act, isBusy, error } = useAct('newRecovery', { isForm: true });
  const [present, setPresent] = useState('');
  const isMade = (made: MadeRecovery): undefined => {
    onDone(made);
  };
  return (
    <Form
      submit="Make a new one"
      isBusy={isBusy}
      error={error}
      onSubmit={() => act({ present }, { words: isMade })}
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
