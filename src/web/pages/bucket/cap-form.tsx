/** The most that a month may cost: a setting of the device, changed where its effect is seen. */
import { useState } from 'react';
import { useAct } from '../../frame/use-act.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { type Cost, capOf } from './bucket-words.ts';
import styles from './cap-form.module.css';
import { Actions } from './parts.tsx';

interface CapFormProps {
  readonly cap: number | null;
  readonly currency: NonNullable<Cost['currency']>;
}

const NAME = 'cost.cap';

export function CapForm({ cap, currency }: CapFormProps) {
  const { act, isBusy } = useAct('changeSettings');
  const [text, setText] = useState('');
  const [isWrong, setWrong] = useState(false);
  const set = (value: string, words: string): void => {
    const before = cap === null ? 'off' : String(cap);
    const undo = (): void => act({ changes: [{ name: NAME, value: before }] });
    act({ changes: [{ name: NAME, value }] }, { words: () => words, undo });
    setText('');
  };
  const submit = (): void => {
    const value = capOf(text);
    setWrong(value === undefined);
    if (value !== undefined) set(value, `A month is to stay below ${value} ${currency}`);
  };
  return (
    <form
      className={styles.cap}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextField
        label={`Limit for a month, in ${currency}`}
        inputMode="decimal"
        placeholder={cap === null ? 'none' : String(cap)}
        value={text}
        error={isWrong ? 'Write an amount such as 2 or 0.50.' : undefined}
        onChange={(event) => {
          setText(event.target.value);
          setWrong(false);
        }}
      />
      <Actions>
        <Button type="submit" isBusy={isBusy}>
          Set limit
        </Button>
        {cap !== null && (
          <Button look="quiet" isBusy={isBusy} onClick={() => set('off', 'There is no limit now')}>
            Remove limit
          </Button>
        )}
      </Actions>
    </form>
  );
}
