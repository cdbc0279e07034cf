/** By what to get into the bucket: what is on this computer, or keys and passwords to type. */
import { useId } from 'react';
import { Check, SecretField, TextField } from '../../ui/field.tsx';
import { type Detected, isTypedWay, type Provider, type Typed } from './choice.ts';
import styles from './way-in.module.css';

interface WayInProps {
  readonly needs: Provider['needs'];
  /** Where to make keys, or a password. */
  readonly keyHelp: string | undefined;
  readonly found: readonly Detected[];
  readonly typed: Typed;
  readonly onChange: (typed: Typed) => void;
  /** Names of what has to be filled in still. */
  readonly missing: readonly string[];
}

export function WayInFields({ needs, keyHelp, found, typed, onChange, missing }: WayInProps) {
  if (needs === null) return null;
  const what = needs === 'accessKey' ? 'The keys are' : 'The password is';
  const binding = found.find(({ isBinding }) => isBinding);
  return (
    <fieldset className={styles.part}>
      <legend className={styles.title}>How to get in</legend>
      {binding !== undefined ? (
        <p>
          {what} taken from {binding.from}, and not stored.
        </p>
      ) : (
        <>
          {found.length > 0 && <Ways found={found} typed={typed} onChange={onChange} />}
          {isTypedWay(typed, found) && (
            <>
              {keyHelp !== undefined && <p className={styles.help}>{keyHelp}</p>}
              <TypedFields needs={needs} typed={typed} onChange={onChange} missing={missing} />
            </>
          )}
        </>
      )}
    </fieldset>
  );
}

function Ways({ found, typed, onChange }: Pick<WayInProps, 'found' | 'typed' | 'onChange'>) {
  const group = useId();
  const { wayIn } = typed;
  return (
    <>
      {found.map(({ from, profile }) => (
        <Check
          key={from}
          group={group}
          label={`With ${from}`}
          help="Nothing of it is stored."
          isChecked={wayIn.kind === 'found' && wayIn.profile === profile}
          onChange={() => onChange({ ...typed, wayIn: { kind: 'found', profile } })}
        />
      ))}
      <Check
        group={group}
        label="With other keys, which I type now"
        isChecked={wayIn.kind === 'typed'}
        onChange={() => onChange({ ...typed, wayIn: { kind: 'typed' } })}
      />
    </>
  );
}

type TypedFieldsProps = Pick<WayInProps, 'typed' | 'onChange' | 'missing'> & {
  readonly needs: NonNullable<Provider['needs']>;
};

function TypedFields({ needs, typed, onChange, missing }: TypedFieldsProps) {
  if (needs === 'password') {
    return (
      <SecretField
        label="Password, or app password"
        value={typed.password}
        onChange={(event) => onChange({ ...typed, password: event.target.value })}
        autoComplete="off"
      />
    );
  }
  return (
    <>
      <TextField
        label="Access key id"
        value={typed.accessKeyId}
        onChange={(event) => onChange({ ...typed, accessKeyId: event.target.value })}
        error={missing.includes('accessKeyId') ? FILL_IN : undefined}
        autoComplete="off"
        spellCheck={false}
      />
      <SecretField
        label="Secret access key"
        value={typed.secretAccessKey}
        onChange={(event) => onChange({ ...typed, secretAccessKey: event.target.value })}
        error={missing.includes('secretAccessKey') ? FILL_IN : undefined}
        autoComplete="off"
      />
    </>
  );
}

export const FILL_IN = 'Please fill this in.';
