/** Fields for passphrases: the one that opens the repository now, and a new one, typed twice. */
import { Sign } from '../ui/badge.tsx';
import { SecretField } from '../ui/field.tsx';
import styles from './passphrase-fields.module.css';
import type { ChosenPassphrase } from './passphrase-words.ts';
import { strengthOf } from './strength.ts';

interface PresentProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function PresentPassphrase({ value, onChange }: PresentProps) {
  return (
    <SecretField
      label="Present passphrase"
      help="Or the recovery key: not everybody who sits here is the owner."
      autoComplete="current-password"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

interface NewProps {
  readonly value: ChosenPassphrase;
  readonly onChange: (value: ChosenPassphrase) => void;
  /** What is wrong, once the person has tried to go on. */
  readonly error: string | undefined;
}

export function NewPassphrase({ value, onChange, error }: NewProps) {
  return (
    <>
      <SecretField
        label="New passphrase"
        help={<Strength passphrase={value.first} />}
        autoComplete="new-password"
        value={value.first}
        onChange={(event) => onChange({ ...value, first: event.target.value })}
      />
      <SecretField
        label="The same once more"
        autoComplete="new-password"
        error={error}
        value={value.again}
        onChange={(event) => onChange({ ...value, again: event.target.value })}
      />
    </>
  );
}

function Strength({ passphrase }: { readonly passphrase: string }) {
  const strength = strengthOf(passphrase);
  if (strength === undefined) return 'Several words that you will remember.';
  return (
    <span className={styles.strength} role="status">
      <Sign tone={strength.tone} />
      {strength.words}
    </span>
  );
}
