/** The doctor: what works with this bucket and what does not, and what to do about it. */
import { Stethoscope } from 'lucide-react';
import { useAction } from '../../api/queries.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Hint } from '../../ui/hint.tsx';
import { Failed } from '../../ui/states.tsx';
import { type Check, checksWords, checkWords, sortChecks } from './bucket-words.ts';
import styles from './doctor-card.module.css';
import { Body, Muted } from './parts.tsx';

export function DoctorCard() {
  const doctor = useAction('doctor');
  const { data: checks, error, isPending } = doctor;
  return (
    <Card
      title="Examination"
      actions={
        <Button icon={Stethoscope} isBusy={isPending} onClick={() => doctor.mutate({})}>
          Examine the bucket
        </Button>
      }
    >
      <Body>
        <div role="status">
          <Muted>{standingWords(checks, isPending)}</Muted>
        </div>
        {checks !== undefined && !isPending && (
          <ul className={styles.checks}>
            {sortChecks(checks).map(({ id, outcome, message, hint }) => (
              <li key={`${id} ${message}`} className={styles.check}>
                <Badge {...checkWords(outcome)} />
                <div>
                  <p>{message}</p>
                  {hint !== undefined && (
                    <Muted>
                      <Hint words={hint} />
                    </Muted>
                  )}
                </div>
              </li>
            ))}
          </ul>
        )}
        {error !== null && <Failed error={error} />}
      </Body>
    </Card>
  );
}

function standingWords(checks: readonly Check[] | undefined, isPending: boolean): string {
  if (isPending) return 'Examining: this takes up to a minute.';
  if (checks !== undefined) return checksWords(checks);
  return (
    'Tries with a few objects of its own, which it removes again, whether the bucket does all that ' +
    'Satchel needs of it.'
  );
}
