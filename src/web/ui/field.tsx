/** What a person fills in: text, secrets, a choice, yes or no. Each with its label. */
import { Eye, EyeOff } from 'lucide-react';
import { type ComponentProps, type ReactNode, useId, useState } from 'react';
import { IconButton } from './button.tsx';
import { classes } from './classes.ts';
import styles from './field.module.css';

interface LabelledProps {
  readonly label: string;
  /** What it is for, or how to write it. */
  readonly help?: ReactNode;
  /** What is wrong with what was filled in. */
  readonly error?: string | undefined;
}

/** What ties an input to its label and to what is said about it. */
interface Ties {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean;
}

interface FieldProps extends LabelledProps {
  readonly children: (ties: Ties) => ReactNode;
}

function Field({ label, help, error, children }: FieldProps) {
  const id = useId();
  const parts = [help !== undefined && `${id}-help`, error !== undefined && `${id}-error`] as const;
  const ties: Ties = {
    id,
    'aria-describedby': classes(...parts),
    'aria-invalid': error !== undefined,
  };
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      {children(ties)}
      {help !== undefined && (
        <p id={`${id}-help`} className={styles.help}>
          {help}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className={styles.error} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

type TextFieldProps = LabelledProps & Omit<ComponentProps<'input'>, 'id' | 'className'>;

export function TextField({ label, help, error, ...rest }: TextFieldProps) {
  return (
    <Field label={label} help={help} error={error}>
      {(ties) => <input type="text" className={styles.input} {...rest} {...ties} />}
    </Field>
  );
}

/** Hidden while it is typed, unless the person wants to see it. */
export function SecretField({ label, help, error, ...rest }: TextFieldProps) {
  const [isShown, setShown] = useState(false);
  return (
    <Field label={label} help={help} error={error}>
      {(ties) => (
        <div className={styles.secret}>
          <input
            className={styles.input}
            spellCheck={false}
            autoCapitalize="off"
            {...rest}
            {...ties}
            type={isShown ? 'text' : 'password'}
          />
          <IconButton
            icon={isShown ? EyeOff : Eye}
            label={`${isShown ? 'Hide' : 'Show'}: ${label}`}
            aria-pressed={isShown}
            onClick={() => setShown(!isShown)}
          />
        </div>
      )}
    </Field>
  );
}

interface CheckProps {
  readonly label: string;
  readonly help?: string;
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
  /** With a name it is one of several that bear the name: choosing it takes the choice from them. */
  readonly group?: string;
}

/** A box to tick, or, with a group, one of several ways. */
export function Check({ label, help, isChecked, onChange, group }: CheckProps) {
  const id = useId();
  const kind = group === undefined ? { type: 'checkbox' } : { type: 'radio', name: group };
  return (
    <div className={styles.check}>
      <input
        {...kind}
        id={id}
        checked={isChecked}
        aria-describedby={help === undefined ? undefined : `${id}-help`}
        onChange={(event) => onChange(event.target.checked)}
      />
      <div>
        <label htmlFor={id}>{label}</label>
        {help !== undefined && (
          <p id={`${id}-help`} className={styles.help}>
            {help}
          </p>
        )}
      </div>
    </div>
  );
}

interface SwitchProps {
  /** The id of the element that says what is switched. */
  readonly labelledBy: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

/** Takes effect at once. */
export function Switch({ labelledBy, isOn, onChange }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      className={styles.switch}
      aria-checked={isOn}
      aria-labelledby={labelledBy}
      onClick={() => onChange(!isOn)}
    >
      <span className={styles.thumb} />
    </button>
  );
}
