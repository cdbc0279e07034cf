/** A setting that is typed. What it takes is told beside it; the program says what it refuses. */
import { useId, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import type { ControlProps } from './control-props.ts';
import styles from './typed-control.module.css';

interface TypedControlProps extends ControlProps {
  /** Called when nothing more is to be typed; undefined where this is the only way. */
  readonly onDone?: () => void;
}

export function TypedControl({ setting, labelledBy, onChange, onDone }: TypedControlProps) {
  const id = useId();
  const [text, setText] = useState(setting.value);
  const submit = (): void => {
    if (text.trim() !== setting.value) onChange(text.trim());
    onDone?.();
  };
  return (
    <form
      className={styles.typed}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <input
        className={styles.input}
        aria-labelledby={labelledBy}
        aria-describedby={id}
        // biome-ignore lint/a11y/noAutofocus: the person has just asked for it.
        autoFocus={onDone !== undefined}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit">Save</Button>
      {onDone !== undefined && (
        <Button look="quiet" onClick={onDone}>
          Cancel
        </Button>
      )}
      <p id={id} className={styles.help}>
        It takes {setting.values}.
      </p>
    </form>
  );
}
