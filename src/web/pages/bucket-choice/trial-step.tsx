/** Trying the bucket, in the doctor's words, and making it where it is not there yet. */
import { RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useAction } from '../../api/queries.ts';
import { Actions } from '../../ui/actions.tsx';
import { Sign } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Progress } from '../../ui/progress.tsx';
import { Failed } from '../../ui/states.tsx';
import { countWords, sentence } from '../../words.ts';
import type { BucketChoice, Trial } from './choice.ts';
import { Step } from './step.tsx';
import styles from './trial-step.module.css';
import { CHECK_TONES, type Purpose, sortedChecks, trialWords } from './trial-words.ts';

interface TrialStepProps {
  readonly choice: BucketChoice;
  readonly purpose: Purpose;
  /** What came of it; undefined while it is tried. */
  readonly trial: Trial | undefined;
  readonly error: Error | null;
  readonly onTry: () => void;
  readonly onChange: () => void;
  readonly onUse: (trial: Trial) => void;
}

export function TrialStep(props: TrialStepProps) {
  const { choice, purpose, trial, error, onTry, onChange, onUse } = props;
  if (error !== null) {
    return (
      <Step title="The bucket could not be tried">
        <Failed error={error} onRetry={onTry} />
        <WaysOn onChange={onChange} />
      </Step>
    );
  }
  if (trial === undefined) {
    return (
      <Step title="Trying the bucket" words="Writes, reads back and removes: up to a minute.">
        <Progress label="Trying the bucket" done={0} total={null} />
        <WaysOn onChange={onChange} />
      </Step>
    );
  }
  const { tone, words, next } = trialWords(trial, purpose);
  return (
    <Step key={words} title="What came of trying it">
      <p className={styles.whole}>
        <Sign tone={tone} />
        {words}
      </p>
      <Findings checks={trial.checks} />
      {trial.holds === 'missing' ? (
        <MakeBucket choice={choice} onMade={onTry} onChange={onChange} />
      ) : (
        <WaysOn onChange={onChange}>
          <Button icon={RotateCw} onClick={onTry}>
            Try again
          </Button>
          {next !== undefined && (
            <Button look="main" onClick={() => onUse(trial)}>
              {next}
            </Button>
          )}
        </WaysOn>
      )}
    </Step>
  );
}

/** What is well can be looked at, and does not stand in the way of what is not. */
function Findings({ checks }: Pick<Trial, 'checks'>) {
  const { troubles, others } = sortedChecks(checks);
  return (
    <>
      {troubles.length > 0 && <Checks label="What to look at" checks={troubles} />}
      {others.length > 0 && (
        <details>
          <summary>{countWords(others.length, 'finding')} without trouble</summary>
          <div className={styles.others}>
            <Checks label="Without trouble" checks={others} />
          </div>
        </details>
      )}
    </>
  );
}

function Checks({ label, checks }: Pick<Trial, 'checks'> & { readonly label: string }) {
  return (
    <ul className={styles.checks} aria-label={label}>
      {checks.map(({ id, outcome, message, hint }) => (
        <li key={`${id} ${message}`} className={styles.check}>
          <Sign tone={CHECK_TONES[outcome]} />
          <div className={styles.words}>
            <p>{sentence(message)}</p>
            {hint !== undefined && <p className={styles.hint}>{sentence(hint)}</p>}
          </div>
        </li>
      ))}
    </ul>
  );
}

interface WaysOnProps {
  readonly onChange: () => void;
  readonly children?: ReactNode;
}

function WaysOn({ onChange, children }: WaysOnProps) {
  return (
    <Actions>
      <Button onClick={onChange}>Back</Button>
      {children}
    </Actions>
  );
}

interface MakeBucketProps {
  readonly choice: BucketChoice;
  readonly onMade: () => void;
  readonly onChange: () => void;
}

function MakeBucket({ choice, onMade, onChange }: MakeBucketProps) {
  const { mutate, isPending, error } = useAction('createBucket');
  return (
    <>
      {error !== null && <Failed error={error} />}
      <WaysOn onChange={onChange}>
        <Button icon={RotateCw} onClick={onMade}>
          Try again
        </Button>
        <Button
          look="main"
          isBusy={isPending}
          onClick={() => mutate(choice, { onSuccess: onMade })}
        >
          Make it
        </Button>
      </WaysOn>
    </>
  );
}
