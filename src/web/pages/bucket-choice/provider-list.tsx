/** Where a bucket can be, to choose from. */
import { ChevronRight } from 'lucide-react';
import { classes } from '../../ui/classes.ts';
import type { Place, Provider } from './choice.ts';
import styles from './provider-list.module.css';
import { Step } from './step.tsx';

interface ProviderListProps {
  readonly providers: readonly Provider[];
  readonly onChoose: (place: Place) => void;
}

export function ProviderList({ providers, onChoose }: ProviderListProps) {
  const groups = [
    { title: 'With a provider', of: providers.filter(({ isOwn }) => !isOwn) },
    { title: 'On a server or disk of yours', of: providers.filter(({ isOwn }) => isOwn) },
  ];
  return (
    <Step
      title="Where is the bucket to be?"
      words="It is the place through which your devices reach each other. What goes there is sealed on your devices first."
    >
      {groups.map(({ title, of }) => (
        <div key={title} className={styles.group}>
          <h3>{title}</h3>
          <ul className={styles.list}>
            {of.map((provider) => (
              <li key={provider.id}>
                <Choice
                  name={provider.name}
                  words={provider.price ?? undefined}
                  onChoose={() => onChoose(provider)}
                />
              </li>
            ))}
          </ul>
        </div>
      ))}
      <div className={styles.group}>
        <h3>You have its address</h3>
        <Choice
          name="Type or paste the address"
          words="From a recovery kit or another device, such as s3://my-notes/satchel"
          isWide
          onChoose={() => onChoose('address')}
        />
      </div>
    </Step>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly words: string | undefined;
  readonly isWide?: boolean;
  readonly onChoose: () => void;
}

export function Choice({ name, words, isWide = false, onChoose }: ChoiceProps) {
  return (
    <button
      type="button"
      className={classes(styles.choice, isWide && styles.wide)}
      onClick={onChoose}
    >
      <span className={styles.texts}>
        <span className={styles.name}>{name}</span>
        {words !== undefined && <span className={styles.words}>{words}</span>}
      </span>
      <ChevronRight className={styles.sign} aria-hidden />
    </button>
  );
}
