/** What a provider has to be told: where the bucket is, and how to get in. */
import { useId, useState } from 'react';
import { TextField } from '../../ui/field.tsx';
import { FolderPicker } from '../folders/folder-picker.tsx';
import styles from './bucket-details.module.css';
import {
  type Detected,
  missingIn,
  type Place,
  type Provider,
  questionsOf,
  schemeOf,
  type Typed,
  waysFound,
} from './choice.ts';
import { InsecureTls } from './insecure-tls.tsx';
import { StepForm } from './step-form.tsx';
import { FILL_IN, WayInFields } from './way-in.tsx';

interface BucketDetailsProps {
  readonly place: Place;
  readonly detected: readonly Detected[];
  readonly typed: Typed;
  readonly onChange: (typed: Typed) => void;
  readonly onTry: () => void;
  readonly onBack: () => void;
}

const NEEDS = { s3: 'accessKey', dav: 'password', file: null } as const;

export function BucketDetails(props: BucketDetailsProps) {
  const { place, detected, typed, onChange, onTry, onBack } = props;
  const [isTried, setTried] = useState(false);
  const missing = isTried ? missingIn(place, typed, detected) : [];
  const scheme = schemeOf(place, typed.answers);
  const submit = (): void => {
    setTried(true);
    if (missingIn(place, typed, detected).length === 0) onTry();
  };
  return (
    <StepForm
      title={place === 'address' ? 'By its address' : place.name}
      submit="Try it"
      isBusy={false}
      error={null}
      onSubmit={submit}
      onBack={onBack}
    >
      {place !== 'address' && place.limits.length > 0 && (
        <ul className={styles.limits}>
          {place.limits.map((limit) => (
            <li key={limit}>{limit}</li>
          ))}
        </ul>
      )}
      {questionsOf(place).map((question) => (
        <Question
          key={question.name}
          question={question}
          value={typed.answers[question.name] ?? ''}
          isMissing={missing.includes(question.name)}
          onChange={(value) =>
            onChange({ ...typed, answers: { ...typed.answers, [question.name]: value } })
          }
        />
      ))}
      <WayInFields
        needs={scheme === undefined ? null : NEEDS[scheme]}
        keyHelp={place === 'address' ? undefined : place.keyHelp}
        found={waysFound(place, typed.answers, detected)}
        typed={typed}
        onChange={onChange}
        missing={missing}
      />
      {scheme !== undefined && scheme !== 'file' && (
        <InsecureTls
          isAllowed={typed.insecureTls}
          onChange={(insecureTls) => onChange({ ...typed, insecureTls })}
        />
      )}
    </StepForm>
  );
}

interface QuestionProps {
  readonly question: Provider['questions'][number];
  readonly value: string;
  readonly isMissing: boolean;
  readonly onChange: (value: string) => void;
}

function Question({ question: asked, value, isMissing, onChange }: QuestionProps) {
  const list = useId();
  const { name, question, example, choices, standard } = asked;
  if (name === 'path') {
    return (
      <div>
        <FolderPicker
          label={question}
          value={value}
          onChange={onChange}
          newName="Satchel bucket"
          noteOf={(isThere) => (isThere ? undefined : 'It is not there yet: Satchel can make it.')}
        />
        {isMissing && (
          <p className={styles.error} role="alert">
            {FILL_IN}
          </p>
        )}
      </div>
    );
  }
  return (
    <>
      <TextField
        label={question}
        help={standard === null ? `For example: ${example}` : undefined}
        error={isMissing ? FILL_IN : undefined}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        {...(choices.length === 0 ? {} : { list })}
      />
      {choices.length > 0 && (
        <datalist id={list}>
          {choices.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
    </>
  );
}
