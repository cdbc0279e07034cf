/** From "where" to a bucket that was tried and works. */
import { type ReactNode, useState } from 'react';
import { useAction, useAnswer } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Failed, Loading } from '../../ui/states.tsx';
import { BucketDetails } from './bucket-details.tsx';
import {
  type BucketChoice,
  choiceOf,
  type Detected,
  emptyTyped,
  type Place,
  type Trial,
  type Typed,
} from './choice.ts';
import { ProviderList } from './provider-list.tsx';
import { TrialStep } from './trial-step.tsx';
import type { Purpose } from './trial-words.ts';

export interface Chosen {
  readonly choice: BucketChoice;
  readonly trial: Trial;
}

interface BucketChooserProps {
  readonly purpose: Purpose;
  /** What comes next, with the bucket that was chosen. */
  readonly children: (chosen: Chosen, onBack: () => void) => ReactNode;
  readonly onBack: () => void;
}

export function BucketChooser({ purpose, children, onBack }: BucketChooserProps) {
  const { data, error, refetch } = useAnswer('providers', {});
  const [place, setPlace] = useState<Place>();
  if (error !== null) return <Failed error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading rows={6} />;
  const { providers, detected } = data;
  if (place === undefined) {
    return (
      <>
        <ProviderList providers={providers} onChoose={setPlace} />
        <div>
          <Button onClick={onBack}>Back</Button>
        </div>
      </>
    );
  }
  return (
    <AtPlace place={place} purpose={purpose} detected={detected} onBack={() => setPlace(undefined)}>
      {children}
    </AtPlace>
  );
}

interface AtPlaceProps extends BucketChooserProps {
  readonly place: Place;
  readonly detected: readonly Detected[];
}

/** What was typed stays while a person goes back and forth. */
function AtPlace({ place, purpose, detected, children, onBack }: AtPlaceProps) {
  const [typed, setTyped] = useState<Typed>(() => emptyTyped(place, detected));
  const [isTrying, setTrying] = useState(false);
  const [chosen, setChosen] = useState<Chosen>();
  const trial = useAction('checkBucket');
  const choice = choiceOf(place, typed, detected);
  const attempt = (): void => {
    setTrying(true);
    trial.mutate(choice);
  };
  if (chosen !== undefined) return children(chosen, () => setChosen(undefined));
  if (!isTrying) {
    return (
      <BucketDetails
        place={place}
        detected={detected}
        typed={typed}
        onChange={setTyped}
        onTry={attempt}
        onBack={onBack}
      />
    );
  }
  return (
    <TrialStep
      choice={choice}
      purpose={purpose}
      trial={trial.isPending ? undefined : trial.data}
      error={trial.error}
      onTry={attempt}
      onChange={() => setTrying(false)}
      onUse={(found) => setChosen({ choice, trial: found })}
    />
  );
}
