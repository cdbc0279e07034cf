/** By what this device gets into the bucket, and giving it something else after it was renewed. */
import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useHome } from '../../api/home.ts';
import { useAnswer } from '../../api/queries.ts';
import { useAct } from '../../frame/use-act.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SecretField, TextField } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { Failed, Loading } from '../../ui/states.tsx';
import styles from './bucket-key.module.css';

type Keeps = NonNullable<Answer<'bucketKey'>['keeps']>;

export function BucketKey() {
  const { bucket } = useHome();
  const { data, error, refetch } = useAnswer('bucketKey', {});
  const [isOpen, setOpen] = useState(false);
  const keeps = data?.keeps ?? null;
  return (
    <Card
      title="The way into the bucket"
      actions={
        keeps !== null && <Button onClick={() => setOpen(true)}>Give other credentials</Button>
      }
    >
      {error !== null ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading rows={2} />
      ) : (
        <div className={styles.body}>
          <p className={styles.bucket}>{bucket}</p>
          <About access={data} />
        </div>
      )}
      <Dialog title="Other credentials" isOpen={isOpen} onOpenChange={setOpen}>
        {keeps !== null && <ChangeBucketKey keeps={keeps} onDone={() => setOpen(false)} />}
      </Dialog>
    </Card>
  );
}

function About({ access }: { readonly access: Answer<'bucketKey'> }) {
  const { uses, keeps, provider, keyHelp } = access;
  if (uses === null) return <p>It is open to whoever can write the place where it is.</p>;
  return (
    <>
      <p>
        This device gets in with {uses}
        {provider !== null && `, at ${provider}`}.
      </p>
      {keyHelp !== null && <p className={styles.help}>{keyHelp}</p>}
      {keeps === null && (
        <p className={styles.help}>It is not kept by Satchel: change it where it comes from.</p>
      )}
    </>
  );
}

interface ChangeBucketKeyProps {
  readonly keeps: Keeps;
  readonly onDone: () => void;
}

function ChangeBucketKey({ keeps, onDone }: ChangeBucketKeyProps) {
  const { act, isBusy, error } = useAct('changeBucketKey', { isForm: true });
  const [id, setId] = useState('');
  const [secret, setSecret] = useState('');
  const submit = (): void => {
    const input =
      keeps === 'password'
        ? { password: secret }
        : { accessKeyId: id.trim(), secretAccessKey: secret.trim() };
    act(input, { words: () => 'The bucket accepts them: they are kept', onDone });
  };
  return (
    <Form submit="Try and keep" isBusy={isBusy} error={error} onSubmit={submit} onCancel={onDone}>
      <p>They are tried first. What is kept now stays where the bucket refuses them.</p>
      {keeps === 'accessKey' && (
        <TextField
          label="Access key id"
          autoComplete="off"
          spellCheck={false}
          value={id}
          onChange={(event) => setId(event.target.value)}
        />
      )}
      <SecretField
        label={keeps === 'password' ? 'Password' : 'Secret access key'}
        autoComplete="off"
        value={secret}
        onChange={(event) => setSecret(event.target.value)}
      />
    </Form>
  );
}
