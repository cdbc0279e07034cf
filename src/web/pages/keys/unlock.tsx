/** Gives this device the key that it lacks. */
import { useState } from 'react';
import { useAction } from '../../api/queries.ts';
import { useToast } from '../../frame/toasts.tsx';
import { Card } from '../../ui/card.tsx';
import { SecretField } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { unlockWords } from './key-words.ts';
import styles from './unlock.module.css';

export function Unlock() {
  const toast = useToast();
  const [passphrase, setPassphrase] = useState('');
  const { mutate, isPending, error } = useAction('unlock', (answer) => {
    setPassphrase('');
    toast({ words: unlockWords(answer), isFailure: answer.isPartial });
  });
  return (
    <Card title="This device lacks the key">
      <div className={styles.body}>
        <p>
          The key of the repository was changed on another device, or is not where this one kept it.
          What is saved here waits until it is unlocked.
        </p>
        <Form
          submit="Unlock"
          isBusy={isPending}
          error={error}
          onSubmit={() => mutate({ passphrase })}
        >
          <SecretField
            label="Passphrase or recovery key"
            autoComplete="current-password"
            value={passphrase}
            onChange={(event) => setPassphrase(event.target.value)}
          />
        </Form>
      </div>
    </Card>
  );
}
