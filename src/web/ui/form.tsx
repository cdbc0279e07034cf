/** What a person fills in and sends off, with what went wrong beside it. */
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Failure } from '../api/failure.ts';
import { sentence } from '../words.ts';
import { Actions } from './actions.tsx';
import { Button, type ButtonLook } from './button.tsx';
import styles from './form.module.css';
import { Hint } from './hint.tsx';

interface FormProps {
  /** What the button says that sends it off. */
  readonly submit: string;
  readonly look?: ButtonLook;
  readonly isBusy: boolean;
  readonly error: Error | null;
  readonly onSubmit: () => void;
  readonly onCancel?: () => void;
  /** What the button says that does not. */
  readonly cancel?: string;
  readonly children: ReactNode;
}

export function Form(props: FormProps) {
  const { submit, look = 'main', isBusy, error, onSubmit, onCancel, children } = props;
  const { cancel = 'Cancel' } = props;
  const form = useRef<HTMLFormElement>(null);
  const [tries, setTries] = useState(0);
  // Whoever sent it off too early goes on where something is missing.
  useEffect(() => {
    if (tries > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [tries]);
  return (
    <form
      ref={form}
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (isBusy) return;
        setTries(tries + 1);
        onSubmit();
      }}
    >
      {children}
      {error !== null && (
        <div className={styles.failure} role="alert">
          <p>{sentence(error.message)}</p>
          {error instanceof Failure && error.hint !== undefined && (
            <p>
              <Hint words={error.hint} />
            </p>
          )}
        </div>
      )}
      <Actions>
        {onCancel !== undefined && <Button onClick={onCancel}>{cancel}</Button>}
        <Button type="submit" look={look} isBusy={isBusy}>
          {submit}
        </Button>
      </Actions>
    </form>
  );
}
